"""Slider ranges in the displayed unit."""

import math
from typing import NamedTuple

from agelens.client.units import Feature, decimals, in_unit

AGES = (18.0, 100.0)


class Range(NamedTuple):
    """A slider, and with how many decimals its numbers are written."""

    low: float
    high: float
    step: float
    decimals: int


def range_of(feature: Feature, unit: str | None, value: float | None = None) -> Range:
    """What the clock has seen, within what is plausible, always with the canonical `value`."""
    low, high = feature["plausible"] or AGES
    if trained := feature.get("training"):
        low, high = max(low, trained[0]), min(high, trained[1])
    if value is not None:
        low, high = min(low, value), max(high, value)
    places = decimals(feature, unit)
    step = 10.0**-places
    ends = sorted(in_unit(feature, end, unit) for end in (low, high))
    first, last = math.floor(ends[0] / step + 1e-9), math.ceil(ends[1] / step - 1e-9)
    return Range(round(first * step, places), round(last * step, places), step, places)


def written(feature: Feature, value: float, unit: str | None) -> float:
    """A canonical value in a unit, with the digits that are worth showing."""
    return round(in_unit(feature, value, unit), decimals(feature, unit))
