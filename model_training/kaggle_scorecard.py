"""What `kaggle-age` reaches at a glance, and how much more data would help."""

import numpy as np
import pandas as pd
from agelens.clocks.base import FloatArray, IntArray, Table
from threadpoolctl import threadpool_limits

from model_training import evaluation
from model_training.candidates import NUMERIC_RIDGE, Candidate, Settings
from model_training.folds import rows_of
from model_training.kaggle_age import Study
from model_training.kaggle_metrics import ALL
from model_training.kaggle_plan import CANDIDATES, NAME
from model_training.learning_curve import Measure, Split, learning_curve, sizes

PICKED = "whoever the inner folds picked"
COMPARED = (NAME, NUMERIC_RIDGE)


def scorecard(study: Study) -> pd.DataFrame:
    """Errors of every candidate on people held out, best first, and the clock's interval.

    `R squared` is 1 - SSE / SST: the share of the variance of age that is predicted; all repeats count.
    """
    nested, all_markers = study.nested, study.held_out[ALL]
    rows = {**nested.predictions, PICKED: nested.selected}
    table = pd.DataFrame({name: errors(years, nested.age) for name, years in rows.items()}).T
    covered = evaluation.coverage(all_markers, nested.age)["all"]
    table.loc[NAME, "inside the 90 % interval, %"] = round(100 * covered, 1)
    table.loc[NAME, "mean width, years"] = round(evaluation.mean_width(all_markers), 2)
    return table.sort_values("RMSE, years", kind="stable")


def errors(prediction: FloatArray, age: FloatArray) -> dict[str, float]:
    """RMSE, MAE, R squared and bias, years, of an array of shape (n_repeats, n_people)."""
    residual = prediction - age
    spread = age - age.mean()
    return {
        "RMSE, years": round(float(np.sqrt((residual**2).mean())), 3),
        "MAE, years": round(float(np.abs(residual).mean()), 3),
        "R squared": round(1 - float((residual**2).mean() / (spread**2).mean()), 4),
        "bias, years": round(float(residual.mean()), 3),
    }


def learning_curves(study: Study, points: int = 5) -> dict[str, pd.DataFrame]:
    """The clock's and the numeric ridge's mean absolute error by the number of people trained on.

    On the study's own outer folds, with the settings that the inner folds of each had chosen.

    Parameters
    ----------
    study : Study
    points : int
        How many numbers of people; each is fitted once for every outer fold.
    """
    compared = [candidate for candidate in CANDIDATES if candidate.name in COMPARED]
    with threadpool_limits(limits=1):
        return {each.name: _curve(study, each, points) for each in compared}


def _curve(study: Study, candidate: Candidate, points: int) -> pd.DataFrame:
    data, protocol = study.data, study.protocol
    folds = list(protocol.splits(len(data)))
    rng = np.random.default_rng(protocol.seed)
    settings_by_fold = [choice.settings[candidate.name] for choice in study.nested.choices]
    splits = [
        Split(rng.permutation(train), held_out, _measure(candidate, settings, data.table, data.age))
        for (_, train, held_out), settings in zip(folds, settings_by_fold, strict=True)
    ]
    return learning_curve(splits, sizes(min(len(train) for _, train, _ in folds), points))


def _measure(candidate: Candidate, settings: Settings, table: Table, age: FloatArray) -> Measure:
    def measure(train: IntArray, held_out: IntArray) -> tuple[float, float]:
        predict = candidate.fit(settings, rows_of(table, train), age[train])
        error_held_out, error_training = (
            evaluation.mean_absolute_error(predict(rows_of(table, rows)), age[rows])
            for rows in (held_out, train)
        )
        return error_held_out, error_training

    return measure
