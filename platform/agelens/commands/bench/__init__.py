"""`agelens bench`: how quick the clocks and the service are, against what others do on this machine."""

from agelens.commands.bench.command import run

__all__ = ["run"]
