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


def context_places(header: Sequence[str], taken: Collection[int]) -> dict[str, int]:
    """The places of the columns of context; one of a name that several columns have is not read."""
    named = [normalized_name(name) for name in header]
    places = {}
    for key in CONTEXTS:
        found = [place for place, name in enumerate(named) if name == normalized_name(key)]
        if len(found) == 1 and found[0] not in taken:
            places[key] = found[0]
    return places


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
        words = array if is_text(array.type) else pa.array(map(_word, array.to_pylist()))
        spelled = words.dictionary_encode("encode")
        meant = [_meaning(word) for word in spelled.dictionary.to_pylist()]
        codes = spelled.indices.to_numpy(zero_copy_only=False)
        context[key] = np.array([m is True for m in meant], dtype=bool)[codes]
        unclear = np.array([m is None for m in meant], dtype=bool)[codes]
        for row in np.flatnonzero(unclear).tolist():
            warnings[row] = (*warnings.get(row, ()), UNCLEAR.format(key))
    return context, warnings


def _word(cell: object) -> str:
    return "" if cell is None else str(cell)


def _meaning(word: str | None) -> bool | None:
    """Whether a cell says yes; None where it says neither."""
    text = (word or "").strip().casefold()
    return True if text in YES else False if text in NO else None
