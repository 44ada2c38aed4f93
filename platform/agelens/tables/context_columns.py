"""Columns of context: who is pregnant or acutely ill. No clock reads them; who is gets a warning."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa

from agelens.clocks.base import BoolArray
from agelens.domain.context import CONTEXTS
from agelens.domain.units import normalized_name
from agelens.tables.typed_cells import MISSING_NUMBERS, is_text

YES = frozenset({"yes", "y", "true", "1", "1.0"})
NO = frozenset({"no", "n", "false", "0", "0.0"}) | MISSING_NUMBERS
UNCLEAR = "{} must be yes or no; it counts as no"


def context_indices(header: Sequence[str], taken: Collection[int]) -> dict[str, int]:
    """The indices of the columns of context; one of a name that several columns have is not read."""
    names = [normalized_name(name) for name in header]
    indices = {}
    for key in CONTEXTS:
        matches = [index for index, name in enumerate(names) if name == normalized_name(key)]
        if len(matches) == 1 and matches[0] not in taken:
            indices[key] = matches[0]
    return indices


def read_context(
    arrays: Mapping[str, pa.Array],
) -> tuple[dict[str, BoolArray], dict[int, tuple[str, ...]]]:
    """Who is pregnant or ill, and a warning for every row whose cell is neither yes nor no.

    Parameters
    ----------
    arrays : mapping of str to pyarrow.Array
        The cells by the key of the context.

    Returns
    -------
    context : dict of str to ndarray of bool, shape (n_rows,)
    warnings : dict of int to tuple of str
        By row.
    """
    context: dict[str, BoolArray] = {}
    warnings: dict[int, tuple[str, ...]] = {}
    for key, array in arrays.items():
        texts = array if is_text(array.type) else pa.array(map(_word, array.to_pylist()))
        distinct = texts.dictionary_encode("encode")
        flags = [_parse_yes_no(word) for word in distinct.dictionary.to_pylist()]
        codes = distinct.indices.to_numpy(zero_copy_only=False)
        context[key] = np.array([flag is True for flag in flags], dtype=bool)[codes]
        unclear = np.array([flag is None for flag in flags], dtype=bool)[codes]
        for row in np.flatnonzero(unclear).tolist():
            warnings[row] = (*warnings.get(row, ()), UNCLEAR.format(key))
    return context, warnings


def _word(cell: object) -> str:
    return "" if cell is None else str(cell)


def _parse_yes_no(cell: str | None) -> bool | None:
    """Whether a cell says yes; None where it says neither."""
    text = (cell or "").strip().casefold()
    return True if text in YES else False if text in NO else None
