"""Values as notebooks hold them, made ready for JSON without loading the packages they are of."""

import math
from collections.abc import Mapping
from typing import Any

from agelens.client.problems import refused

GAPS = ("NAType", "NaTType")  # pandas says so what is not there


def plain(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Numpy's scalars as Python's, and None for NaN and pandas' gaps: what was not measured.

    Raises
    ------
    TypeError
        If they are no mapping.
    InvalidInput
        Naming what is infinite.
    """
    if getattr(answers, "ndim", 1) != 1 or not hasattr(answers, "items"):
        raise TypeError(
            f"answers map biomarkers to values; they cannot be a {type(answers).__name__} "
            "(predict_frame takes a frame of people)"
        )
    values = {name: _value(value) for name, value in answers.items()}
    infinite = [n for n, v in values.items() if isinstance(v, float) and math.isinf(v)]
    if infinite:
        raise refused(dict.fromkeys(infinite, "must be a finite number"))
    return values


def _value(value: Any) -> Any:
    if type(value).__name__ in GAPS:
        return None
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value
