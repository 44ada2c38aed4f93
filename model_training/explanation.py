"""Verify explanations against the `shap` package before publishing."""

import numpy as np
import shap
from agelens.clocks.age_likelihoods import AgePosteriorParameters, posterior
from agelens.clocks.base import BoolArray, FloatArray, Table
from agelens.clocks.kinds.bayes import AgePosterior
from agelens.domain.errors import NotAdditive
from lightgbm import LGBMRegressor

from model_training.datasets.kaggle import Dataset
from model_training.folds import rows_of

PEOPLE = 24
POSTERIOR_TOLERANCE_YEARS = 1e-9
TREES_TOLERANCE_YEARS = 1e-6


def check_posterior(clock: AgePosterior, data: Dataset) -> dict[str, object]:
    """The clock's contributions are those of shap's exact explainer, which drops markers by itself.

    Parameters
    ----------
    clock : AgePosterior
    data : Dataset
        A few of its people, evenly spaced, are explained twice; every third lacks a marker.

    Returns
    -------
    dict
        What was checked, how closely, for the metrics.

    Raises
    ------
    NotAdditive
        If a contribution or the base value differs by more than the tolerance.

    Source
    ------
    S. M. Lundberg & S.-I. Lee, NeurIPS 2017.
    """
    parameters = clock.parameters
    rows = np.unique(np.linspace(0, len(data) - 1, PEOPLE).astype(int))
    columns = parameters.columns(rows_of(data.table, rows))
    columns[np.arange(0, len(rows), 3), np.arange(0, len(rows), 3) % columns.shape[1]] = np.nan
    scores = clock.score(_table(parameters, columns))
    explainer = shap.explainers.Exact(lambda rows: _prediction(parameters, rows), _drop)
    explained = explainer(columns, silent=True)
    gap = max(
        float(np.abs(scores.contributions - explained.values).max()),
        float(np.abs(scores.base_value - explained.base_values).max()),
        float(np.abs(scores.prediction - _prediction(parameters, columns)).max()),
    )
    return _passed("shap.explainers.Exact", gap, POSTERIOR_TOLERANCE_YEARS, len(rows))


def check_trees(trees: LGBMRegressor, columns: FloatArray) -> dict[str, object]:
    """Path-dependent TreeExplainer adds up to what LightGBM predicts.

    Parameters
    ----------
    trees : LGBMRegressor
        Fitted.
    columns : ndarray of float64, shape (n_people, n_features)

    Raises
    ------
    NotAdditive
        If a sum differs by more than the tolerance.

    Source
    ------
    S. M. Lundberg et al., Nature Machine Intelligence 2020.
    """
    explainer = shap.TreeExplainer(trees, feature_perturbation="tree_path_dependent")
    total = explainer.expected_value + explainer.shap_values(columns).sum(axis=1)
    gap = float(np.abs(total - trees.predict(columns)).max())
    name = "shap.TreeExplainer, path-dependent, on LightGBM"
    return _passed(name, gap, TREES_TOLERANCE_YEARS, len(columns))


def _passed(name: str, gap_years: float, tolerance_years: float, people: int) -> dict[str, object]:
    if not gap_years <= tolerance_years:
        raise NotAdditive(f"{name}: off by {gap_years:.3g} years, allowed are {tolerance_years:g}")
    return {"against": name, "people": people, "tolerance_years": tolerance_years, "passed": True}


def _drop(kept: BoolArray, person: FloatArray) -> FloatArray:
    """A masked marker is missing, and a missing marker drops its term."""
    return np.where(kept, person, np.nan)[np.newaxis]


def _prediction(parameters: AgePosteriorParameters, columns: FloatArray) -> FloatArray:
    """The posterior mean, by the way that serving predicts without explaining."""
    return posterior(parameters.likelihoods_of(columns)) @ parameters.ages


def _table(parameters: AgePosteriorParameters, columns: FloatArray) -> Table:
    by_feature = dict(zip(parameters.features, columns.T, strict=True))
    return Table(by_feature, np.full(len(columns), np.nan))
