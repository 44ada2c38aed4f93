"""Axis spans: an axis zooms to its values, but never so far that a small difference looks large."""

from collections.abc import Sequence

from agelens.charts.number_format import YEARS

# The least span by unit: a difference of one year takes up a twentieth of a line at most.
LEAST_SPANS = {YEARS: 20.0, "SD": 4.0}
LEAST_SHARE = 0.5  # of the largest value, for units that a clock of one's own may have
ROOM = 0.08


def least_span(unit: str, values: Sequence[float]) -> float:
    """How wide an axis in this unit is at least."""
    return LEAST_SPANS.get(unit, LEAST_SHARE * max(map(abs, values), default=0.0))


def zoomed(values: Sequence[float], unit: str) -> list[float]:
    """The values' own range with a little room, and at least the unit's span around its middle."""
    low, high = min(values), max(values)
    room = ROOM * (high - low)
    extra = max(0.0, least_span(unit, values) - (high - low) - 2 * room) / 2
    room = room + extra or 1.0
    return [low - room, high + room]
