"""Learning curves: the error on held-out people by the number of people trained on."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from agelens.clocks.base import FloatArray, IntArray

FEWEST = 60  # training people, at the left end
Measure = Callable[[IntArray, IntArray], tuple[float, float]]


@dataclass(frozen=True)
class Split:
    """One fold: who may be trained on, in a random order, who is held out, and what measures both.

    `measure(train, held_out)` learns from the first rows and gives the figure on people of the
    second and on the first themselves.
    """

    train: IntArray
    held_out: IntArray
    measure: Measure


def sizes(most: int, points: int, fewest: int = FEWEST) -> list[int]:
    """Numbers of people, spaced evenly on a logarithmic scale; the last is all of them."""
    spaced = np.geomspace(min(fewest, most), most, points) if points > 1 else [float(most)]
    return sorted({round(float(each)) for each in spaced})


def learning_curve(splits: Iterable[Split], counts: Sequence[int]) -> pd.DataFrame:
    """Measure what so many people are worth, fold by fold; a smaller group is part of the larger ones.

    Returns
    -------
    DataFrame
        One row per number of people: the mean over the folds of the figure on held-out people, its
        standard deviation over the folds, and the mean on training people.
    """
    values = np.array(
        [
            [split.measure(split.train[:count], split.held_out) for count in counts]
            for split in splits
        ]
    )
    held_out, training = values[..., 0], values[..., 1]
    spread: FloatArray = (
        held_out.std(axis=0, ddof=1) if len(held_out) > 1 else np.zeros(len(counts))
    )
    return pd.DataFrame(
        {
            "held out": held_out.mean(axis=0),
            "SD over folds": spread,
            "training": training.mean(axis=0),
        },
        index=pd.Index(counts, name="people"),
    )
