"""Row identifiers as text."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.base import IntArray

LARGEST_WHOLE = 2.0**53  # up to here every whole number is a float
# what breaks lines and cells of whoever shows them, and what shows text in another order
_CONTROL = r"[\x00-\x1f\x7f-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}]"
# the bytes of UTF-8 with which such a character begins, among others
_SUSPECT = np.zeros(256, bool)
_SUSPECT[[*range(0x20), 0x7F, 0xC2, 0xE2]] = True


def texts_of(array: pa.Array) -> pa.Array:
    """Identifiers as text; a whole number is written without a point."""
    if not pa.types.is_floating(array.type):
        return pc.cast(array, pa.string())
    numbers = array.to_numpy(zero_copy_only=False)
    if (np.abs(numbers) < LARGEST_WHOLE).all() and (numbers == np.rint(numbers)).all():
        return pc.cast(pa.array(numbers.astype(np.int64)), pa.string())
    texts = ("" if np.isnan(v) else _spelled(v) for v in numbers.tolist())
    return pa.array([text or None for text in texts], pa.string())


def with_control_characters(ids: pa.Array) -> IntArray:
    """The indices of the identifiers with a control character, or one that reorders text."""
    if not _SUSPECT[_bytes_of(ids)].any():  # a pattern takes ten times as long
        return np.empty(0, np.intp)
    matches = pc.fill_null(pc.match_substring_regex(ids, _CONTROL), False)
    return np.flatnonzero(matches.to_numpy(zero_copy_only=False))


def _bytes_of(texts: pa.Array) -> npt.NDArray[np.uint8]:
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return np.empty(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]


def without_ids_at(ids: pa.Array, indices: IntArray) -> pa.Array:
    """The identifiers, null at these indices: they are kept to the letter or not at all."""
    if not len(indices):
        return ids
    is_left_out = np.zeros(len(ids), bool)
    is_left_out[indices] = True
    return pc.if_else(pa.array(is_left_out), pa.scalar(None, ids.type), ids)


def _spelled(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)
