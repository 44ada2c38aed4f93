"""Bootstrap intervals by person."""

from collections.abc import Iterator

import numpy as np
from agelens.clocks.base import FloatArray


def draws(n_people: int, n_draws: int, seed: int) -> Iterator[FloatArray]:
    """How often each person is drawn, with replacement; one array of counts per draw."""
    rng = np.random.default_rng(seed)
    for _ in range(n_draws):
        sample = rng.integers(n_people, size=n_people)
        yield np.bincount(sample, minlength=n_people).astype(float)


def percentile_interval(values: FloatArray, level: float = 0.95) -> tuple[float, float]:
    """The middle share of the draws.

    Source
    ------
    Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
    """
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
