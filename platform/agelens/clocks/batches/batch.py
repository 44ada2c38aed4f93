"""A batch: the parsed rows of a part of a file, for one clock."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from agelens.clocks.base import BoolArray, IntArray, Table
from agelens.domain.errors import FieldProblem

Problems = Sequence[FieldProblem]


@dataclass(frozen=True)
class ColumnMatch:
    """What one column of the header is read as; no features when it is ignored."""

    column: str
    features: tuple[str, ...]
    unit: str | None


@dataclass(frozen=True)
class Batch:
    """The parsed rows of a part, with their errors and warnings.

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
    columns : mapping of str to str
        The column of the file that answers a feature, or AGE, where its name is another one.
    missing : mapping of str to ndarray of bool, shape (n_read,)
        Of every informative feature, and AGE where the clock needs it: who has no usable value, of all
        rows but those that are no rows of the file; empty where nothing was read.
    """

    n_rows: int
    table: Table
    rows: IntArray
    errors: Mapping[int, Problems]
    warnings: Mapping[int, tuple[str, ...]]
    ids: pa.Array | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, BoolArray] = field(default_factory=dict)

    def error_text(self, row: int) -> str:
        """The errors of a row, joined in one line."""
        return self.text_of(self.errors[row])

    def text_of(self, problems: Problems) -> str:
        """Errors of a row, joined in one line."""
        return "; ".join(
            [self.column_message(problem.field, problem.message) for problem in problems]
        )

    def texts_by_row(self, describe: Callable[[Problems], str]) -> dict[int, str]:
        """What `describe` says of the errors of every row; it is called once for rows that share theirs."""
        texts: dict[int, str] = {}
        texts_by_row = {}
        for row, problems in self.errors.items():
            text = texts.get(id(problems))
            if text is None:
                text = texts[id(problems)] = describe(problems)
            texts_by_row[row] = text
        return texts_by_row

    def problem_counts(self) -> Iterator[tuple[Problems, int]]:
        """The errors that rows share, or have alone, with the number of these rows."""
        n_rows = Counter(map(id, self.errors.values()))
        shared = {id(problems): problems for problems in self.errors.values()}
        return ((problems, n_rows[key]) for key, problems in shared.items())

    def fields(self, row: int, keys: Container[str]) -> list[str]:
        """The features with an error in a row; none when the error is of the whole row."""
        return fields_of(self.errors[row], keys)

    def column_message(self, key: str, message: str) -> str:
        """An error message that begins with the name of the column in the file."""
        if key in ("", "answers"):
            return message
        return (
            f"{self.columns[key]} ({key}) {message}" if key in self.columns else f"{key} {message}"
        )


def fields_of(problems: Problems, keys: Container[str]) -> list[str]:
    """The features that errors are of; none when the error is of the whole row."""
    return list(dict.fromkeys([problem.field for problem in problems if problem.field in keys]))


def without_quotation(message: str) -> str:
    """A message without the cell that it quotes in parentheses, such as ("abc")."""
    before, _, remainder = message.partition(' ("')
    _, end, after = remainder.rpartition('")')  # the last one: what is quoted may have its own
    return before + after if end else message
