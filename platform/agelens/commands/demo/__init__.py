"""`agelens demo`: what the service does, shown on real parts and checked while it is shown."""

from agelens.commands.demo.command import run

__all__ = ["run"]
