"""Decimal commas: 12,9 is read as 12.9 where the column, or the part around it, is written so.

`1,200` may be twelve hundred or one and a fifth, and so may `1.200` among decimal commas. The other
numbers decide; where they do not, the cell is an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.base import BoolArray
from agelens.tables.typed_cells import BLANKS, is_text

_LIMIT = r"(?:(?:[<>]=?|≤|≥)[ \t]*)?"
_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
_COMMA_NUMBER = rf"\A{_LIMIT}[+-]?[0-9]*,[0-9]+{_EXPONENT}\z"
_POINT_NUMBER = rf"\A[+-]?[0-9]*\.[0-9]+{_EXPONENT}\z"
_COMMA_OR_THOUSANDS = r"\A[+-]?[1-9][0-9]{0,2},[0-9]{3}\z"
_POINT_OR_THOUSANDS = r"\A[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+\z"


@dataclass(frozen=True)
class PointedColumns:
    """Columns with their decimal commas turned into points.

    `doubtful` has, by index, the cells with a point among numbers with decimal commas, where there
    are any.
    """

    arrays: Mapping[int, pa.Array]
    doubtful: Mapping[int, BoolArray]


@dataclass(frozen=True)
class _Spelling:
    """How the numbers of a column are spelled."""

    trimmed: pa.Array
    commas: BoolArray
    thousands: BoolArray
    n_commas: int  # that are surely decimal ones
    n_points: int


def with_points(arrays: Mapping[int, pa.Array], indices: Iterable[int]) -> PointedColumns:
    """Read decimal commas in the columns of numbers at these indices; all are of one part."""
    texts = {index: arrays[index] for index in indices if is_text(arrays[index].type)}
    if not any(map(_has_comma, texts.values())):  # nearly always, and it costs nothing
        return PointedColumns(arrays, {})
    spellings = {index: _spelling(array) for index, array in texts.items()}
    has_decimal_commas = any(
        spelling.n_commas > spelling.n_points for spelling in spellings.values()
    )
    has_points = any(
        spelling.n_points >= max(spelling.n_commas, 1) for spelling in spellings.values()
    )
    changed, doubtful = dict(arrays), {}
    for index, spelling in spellings.items():
        if has_decimal_commas and spelling.commas.any() and spelling.n_commas >= spelling.n_points:
            changed[index] = _replaced(spelling)
            doubtful[index] = spelling.thousands
        elif has_decimal_commas and not has_points:
            doubtful[index] = spelling.thousands
    return PointedColumns(changed, {index: mask for index, mask in doubtful.items() if mask.any()})


def _has_comma(array: pa.Array) -> bool:
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return False
    kind = np.int64 if pa.types.is_large_string(array.type) else np.int32
    ends = np.frombuffer(offsets, kind)
    first, last = int(ends[array.offset]), int(ends[array.offset + len(array)])
    # a copy costs less than any search but that of bytes
    return b"," in data.slice(first, last - first).to_pybytes()


def _spelling(array: pa.Array) -> _Spelling:
    trimmed = pc.utf8_trim(array, BLANKS)
    commas = _matches(trimmed, _COMMA_NUMBER)
    thousands = _matches(trimmed, _POINT_OR_THOUSANDS)
    points = _matches(trimmed, _POINT_NUMBER)
    return _Spelling(
        trimmed,
        commas,
        thousands,
        int((commas & ~_matches(trimmed, _COMMA_OR_THOUSANDS)).sum()),
        int((points & ~thousands).sum()),
    )


def _replaced(spelling: _Spelling) -> pa.Array:
    pointed = pc.replace_substring(spelling.trimmed, ",", ".", max_replacements=1)
    return pc.if_else(pa.array(spelling.commas), pointed, spelling.trimmed)


def _matches(texts: pa.Array, pattern: str) -> BoolArray:
    matches = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return np.asarray(matches.to_numpy(zero_copy_only=False), dtype=bool)
