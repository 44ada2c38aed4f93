"""Which candidate is exported, and the bundle of one that is a pipeline of scikit-learn."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from agelens.clocks.base import IntArray
from agelens.clocks.kinds.bayes import KIND
from agelens.domain.errors import InvalidInput
from agelens.domain.features import Feature
from sklearn.pipeline import Pipeline

from model_training.candidates import (
    BOOSTING,
    LIGHTGBM,
    PIPELINES,
    Settings,
    matrix,
    used_features,
)
from model_training.datasets.kaggle import Dataset
from model_training.folds import k_folds, rows_of
from model_training.kaggle_card import comparison_table
from model_training.kaggle_plan import FEATURES, NAME, PLAN
from model_training.portable_trees import portable
from model_training.selection import Nested

if TYPE_CHECKING:
    from agelens.bundle import Bundle

WINNER = "winner"  # whichever candidate the nested selection is sure of
CALIBRATION_FOLDS = 5  # one of them gives the interval, the others the model
TITLE = "Kaggle, Precision Health: Predicting Human Age with Biomarkers (synthetic)"
ANSWERS = """The age, 18 to 89, of a person of the Kaggle data set "Precision Health: Predicting Human
Age with Biomarkers" who has these markers, with a 90 % interval and what every marker adds. The model
is one of several candidates of nested cross-validation (below); another training may export another."""
IS_NOT = """The data set is synthetic: its markers were generated from age. It is no medical advice and
has not been tested on patients."""
DATA = (
    "Four fifths of the people of the training file, drawn at random; the others give the interval."
)
LIMITS = """The interval has the same width at every age. The bundle holds the values of some training
people, as the background of its explanations."""


def exported_candidate(nested: Nested, candidate: str) -> str:
    """The name of the candidate to be exported.

    Raises
    ------
    InvalidInput
        If there is no such candidate, or the clock's own is asked for and another is surely better.
    """
    winner = nested.surely_better_than(NAME)
    if candidate == WINNER:
        return winner or NAME
    if candidate not in nested.predictions:
        names = ", ".join((WINNER, *nested.predictions))
        raise InvalidInput.at("candidate", f"there is no {candidate}; it takes one of: {names}")
    if candidate == NAME and winner is not None:
        ahead, error = nested.ahead_years(winner, NAME)
        raise InvalidInput.at(
            "data",
            f"{winner} wins on it, {ahead:.3f} years ahead (standard error {error:.3f}): a bundle of "
            f"kind {KIND} cannot express that winner, so nothing was written; the notebook's "
            f'candidate = "{WINNER}" exports it',
        )
    return candidate


def bundle_of(
    name: str,
    settings: Settings,
    data: Dataset,
    version: str,
    metrics: Mapping[str, object],
    seed: int,
) -> "Bundle":
    """Fit a candidate to four fifths of the people and calibrate its interval on the rest.

    Parameters
    ----------
    name : str
        One of `model_training.candidates.PIPELINES`.
    settings : mapping of str to float
        Those that were chosen for it.
    data : Dataset
    version : str
    metrics : mapping of str to object
        Of nested cross-validation, for the card.
    seed : int
        Of which people calibrate.
    """
    from agelens.bundle import from_estimator  # needs skops, which the age posterior does not

    features = used_features(name, settings, FEATURES)
    train, held_out = next(k_folds(len(data), CALIBRATION_FOLDS, seed))
    people = frame(data, features, train)
    model = fitted(name, settings, features, people, data.age[train])
    return from_estimator(
        model,
        people,
        data.age[train],
        name=NAME,
        title=f"Age from general health markers ({name})",
        version=version,
        values={
            f.key: {c: float(i) for i, c in enumerate(f.choices)} for f in features if f.choices
        },
        X_calibration=frame(data, features, held_out),
        y_calibration=data.age[held_out],
        level=PLAN.level,
        price=10,
        seed=seed,
        data_title=f"{TITLE}, file SHA-256 {data.sha256}",
        card={
            "answers": ANSWERS,
            "is_not": IS_NOT,
            "data": DATA,
            "measured": f"```text\n{comparison_table(metrics)}\n```",
            "limits": LIMITS,
        },
    )


def frame(data: Dataset, features: list[Feature], rows: IntArray) -> pd.DataFrame:
    """Some people with the columns that a candidate reads, by registry key; choices by their place."""
    values = matrix(rows_of(data.table, rows), features)
    return pd.DataFrame(values, columns=[f.key for f in features])


def fitted(
    name: str, settings: Settings, features: list[Feature], people: pd.DataFrame, age: np.ndarray
) -> Pipeline:
    """The candidate's pipeline, fitted; trees as a bundle can hold them."""
    model = PIPELINES[name](settings, features).fit(people, age)
    return portable(model, people, age) if name in (BOOSTING, LIGHTGBM) else model
