"""Everything at once on one machine: `agelens up`."""

from agelens.commands.up.command import run

__all__ = ["run"]
