"""Row identifiers as text."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LARGEST_WHOLE = 2.0**53  # up to here every whole number is a float


def texts_of(array: pa.Array) -> pa.Array:
    """Identifiers as text; a whole number is written without a point."""
    if not pa.types.is_floating(array.type):
        return pc.cast(array, pa.string())
    numbers = array.to_numpy(zero_copy_only=False)
    if (np.abs(numbers) < LARGEST_WHOLE).all() and (numbers == np.rint(numbers)).all():
        return pc.cast(pa.array(numbers.astype(np.int64)), pa.string())
    shown = ("" if np.isnan(v) else _shown(v) for v in numbers.tolist())
    return pa.array([text or None for text in shown], pa.string())


def _shown(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)
