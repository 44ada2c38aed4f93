"""`agelens score`: files of people in, explained ages out; no server, no network."""

from agelens.commands.score.command import run

__all__ = ["run"]
