"""Splitting people into folds, the same way for every candidate."""

from collections.abc import Iterator

import numpy as np
from agelens.clocks.base import IntArray, Table


def k_folds(n_people: int, n_folds: int, seed: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Train and held-out rows of every fold; each person is held out once."""
    fold = np.random.default_rng(seed).permutation(n_people) % n_folds
    for held_out in range(n_folds):
        yield np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)


def rows_of(table: Table, rows: IntArray) -> Table:
    """Some people of a table."""
    columns = {key: column[rows] for key, column in table.columns.items()}
    return Table(columns, table.chronological_age[rows])
