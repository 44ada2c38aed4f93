"""Many people scored and explained, in rows per second."""

from statistics import median

from benchmarks.clocks.contest import Contest
from benchmarks.clocks.kaggle_people import kaggle_contest
from benchmarks.clocks.nhanes_people import nhanes_contest
from benchmarks.clocks.trees import NAME
from benchmarks.clocks.turns import described, in_turns
from benchmarks.comparison import Comparison

ROUNDS = 5
TREES_AT_MOST = 10_000  # rows for the trees; their pace does not depend on how many there are


def kaggle_rows() -> Comparison:
    """20,000 rows with kaggle-age: prediction, contributions and interval."""
    return _measure(kaggle_contest(), n_people=20_000, target=6)


def mortality_rows() -> Comparison:
    """100,000 rows with mortality-age: prediction, contributions and interval."""
    return _measure(nhanes_contest(), n_people=100_000, target=120)


def _measure(contest: Contest, *, n_people: int, target: float) -> Comparison:
    table = contest.sample(n_people)
    matrix = contest.matrix(table)[:TREES_AT_MOST]
    seconds = in_turns(
        lambda: contest.score(table), lambda: contest.trees.predict_and_explain(matrix), ROUNDS
    )
    ours = [len(table) / each for each in seconds[0]]
    theirs = [len(matrix) / each for each in seconds[1]]
    return Comparison(
        name=f"{n_people:,} rows with {contest.name}",
        unit="rows/s",
        figure=median(ours),
        baseline=median(theirs),
        against=NAME,
        bound=">=",
        target=target,
        spread=(
            f"{ROUNDS} rounds in turns: {described(ours, ',.0f')} and {described(theirs, ',.0f')}; "
            f"fitted on the same people, for others: {contest.accuracy}"
        ),
    )
