"""The game that explains an age posterior: the posterior mean of age given every subset of markers.

`game_of` chooses how it is computed: by quadrature where that is exact, else over every age.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from agelens.clocks.age_likelihoods import AgePosteriorParameters
from agelens.clocks.age_posterior_quadrature import CHUNK_PEOPLE, GameBatch, QuadratureGame
from agelens.clocks.base import FloatArray
from agelens.clocks.shapley import Coalitions

NODES = (20, 28, 36, 48)  # each is tried: 28 do for kaggle-age and its 72 ages
TOLERANCE_YEARS = 5e-11  # the error falls about 30-fold with every two nodes
TRIED_PEOPLE = 128
LARGEST_LOG = (
    300.0  # of a likelihood that is not scaled: its exponential is far from the largest float
)


class Game(Protocol):
    """Computes the values of all subsets of markers, a few people at a time."""

    def batches(self, columns: FloatArray) -> Iterator[GameBatch]:
        """See `QuadratureGame.batches`."""
        ...


class GridGame:
    """The game of any markers, over every age.

    Parameters
    ----------
    parameters : AgePosteriorParameters
    """

    def __init__(self, parameters: AgePosteriorParameters) -> None:
        self._parameters = parameters

    def batches(self, columns: FloatArray) -> Iterator[GameBatch]:
        """See `QuadratureGame.batches`."""
        n_people, n_features = columns.shape
        ages = self._parameters.ages
        coalitions = Coalitions(min(n_people, CHUNK_PEOPLE), n_features, ages)
        for start in range(0, n_people, CHUNK_PEOPLE):
            rows = slice(start, start + CHUNK_PEOPLE)
            yield rows, *coalitions.values(self._parameters.log_likelihoods_of(columns[rows]))


def game_of(parameters: AgePosteriorParameters) -> Game:
    """The quickest game that is exact for people at and between the limits of the markers."""
    grid = GridGame(parameters)
    if len(parameters.choices) > 1 or _largest_log(parameters) > LARGEST_LOG:
        return grid
    columns = _people(parameters)
    expected = _values(grid, columns)
    for n_nodes in NODES:
        if n_nodes < len(parameters.ages):
            game = QuadratureGame(parameters, n_nodes)
            if np.abs(_values(game, columns) - expected).max() < TOLERANCE_YEARS:  # NaN is not
                return game
    return grid


def _values(game: Game, columns: FloatArray) -> FloatArray:
    values = np.empty((len(columns), 2 ** columns.shape[1]))
    for rows, chunk_values, _ in game.batches(columns):
        values[rows] = chunk_values
    return values


def _people(parameters: AgePosteriorParameters) -> FloatArray:
    """Made-up people, half with every marker at a limit, half between them; all choices occur."""
    random = np.random.default_rng(0)
    shares = random.random((TRIED_PEOPLE, len(parameters.linear)))
    shares[::2] = shares[::2].round()
    low, high = np.array([(m.low, m.high) for m in parameters.linear]).reshape(-1, 2).T
    codes = [np.arange(TRIED_PEOPLE) // 2 % len(m.probabilities) for m in parameters.choices]
    return np.column_stack([low + shares * (high - low), *codes])


def _largest_log(parameters: AgePosteriorParameters) -> float:
    """An upper bound of the sum of all |z s x| of `LineTerms`."""
    half = (parameters.ages[-1] - parameters.ages[0]) / 2
    middle = parameters.ages[0] + half
    total = 0.0
    for m in parameters.linear:
        furthest = max(abs(end - m.intercept - m.slope * middle) for end in (m.low, m.high))
        total += furthest * abs(m.slope) * half / m.sd**2
    return total
