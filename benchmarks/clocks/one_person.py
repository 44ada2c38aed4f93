"""One person scored and explained, with every clock that ships."""

from collections.abc import Iterator
from statistics import median

import numpy as np
from agelens.clocks.base import Clock, Table
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle, shipped

from benchmarks.clocks.contest import Contest, rows_of
from benchmarks.clocks.kaggle_people import kaggle_contest
from benchmarks.clocks.nhanes_people import nhanes_contest
from benchmarks.clocks.trees import NAME
from benchmarks.clocks.turns import described, in_turns
from benchmarks.comparison import Comparison

ROUNDS = 500
TARGET = 0.25


def one_row_each() -> Iterator[Comparison]:
    """One row with each shipped clock that the made-up people feed: prediction, contributions, interval."""
    newest = {directory.parent.name: shipped(directory.parent.name) for directory in SHIPPED}
    for directory in filter(None, newest.values()):
        clock = load_clock(read_bundle(directory))
        fed = (each for each in (kaggle_contest(), nhanes_contest()) if _reads(clock, each))
        if contest := next(fed, None):
            yield _measure(clock, contest)


def _measure(clock: Clock, contest: Contest) -> Comparison:
    person = _somebody(clock, contest.others)
    row = contest.matrix(person)
    seconds = in_turns(
        lambda: clock.score(person), lambda: contest.trees.predict_and_explain(row), ROUNDS
    )
    ours, theirs = ([1000 * each for each in side] for side in seconds)
    return Comparison(
        name=f"One row with {clock.manifest.name}",
        unit="ms (p50)",
        figure=median(ours),
        baseline=median(theirs),
        against=NAME,
        bound="<=",
        target=TARGET,
        spread=f"{ROUNDS} of each in turns: {described(ours, '.3f')} and {described(theirs, '.3f')}",
    )


def _reads(clock: Clock, contest: Contest) -> bool:
    """Whether these people have what the clock reads."""
    return set(clock.manifest.informative) <= set(contest.others.columns)


def _somebody(clock: Clock, table: Table) -> Table:
    """The first person with every answer that the clock reads."""
    answers = [table.column(key) for key in clock.manifest.informative]
    complete = np.flatnonzero(np.isfinite(answers).all(axis=0))
    return rows_of(table, complete[:1])
