"""What a part of a file says, read for one clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from agelens.clocks.base import IntArray, Table
from agelens.domain.errors import FieldProblem

Problems = Sequence[FieldProblem]


@dataclass(frozen=True)
class Match:
    """What one column of the header is read as; no features when it is ignored."""

    column: str
    features: tuple[str, ...]
    unit: str | None


@dataclass(frozen=True)
class Batch:
    """The rows of a part, read.

    Attributes
    ----------
    n_rows : int
        Of the part, readable or not.
    table : Table
        The readable rows, in order.
    rows : ndarray of intp, shape (n_readable,)
        Their places in the part.
    errors : mapping of int to sequence of FieldProblem
        By place, what is wrong with each of the other rows.
    warnings : mapping of int to tuple of str
        By place, of readable rows.
    ids : pyarrow string array, optional
    """

    n_rows: int
    table: Table
    rows: IntArray
    errors: Mapping[int, Problems]
    warnings: Mapping[int, tuple[str, ...]]
    ids: pa.Array | None = None
