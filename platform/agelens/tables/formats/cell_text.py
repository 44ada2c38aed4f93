"""Columns of any type as the two that parts have: numbers and text."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LARGEST_WHOLE = 2**53  # up to here every whole number is a float
NESTED = "(nested)"  # the text of a cell that is a list or an object: it answers nothing
_NUMBERS = {int, float, type(None)}
_TEXTS = {str, type(None)}


def numbers_or_text(values: Sequence[object]) -> pa.Array:
    """A column of JSON values: float64 when all are numbers, else text."""
    kinds = set(map(type, values))
    if kinds <= _NUMBERS and not (int in kinds and _has_long_whole(values)):
        return pa.array(values, pa.float64())
    if kinds <= _TEXTS:
        return pa.array(values, pa.string())
    return pa.array(map(_text, values), pa.string())


def as_numbers_or_text(column: pa.Array) -> pa.Array:
    """A column of a Parquet or Arrow file: numbers as float64, everything else as text.

    Whole numbers that no float can hold are text, for they can only be names.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_numbers_or_text(column.dictionary).take(column.indices)
    if pa.types.is_run_end_encoded(kind):
        return as_numbers_or_text(pc.run_end_decode(column))
    if pa.types.is_null(kind) or pa.types.is_floating(kind):
        return column.cast(pa.float64())
    if pa.types.is_integer(kind):
        ends = pc.min_max(column).as_py().values()
        long = any(end is not None and abs(end) > LARGEST_WHOLE for end in ends)
        return column.cast(pa.string() if long else pa.float64())
    if pa.types.is_decimal(kind):  # by way of text: to the nearest float
        return column.cast(pa.string()).cast(pa.float64())
    if pa.types.is_nested(kind):
        return pc.if_else(column.is_valid(), NESTED, pa.scalar(None, pa.string()))
    return _cast_to_text(column)


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of a part as text; numbers as people write them."""
    if not pa.types.is_floating(column.type):
        return column
    written = [_text(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(written, pa.string())])


def _cast_to_text(column: pa.Array) -> pa.Array:
    try:
        if not pa.types.is_duration(column.type):  # its text would be a bare number
            return column.cast(pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # such as bytes that are no text
        pass
    written = [None if value is None else str(value) for value in column.to_pylist()]
    return pa.array(written, pa.string())


def _has_long_whole(values: Sequence[Any]) -> bool:
    return any(type(v) is int and abs(v) > LARGEST_WHOLE for v in values)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and np.isfinite(value) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else NESTED
