"""The manifest of `kaggle-age`."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from agelens.clocks.kinds import bayes
from agelens.domain.features import Feature

from model_training.bundle import libraries
from model_training.datasets.kaggle import AGES, Dataset
from model_training.kaggle_plan import FEATURES, NAME, PLAN

DIGITS = 4  # of a training range: enough for a hint, too few to be a person's own value


def document(
    data: Dataset, metrics: Mapping[str, object], version: str, seed: int
) -> dict[str, object]:
    """The manifest without the hashes of the files."""
    return {
        "name": NAME,
        "version": version,
        "title": "Age from general health markers",
        "kind": bayes.KIND,
        "unit": "years",
        "price": 10,
        "needs_age": False,
        "features": [_feature(f, data) for f in FEATURES],
        "explanation": {
            "game": (
                "The value of a set of markers is the posterior mean of age given those markers "
                "alone, under the same flat prior as the prediction; exact Shapley values."
            ),
            "base_meaning": (
                f"the age expected of somebody of whom nothing is known: the middle of "
                f"{AGES[0]} to {AGES[1]}"
            ),
        },
        "interval": {
            "level": PLAN.level,
            "method": (
                "conformal, calibrated out of fold for each age: the ages that are reached before "
                "a certain mass of the posterior"
            ),
        },
        "training_data": {
            "title": "Kaggle, Precision Health: Predicting Human Age with Biomarkers (synthetic)",
            "n_people": len(data),
            "sha256": data.sha256,
        },
        "seed": seed,
        "metrics": metrics,
        "headline": {
            "metric": ["mae_years", NAME],
            "better": "lower",
            "protocol": str(metrics["protocol"]),
        },
        "libraries": libraries("scipy", "scikit-learn", "lightgbm", "shap"),
    }


def _feature(entry: Feature, data: Dataset) -> dict[str, object]:
    return {
        "key": entry.key,
        "required": entry.required,
        "informative": entry.informative,
        "training": _range(data, entry) if entry.kind == "number" else None,
    }


def _range(data: Dataset, entry: Feature) -> list[float] | None:
    """From the least to the largest value of the training file, rounded outwards."""
    values = data.table.column(entry.key)
    measured = values[~np.isnan(values)]
    if not len(measured):
        return None
    return [_outward(float(measured.min()), math.floor), _outward(float(measured.max()), math.ceil)]


def _outward(value: float, towards: Callable[[float], int]) -> float:
    if value == 0:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(abs(value))) + 1 - DIGITS)
    return float(f"{towards(value / step) * step:.{DIGITS}g}")
