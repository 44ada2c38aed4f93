"""Candidate models for `kaggle-age`, each with its hyperparameter grid."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from agelens.clocks.age_likelihoods import posterior
from agelens.clocks.base import FloatArray, Table
from agelens.domain.features import Feature
from lightgbm import LGBMRegressor
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer, StandardScaler

from model_training.age_posterior import Plan, fit_markers

Settings = Mapping[str, float]
Predictor = Callable[[Table], FloatArray]

NUMERIC_RIDGE, SPLINE_RIDGE = "numeric ridge", "spline ridge"
BOOSTING, LIGHTGBM = "histogram boosting", "LightGBM"
PENALTIES = (1.0, 10.0, 100.0)
KNOTS = (3, 5)
TREES: tuple[Settings, ...] = (
    {"leaves": 4, "rounds": 300, "every_feature": 0},
    {"leaves": 6, "rounds": 200, "every_feature": 0},
    {"leaves": 6, "rounds": 200, "every_feature": 1},
)


@dataclass(frozen=True)
class Candidate:
    """A way to learn age from a table: `fit(settings, table, age_years)` gives the predictor."""

    name: str
    grid: tuple[Settings, ...]
    fit: Callable[[Settings, Table, FloatArray], Predictor]


def candidates(name: str, plan: Plan, features: list[Feature]) -> tuple[Candidate, ...]:
    """The clock, under its name, and what it must beat."""
    penalties = tuple({"penalty": penalty} for penalty in PENALTIES)
    knots = tuple({"knots": knots, **penalty} for knots in KNOTS for penalty in penalties[:2])
    # Half and twice the smoothing of smoking over age that the plan names.
    smoothing = tuple({"bandwidth_years": plan.bandwidth_years * by} for by in (1, 0.5, 2))
    return (
        Candidate(name, smoothing, lambda settings, *people: _posterior(plan, settings, *people)),
        _estimator(NUMERIC_RIDGE, penalties, features),
        _estimator(SPLINE_RIDGE, knots, features),
        _estimator(BOOSTING, TREES, features),
        _estimator(LIGHTGBM, TREES, features),
    )


def settled(plan: Plan, settings: Settings) -> Plan:
    """The plan with the settings that were chosen for it."""
    return replace(plan, bandwidth_years=settings["bandwidth_years"])


def numeric_ridge(settings: Settings, features: list[Feature]) -> Pipeline:
    """Ridge regression on every number, standardised; choices are left out."""
    numbers = _columns_of(features, kind="number")
    columns = ColumnTransformer([("numbers", _scaled_numbers(), numbers)])
    return make_pipeline(columns, Ridge(alpha=settings["penalty"]))


def spline_ridge(settings: Settings, features: list[Feature]) -> Pipeline:
    """Ridge regression on splines of the clock's own markers and one column per choice of smoking."""
    numbers = _columns_of(features, kind="number", informative=True)
    choices = _columns_of(features, kind="choice", informative=True)
    splines = SplineTransformer(n_knots=int(settings["knots"]), extrapolation="linear")
    codes = [np.arange(len(features[index].choices), dtype=float) for index in choices]
    columns = ColumnTransformer(
        [
            ("lines", _scaled_numbers(), numbers),
            ("splines", make_pipeline(_median_imputer(), splines, StandardScaler()), numbers),
            ("choices", OneHotEncoder(categories=codes, handle_unknown="ignore"), choices),
        ],
        sparse_threshold=0,
    )
    return make_pipeline(columns, Ridge(alpha=settings["penalty"]))


def histogram_boosting(settings: Settings, features: list[Feature]) -> Pipeline:
    """Gradient boosting with histograms: small trees, half of the features at each split."""
    columns = _tree_features(settings, features)
    trees = HistGradientBoostingRegressor(
        learning_rate=0.05,
        max_iter=int(settings["rounds"]),
        max_leaf_nodes=int(settings["leaves"]),
        max_features=0.5,
        early_stopping=False,
        categorical_features=[features[index].kind == "choice" for index in columns],
        random_state=0,
    )
    return make_pipeline(ColumnTransformer([("used", "passthrough", columns)]), trees)


def lightgbm(settings: Settings, features: list[Feature]) -> Pipeline:
    """LightGBM on one thread, so that the same data always gives the same trees."""
    trees = LGBMRegressor(
        learning_rate=0.05,
        n_estimators=int(settings["rounds"]),
        num_leaves=int(settings["leaves"]),
        colsample_bytree=0.5,
        subsample=0.7,
        subsample_freq=1,
        random_state=0,
        n_jobs=1,
        deterministic=True,
        force_row_wise=True,
        verbosity=-1,
    )
    columns = _tree_features(settings, features)
    return make_pipeline(ColumnTransformer([("used", "passthrough", columns)]), trees)


PIPELINES: Mapping[str, Callable[[Settings, list[Feature]], Pipeline]] = {
    NUMERIC_RIDGE: numeric_ridge,
    SPLINE_RIDGE: spline_ridge,
    BOOSTING: histogram_boosting,
    LIGHTGBM: lightgbm,
}


def used_features(name: str, settings: Settings, features: list[Feature]) -> list[Feature]:
    """The features that a pipeline of `PIPELINES` reads."""
    if name == NUMERIC_RIDGE:
        columns = _columns_of(features, kind="number")
    elif name == SPLINE_RIDGE:
        columns = [index for index, f in enumerate(features) if f.informative]
    else:
        columns = _tree_features(settings, features)
    return [features[index] for index in columns]


def matrix(table: Table, features: list[Feature]) -> FloatArray:
    """The features as columns, shape (n_people, n_features)."""
    return np.stack([table.column(f.key) for f in features], axis=1)


def _posterior(plan: Plan, settings: Settings, table: Table, age: FloatArray) -> Predictor:
    parameters = fit_markers(settled(plan, settings), table, age)
    return lambda people: posterior(parameters.likelihoods(people)) @ parameters.ages


def _estimator(name: str, grid: tuple[Settings, ...], features: list[Feature]) -> Candidate:
    def fit(settings: Settings, table: Table, age: FloatArray) -> Predictor:
        model = PIPELINES[name](settings, features).fit(matrix(table, features), age)
        return lambda people: np.asarray(model.predict(matrix(people, features)), dtype=float)

    return Candidate(name, grid, fit)


def _columns_of(features: list[Feature], *, kind: str, informative: bool = False) -> list[int]:
    return [
        index
        for index, f in enumerate(features)
        if f.kind == kind and (f.informative or not informative)
    ]


def _tree_features(settings: Settings, features: list[Feature]) -> list[int]:
    every = bool(settings["every_feature"])
    return [index for index, f in enumerate(features) if every or f.informative]


def _median_imputer() -> SimpleImputer:
    return SimpleImputer(strategy="median", keep_empty_features=True)


def _scaled_numbers() -> Pipeline:
    return make_pipeline(_median_imputer(), StandardScaler())
