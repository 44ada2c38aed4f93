"""The rows about growth: what a request or a command takes of a hundred times the data."""

from benchmarks.growth.comparisons import measure

__all__ = ["measure"]
