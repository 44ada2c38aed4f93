"""Results as figures, drawn by `agelens.charts`. Needs the `notebook` extra."""

from collections.abc import Mapping
from typing import Any

from agelens import charts


def waterfall(result: Mapping[str, Any], most: int) -> Any:
    """From the base value, factor by factor, to the prediction."""
    return charts.waterfall(result, most=most)
