"""What the clock must beat: regressions on the same people and folds."""

from collections.abc import Callable
from typing import Any

import numpy as np
from agelens.clocks.base import FloatArray, Table
from agelens.domain.features import Feature
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer, StandardScaler

ALPHAS = np.logspace(-2, 4, 13)


def numeric_ridge(features: list[Feature]) -> Any:
    """Ridge regression on every number, standardised; choices are left out."""
    numbers = [place for place, f in enumerate(features) if f.kind == "number"]
    scaled = ColumnTransformer([("numbers", StandardScaler(), numbers)])
    return make_pipeline(scaled, RidgeCV(alphas=ALPHAS))


def spline_ridge(features: list[Feature]) -> Any:
    """Ridge regression on splines of the clock's own markers and one column per choice of smoking."""
    told = [(place, f.kind) for place, f in enumerate(features) if f.informative]
    numbers = [place for place, kind in told if kind == "number"]
    choices = [place for place, kind in told if kind == "choice"]
    splines = SplineTransformer(n_knots=4, knots="quantile", extrapolation="linear")
    columns = ColumnTransformer(
        [
            ("lines", StandardScaler(), numbers),
            ("splines", make_pipeline(splines, StandardScaler()), numbers),
            ("choices", OneHotEncoder(), choices),
        ],
        sparse_threshold=0,
    )
    return make_pipeline(columns, RidgeCV(alphas=ALPHAS))


def boosted_trees(features: list[Feature]) -> Any:
    """Gradient boosting with histograms on every feature: small trees, half the features a split."""
    return HistGradientBoostingRegressor(
        learning_rate=0.05,
        max_iter=200,
        max_leaf_nodes=6,
        max_features=0.5,
        categorical_features=[f.kind == "choice" for f in features],
        random_state=0,
    )


CANDIDATES: dict[str, Callable[[list[Feature]], Any]] = {
    "numeric ridge": numeric_ridge,
    "spline ridge": spline_ridge,
    "boosted trees": boosted_trees,
}


def matrix(table: Table, features: list[Feature]) -> FloatArray:
    """The features as columns, shape (n_people, n_features)."""
    return np.stack([table.column(f.key) for f in features], axis=1)
