"""Convert the cells of a column to numbers, and flag the malformed ones.

A cell is plain when reading it alone would give just this number, without an error or a warning.
"""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.base import BoolArray, FloatArray
from agelens.domain.features import Target
from agelens.domain.single_answer import NotUsable, plain_number, read_answer

MISSING_NUMBERS = frozenset(
    {"", "na", "n/a", "#n/a", "nan", "null", "none", "<na>", ".", "-", "--"}
)
MISSING_CHOICES = frozenset({"", "na"})  # "None" is a category of the Kaggle data
MOST_SPELLINGS = 1000  # of the choices of one column; further ones are read row by row
BLANKS = " \t"
PLAIN_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
PLAIN_PAIR = r"^(?P<first>[0-9]{1,9}(?:\.[0-9]{1,9})?)/(?P<second>[0-9]{1,9}(?:\.[0-9]{1,9})?)$"
MISSING = pa.array(
    sorted(
        {
            "".join(c)
            for text in MISSING_NUMBERS
            for c in product(*zip(text, text.upper(), strict=True))
        }
    )
)


@dataclass(frozen=True)
class Cells:
    """One column: its numbers, NaN where missing, and where a cell is not plain."""

    values: FloatArray
    malformed: BoolArray


def answer_of(cell: object, kind: str) -> object:
    """A cell as a JSON value; the words for a missing one are those of its kind of column."""
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if text.casefold() in (MISSING_CHOICES if kind == "choice" else MISSING_NUMBERS):
        return None
    number = plain_number(text) if kind == "number" else None
    return text if number is None else number


def numbers_of(array: pa.Array) -> Cells:
    """A column of numbers, or of text that spells numbers."""
    kind = array.type
    if is_text(kind):
        return _spelled_numbers(array)
    if pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind):
        values = array.to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
        return Cells(values, np.isinf(values))
    return _nothing_plain(array)


def pairs_of(array: pa.Array) -> tuple[Cells, Cells]:
    """Both halves of a column of text like "120/80"."""
    if not is_text(array.type):
        cells = numbers_of(array)
        malformed = cells.malformed | ~np.isnan(cells.values)
        return Cells(cells.values, malformed), Cells(cells.values, malformed)
    trimmed = pc.utf8_trim(array, BLANKS)
    halves = pc.extract_regex(trimmed, PLAIN_PAIR)
    is_pair = _mask(halves.is_valid())
    malformed = ~is_pair & ~_is_missing(trimmed)
    first, second = (_floats(pc.struct_field(halves, [half])) for half in (0, 1))
    return Cells(first, malformed), Cells(second, malformed)


def choices_of(array: pa.Array, target: Target) -> Cells:
    """A column of choices, as their indices among the feature's choices."""
    kind = array.type
    if not (is_text(kind) or pa.types.is_floating(kind) or pa.types.is_integer(kind)):
        return _nothing_plain(array)
    encoded = array.dictionary_encode()
    spellings = encoded.dictionary.slice(0, MOST_SPELLINGS).to_pylist()
    choice_indices = [_choice_index(target, spelling) for spelling in spellings]
    n_known = len(choice_indices)
    values = np.array([*(np.nan if p is None else p for p in choice_indices), np.nan], dtype=float)
    malformed = np.array([*(p is None for p in choice_indices), True])
    spelled_by = np.minimum(pc.fill_null(encoded.indices, 0).to_numpy(), n_known)
    is_null = _mask(array.is_null())
    numbers = np.where(is_null, np.nan, values[spelled_by])
    return Cells(numbers, malformed[spelled_by] & ~is_null)


def _choice_index(target: Target, spelling: object) -> float | None:
    """The index of the choice that is meant, NaN for a missing one, None when it cannot be used."""
    answer = answer_of(spelling, "choice")
    if answer is None:
        return np.nan
    try:
        return float(target.feature.choices.index(str(read_answer(target, answer, None)[0])))
    except NotUsable:
        return None


def _spelled_numbers(array: pa.Array) -> Cells:
    missing = pc.is_in(array, MISSING)
    present = pc.if_else(missing, None, array) if pc.any(missing).as_py() else array
    try:
        values = _floats(present)
    except pa.ArrowInvalid:  # some are not plain, or have blanks around them
        return _trimmed_numbers(array)
    return Cells(values, ~np.isfinite(values) & _mask(present.is_valid()))


def _trimmed_numbers(array: pa.Array) -> Cells:
    trimmed = pc.utf8_trim(array, BLANKS)
    plain = pc.match_substring_regex(trimmed, PLAIN_NUMBER)
    values = _floats(pc.if_else(plain, trimmed, None))
    return Cells(values, ~np.isfinite(values) & ~_is_missing(trimmed))


def _is_missing(trimmed: pa.Array) -> BoolArray:
    return _mask(trimmed.is_null()) | _mask(pc.is_in(trimmed, MISSING))


def _nothing_plain(array: pa.Array) -> Cells:
    return Cells(np.full(len(array), np.nan), _mask(array.is_valid()))


def is_text(kind: pa.DataType) -> bool:
    """Whether the cells of a column of this type are text."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _floats(array: pa.Array) -> FloatArray:
    return np.asarray(pc.cast(array, pa.float64()).to_numpy(zero_copy_only=False))


def _mask(array: pa.Array) -> BoolArray:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=bool)
