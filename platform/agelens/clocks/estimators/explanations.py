"""Shapley values of fitted pipelines, of a game that the bundle names.

The players are the biomarkers, never a pipeline's own columns: one-hot and spline columns count for
the biomarker that they come from. A chronological age that the pipeline reads is no player; it moves
the base value, so that the biomarkers explain how somebody differs from the same-aged.

* `additive`: the pipeline is a sum of functions of one column each, as linear models on columns that
  are transformed one by one are. A biomarker's share is its own term minus the term's average over
  the background. That is exact, and costs one prediction per column.
* `tree`: the path-dependent TreeExplainer of the package shap on the last step. The interventional
  one is off by years for histogram boosting.
* `exact`: every coalition is valued: those outside it are taken from the background people in turn.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray
from agelens.clocks.estimators.fitted_model import FittedModel
from agelens.clocks.estimators.saved_pipeline import not_installed
from agelens.clocks.shapley import shapley_values
from agelens.domain.panel import AGE

MOST_PLAYERS = 12  # of the exact game, which has 2 ** players coalitions
ROWS_AT_ONCE = 200_000  # predicted rows of made-up people; bounds the memory
GAMES = {
    "additive": (
        "The pipeline is a sum of terms of one biomarker each. A biomarker's Shapley value is its "
        "own term minus the average of that term over {n} background people. Exact."
    ),
    "tree": (
        "Shapley values of the path-dependent game of trees (TreeExplainer of the package shap): "
        "what is unknown is averaged over the training people of each branch. The columns made "
        "from one biomarker are added up. Exact for this game."
    ),
    "exact": (
        "Shapley values by enumerating every coalition: biomarkers outside it are taken from each "
        "of {n} background people in turn, and the predictions averaged. Exact for this game."
    ),
}


@dataclass(frozen=True)
class Explanation:
    """Base values and shares of many people.

    Attributes
    ----------
    base_value : ndarray of float64, shape (n_people,)
    contributions : ndarray of float64, shape (n_people, n_players)
        In the order of the columns, without the age.
    """

    base_value: FloatArray
    contributions: FloatArray


Explainer = Callable[[FloatArray], Explanation]


def explainer(method: str, model: FittedModel, background: FloatArray) -> Explainer:
    """The function that explains people given as canonical values, shape (n_people, n_columns).

    Parameters
    ----------
    method : str
        A key of `GAMES`.
    model : FittedModel
    background : ndarray of float64, shape (n_background, n_columns)

    Raises
    ------
    ValueError
        If there is no such method, or it cannot explain this model.
    ModuleNotFoundError
        For trees, if shap is not installed.
    """
    if method == "additive":
        return _Additive(model, background)
    if method == "tree":
        return _Tree(model)
    if method == "exact":
        return _Exact(model, background)
    raise ValueError(f"there is no explanation called {method}; known: {', '.join(GAMES)}")


def _players(model: FittedModel) -> list[int]:
    return [index for index, column in enumerate(model.columns) if column.key != AGE]


def _ages(model: FittedModel) -> list[int]:
    return [index for index, column in enumerate(model.columns) if column.key == AGE]


def _blocks(n_people: int, rows_each: int) -> Iterator[slice]:
    step = max(1, ROWS_AT_ONCE // rows_each)
    return (slice(first, first + step) for first in range(0, n_people, step))


class _Additive:
    """Every column alone in a reference person's place: what it adds is its term."""

    def __init__(self, model: FittedModel, background: FloatArray) -> None:
        self.model = model
        self.reference = background[0]
        self.at_reference = float(model.predict(background[:1])[0])
        self.averages = self._terms(background).mean(axis=0)

    def _terms(self, canonical: FloatArray) -> FloatArray:
        """Each column's term above the reference person's, shape (n_people, n_columns)."""
        n_columns = canonical.shape[1]
        terms = np.empty(canonical.shape)
        for block in _blocks(len(canonical), n_columns):
            people = canonical[block]
            rows = np.tile(self.reference, (n_columns, len(people), 1))
            for index in range(n_columns):
                rows[index, :, index] = people[:, index]
            predictions = self.model.predict(rows.reshape(-1, n_columns))
            terms[block] = predictions.reshape(n_columns, -1).T
        return terms - self.at_reference

    def __call__(self, canonical: FloatArray) -> Explanation:
        shares = self._terms(canonical) - self.averages
        base = self.at_reference + self.averages.sum() + shares[:, _ages(self.model)].sum(axis=1)
        return Explanation(base, shares[:, _players(self.model)])


class _Tree:
    """shap's path-dependent TreeExplainer, its columns added up by biomarker."""

    def __init__(self, model: FittedModel) -> None:
        try:
            import shap
        except ModuleNotFoundError as error:
            raise not_installed(error, "to explain trees") from error
        if not model.is_tree or model.origins is None:
            raise ValueError("the last step is no tree, or a column of it has several origins")
        self.model = model
        self.explainer = shap.TreeExplainer(model.final, feature_perturbation="tree_path_dependent")
        self.base = float(np.ravel(self.explainer.expected_value)[0])
        self.groups = np.zeros((len(model.origins), len(model.columns)))
        self.groups[np.arange(len(model.origins)), model.origins] = 1
        # all but histogram boosting compare 32-bit values, also in prediction
        self.narrow = not hasattr(model.final, "_bin_mapper")

    def __call__(self, canonical: FloatArray) -> Explanation:
        columns: Any = self.model.transformed(canonical)
        if self.narrow:
            columns = columns.astype(np.float32).astype(float)
        with self.model.one_thread():
            shap_values = self.explainer.shap_values(columns, check_additivity=False)
        shares = np.asarray(shap_values, dtype=float).reshape(len(canonical), -1) @ self.groups
        base = self.base + shares[:, _ages(self.model)].sum(axis=1)
        return Explanation(base, shares[:, _players(self.model)])


class _Exact:
    """Every coalition's value, and Shapley's formula."""

    def __init__(self, model: FittedModel, background: FloatArray) -> None:
        self.model = model
        self.background = background
        self.players = _players(model)
        if len(self.players) > MOST_PLAYERS:
            raise ValueError(
                f"explaining {len(self.players)} biomarkers of this kind of model exactly takes too "
                f"long: up to {MOST_PLAYERS}; linear models and trees may have any number"
            )
        members = np.arange(2 ** len(self.players))[:, np.newaxis] >> np.arange(len(self.players))
        # the age always is in it
        self.in_coalition = np.ones((len(members), len(model.columns)), dtype=bool)
        self.in_coalition[:, self.players] = members & 1

    def __call__(self, canonical: FloatArray) -> Explanation:
        rows_each = len(self.in_coalition) * len(self.background)
        values = [self._values(canonical[block]) for block in _blocks(len(canonical), rows_each)]
        coalitions = np.concatenate(values)
        return Explanation(coalitions[:, 0], shapley_values(coalitions))

    def _values(self, people: FloatArray) -> FloatArray:
        """The value of every coalition, shape (n_people, 2 ** n_players)."""
        in_coalition, n_columns = self.in_coalition[np.newaxis, :, np.newaxis], people.shape[1]
        rows = np.where(in_coalition, people[:, np.newaxis, np.newaxis], self.background)
        predictions = self.model.predict(rows.reshape(-1, n_columns))
        means: FloatArray = predictions.reshape(len(people), len(self.in_coalition), -1).mean(
            axis=2
        )
        return means


def largest_gap(explanation: Explanation, prediction: Sequence[float] | FloatArray) -> float:
    """How far the worst explanation is from its prediction."""
    gaps = explanation.base_value + explanation.contributions.sum(axis=1) - np.asarray(prediction)
    return float(np.abs(gaps).max(initial=0.0))
