"""`agelens bench`: how quick the service is, against RQ doing nothing on the same machine."""

from agelens.commands.bench.command import run

__all__ = ["run"]
