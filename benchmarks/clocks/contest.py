"""What is timed: a clock and trees that learned from the same people, and others to tell about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray, IntArray, Scores, Table

from benchmarks.clocks.trees import Trees


@dataclass(frozen=True)
class Contest:
    """A clock and its trees.

    Attributes
    ----------
    name : str
        The clock's.
    score : callable
        The clock's.
    trees : Trees
    columns : sequence of str
        What the trees read, in this order; "" is chronological age.
    others : Table
        People that neither has learned from; all can be scored.
    accuracy : str
        How good both are for these people, in words.
    """

    name: str
    score: Callable[[Table], Scores]
    trees: Trees
    columns: Sequence[str]
    others: Table
    accuracy: str

    def sample(self, n_people: int) -> Table:
        """So many of the others, drawn with replacement."""
        return rows_of(
            self.others, np.random.default_rng(0).integers(len(self.others), size=n_people)
        )

    def matrix(self, table: Table) -> FloatArray:
        """People as the trees read them."""
        return matrix(table, self.columns)


def matrix(table: Table, columns: Sequence[str]) -> FloatArray:
    """Columns of a table side by side, shape (n_people, n_columns)."""
    found = [table.column(key) if key else table.chronological_age for key in columns]
    return np.stack(found, axis=1)


def rows_of(table: Table, rows: IntArray) -> Table:
    """Some people of a table."""
    columns = {key: column[rows] for key, column in table.columns.items()}
    return Table(columns, table.chronological_age[rows])
