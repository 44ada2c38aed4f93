"""Group rows by their combination of flags, so that each combination is handled once."""

from collections.abc import Sequence

import numpy as np

from agelens.clocks.base import BoolArray, IntArray

FLAGS_AT_ONCE = 32  # of the 63 bits of a number; the patterns so far take no more than the others


def patterns_of(flags: Sequence[BoolArray], n_rows: int) -> tuple[IntArray, IntArray]:
    """Number the combinations of flags.

    Parameters
    ----------
    flags : sequence of ndarray of bool, shape (n_rows,)
    n_rows : int

    Returns
    -------
    first : ndarray of intp, shape (n_patterns,)
        A row of each pattern.
    pattern : ndarray of intp, shape (n_rows,)
        The pattern of each row.
    """
    varying = [flag for flag in flags if flag.any() and not flag.all()]
    if not varying:
        return np.arange(min(n_rows, 1)), np.zeros(n_rows, dtype=np.intp)
    codes = np.zeros(n_rows, dtype=np.int64)
    for number, flag in enumerate(varying):
        if number and number % FLAGS_AT_ONCE == 0:
            codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
        codes = codes * 2 + flag
    _, first, pattern = np.unique(codes, return_index=True, return_inverse=True)
    return first, pattern
