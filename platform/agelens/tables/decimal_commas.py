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
class Pointed:
    """Columns with their decimal commas turned into points.

    `doubtful` has, by place, the cells with a point among numbers with decimal commas, where there
    are any.
    """

    arrays: Mapping[int, pa.Array]
    doubtful: Mapping[int, BoolArray]


@dataclass(frozen=True)
class _Written:
    """How the numbers of a column are written."""

    trimmed: pa.Array
    commas: BoolArray
    thousands: BoolArray
    n_commas: int  # that are surely decimal ones
    n_points: int


def with_points(arrays: Mapping[int, pa.Array], places: Iterable[int]) -> Pointed:
    """Read decimal commas in the columns of numbers at these places; all are of one part."""
    texts = {place: arrays[place] for place in places if is_text(arrays[place].type)}
    if not any(map(_has_comma, texts.values())):  # nearly always, and it costs nothing
        return Pointed(arrays, {})
    written = {place: _written(array) for place, array in texts.items()}
    decided = any(each.n_commas > each.n_points for each in written.values())
    points = any(each.n_points >= max(each.n_commas, 1) for each in written.values())
    changed, doubtful = dict(arrays), {}
    for place, each in written.items():
        if decided and each.commas.any() and each.n_commas >= each.n_points:
            changed[place] = _replaced(each)
            doubtful[place] = each.thousands
        elif decided and not points:
            doubtful[place] = each.thousands
    return Pointed(changed, {place: mask for place, mask in doubtful.items() if mask.any()})


def _has_comma(array: pa.Array) -> bool:
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return False
    kind = np.int64 if pa.types.is_large_string(array.type) else np.int32
    ends = np.frombuffer(offsets, kind)
    first, last = int(ends[array.offset]), int(ends[array.offset + len(array)])
    # a copy costs less than any search but that of bytes
    return b"," in data.slice(first, last - first).to_pybytes()


def _written(array: pa.Array) -> _Written:
    trimmed = pc.utf8_trim(array, BLANKS)
    commas = _found(trimmed, _COMMA_NUMBER)
    thousands = _found(trimmed, _POINT_OR_THOUSANDS)
    points = _found(trimmed, _POINT_NUMBER)
    return _Written(
        trimmed,
        commas,
        thousands,
        int((commas & ~_found(trimmed, _COMMA_OR_THOUSANDS)).sum()),
        int((points & ~thousands).sum()),
    )


def _replaced(written: _Written) -> pa.Array:
    pointed = pc.replace_substring(written.trimmed, ",", ".", max_replacements=1)
    return pc.if_else(pa.array(written.commas), pointed, written.trimmed)


def _found(texts: pa.Array, pattern: str) -> BoolArray:
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)
