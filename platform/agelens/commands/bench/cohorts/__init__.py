"""The rows about cohorts: a file of people through the whole service, against the clock alone."""

from agelens.commands.bench.cohorts.through_service import measure

__all__ = ["measure"]
