"""The rows about cohorts: a file of people through the whole service, against the clock alone."""

from benchmarks.cohorts.through_service import measure

__all__ = ["measure"]
