"""Boosted trees on what the Gompertz law leaves, additive in the markers.

Source
------
Friedman, Annals of Statistics 2001; trees that share no two markers make the sum a generalised
additive model (Lou et al., KDD 2013).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import lightgbm
import numpy as np
from agelens.clocks.base import FloatArray

from model_training.mortality.plan import Boosting


@dataclass(frozen=True)
class Trees:
    """One ensemble per seed; what is added to the logarithm of the hazard is their mean."""

    boosters: tuple[lightgbm.Booster, ...]

    def log_hazard(self, columns: FloatArray, rounds: int) -> FloatArray:
        """What the first rounds add, shape (n_people,).

        Parameters
        ----------
        columns : ndarray of float64, shape (n_people, n_markers + 2)
            Standardised markers, age in years, male.
        rounds : int
        """
        if rounds == 0 or not self.boosters:
            return np.zeros(len(columns))
        each = [
            booster.predict(columns, raw_score=True, num_iteration=rounds, num_threads=1)
            for booster in self.boosters
        ]
        return np.asarray(np.mean(each, axis=0))


def grow(
    settings: Boosting,
    columns: FloatArray,
    died: FloatArray,
    log_expected: FloatArray,
    rounds: int,
    counts: FloatArray | None = None,
    seeds: Sequence[int] | None = None,
) -> Trees:
    """Boost a Poisson model of deaths whose offset is what is expected already.

    Parameters
    ----------
    settings : Boosting
    columns : ndarray of float64, shape (n_people, n_markers + 2)
        Standardised markers, age in years, male.
    died : ndarray of float64, shape (n_people,)
    log_expected : ndarray of float64, shape (n_people,)
        The logarithm of the hazard that each person's follow-up sums to.
    rounds : int
    counts : ndarray of float64, shape (n_people,), optional
        How often each person counts.
    seeds : sequence of int, optional
        Instead of the settings'.
    """
    if rounds == 0:
        return Trees(())
    n_markers = columns.shape[1] - 2
    alone = [[marker, n_markers, n_markers + 1] for marker in range(n_markers)]
    data = lightgbm.Dataset(columns, died, weight=counts, init_score=log_expected)
    parameters = {
        "objective": "poisson",
        "learning_rate": settings.rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.least_in_leaf,
        "bagging_fraction": settings.people_share,
        "bagging_freq": 1,
        "feature_fraction": settings.columns_share,
        "interaction_constraints": alone,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    used_seeds = settings.seeds if seeds is None else seeds
    return Trees(
        tuple(lightgbm.train({**parameters, "seed": seed}, data, rounds) for seed in used_seeds)
    )
