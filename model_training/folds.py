"""Cross-validation folds, the same for every candidate."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import IntArray, Table


@dataclass(frozen=True)
class Protocol:
    """How it is measured; fixed before measuring.

    Each of `repeats` shuffles is split into `folds`; every fold is measured once by what was learned
    from the others, where `inner_folds` choose the settings.
    """

    repeats: int = 3
    folds: int = 5
    inner_folds: int = 3
    seed: int = 20261101

    def splits(self, n_people: int) -> Iterator[tuple[int, IntArray, IntArray]]:
        """Repeat, train rows and held-out rows; every candidate gets the same."""
        for repeat in range(self.repeats):
            for train, held_out in k_folds(n_people, self.folds, self.seed + repeat):
                yield repeat, train, held_out


def k_folds(n_people: int, n_folds: int, seed: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Train and held-out rows of every fold; each person is held out once."""
    fold = np.random.default_rng(seed).permutation(n_people) % n_folds
    for held_out in range(n_folds):
        yield np.flatnonzero(fold != held_out), np.flatnonzero(fold == held_out)


def rows_of(table: Table, rows: IntArray) -> Table:
    """Some people of a table."""
    columns = {key: column[rows] for key, column in table.columns.items()}
    return Table(columns, table.chronological_age[rows])
