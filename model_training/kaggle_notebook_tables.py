"""Tables and figures of the `kaggle-age` training notebook."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from agelens.clocks.base import FloatArray, Scores, Table
from agelens.domain.features import Feature
from agelens.domain.registry import biomarker

from model_training import evaluation
from model_training.datasets.kaggle import SIGNALS, Dataset
from model_training.kaggle_age import Study, Trained
from model_training.kaggle_plan import FEATURES, NAME

EXAMPLE_AGES = (60, 69)
EXAMPLE_DIGITS = 2  # as few that they are nobody's own


def overview(data: Dataset) -> pd.DataFrame:
    """Every number of the data: how many have it, its range, and how it goes with age."""
    rows = {
        f.label: _summary(data.table.column(f.key), data.age) | {"unit": f.unit}
        for f in FEATURES
        if f.kind == "number"
    }
    return pd.DataFrame(rows).T


def candidates(metrics: Mapping[str, Any]) -> pd.DataFrame:
    """Every candidate's error on people it has not seen, and how far it is behind the clock."""
    selection = metrics["selection"]
    ahead = pd.DataFrame(selection["ahead_years"], index=["mean", "standard_error"]).T
    table = pd.DataFrame(
        {
            "MAE": pd.Series(metrics["mae_years"]),
            "behind": ahead["mean"],
            "standard error": ahead["standard_error"],
            "folds won": pd.Series(selection["won_folds"]),
        }
    )
    return table.sort_values("MAE")


def importances(scores: Scores) -> pd.Series:
    """The mean size of each marker's contribution, years, largest first."""
    size = np.abs(scores.contributions).mean(axis=0)
    labels = [biomarker(key).label for key in scores.features]
    return pd.Series(size, labels).sort_values(ascending=False)


def explanation(scores: Scores, person: int) -> pd.Series:
    """What each marker adds for one person, years, largest first."""
    labels = [biomarker(key).label for key in scores.features]
    years = pd.Series(scores.contributions[person], labels)
    return years.sort_values(key=abs, ascending=False)


@dataclass(frozen=True)
class Example:
    """A made-up panel, explained: what each marker adds, and between which ages that leads."""

    years: pd.Series
    base_value: float
    prediction: float


def example(trained: Trained) -> Example:
    """The clock on a panel that nobody has: rounded medians of an age, and the commonest choices."""
    data = trained.study.data
    values = {f.key: _median_or_mode(data, f) for f in FEATURES}
    panel = Table({key: np.array([value]) for key, value in values.items()}, np.full(1, np.nan))
    scores = trained.clock.score(panel)
    years = explanation(scores, 0)
    texts = {f.label: f"{f.label}: {_answer_text(f, values[f.key])}" for f in FEATURES}
    return Example(years.rename(texts), float(scores.base_value[0]), float(scores.prediction[0]))


def widths_by_panel(trained: Trained) -> pd.DataFrame:
    """How wide intervals are with so many markers, drawn at random: quartiles, years."""
    data, parameters = trained.study.data, trained.clock.parameters
    rows = {}
    for count in range(1, len(SIGNALS) + 1):
        incomplete = evaluation.answers_kept(SIGNALS, count, trained.study.protocol.seed)(
            data.table
        )
        _, low, high = evaluation.predict_with_intervals(parameters, incomplete)
        rows[count] = np.quantile(high - low, (0.25, 0.5, 0.75))
    return pd.DataFrame(rows, index=["lower quarter", "median", "upper quarter"]).T


def widths_without(trained: Trained) -> pd.Series:
    """By how many years intervals widen on average when one marker is missing, largest first."""
    data, parameters = trained.study.data, trained.clock.parameters
    full_width = _mean_width(evaluation.predict_with_intervals(parameters, data.table))
    wider = {
        biomarker(key).label: _mean_width(
            evaluation.predict_with_intervals(
                parameters, evaluation.answers_dropped((key,))(data.table)
            )
        )
        - full_width
        for key in SIGNALS
    }
    return pd.Series(wider).sort_values(ascending=False)


def coverage(study: Study) -> pd.DataFrame:
    """The share of held-out people inside their interval by decade, with its standard error."""
    age = study.data.age
    rows = {}
    for name, held_out in (
        ("all markers", study.held_out["all"]),
        ("half missing", study.held_out["half"]),
    ):
        shares = evaluation.coverage(held_out, age)
        rows[name] = pd.Series(shares)
        rows[f"{name}, standard error"] = pd.Series(_standard_errors(age, shares))
    return pd.DataFrame(rows)


def held_out(study: Study) -> pd.DataFrame:
    """Age, prediction and gap of everybody, out of fold, of the first repeat."""
    prediction = study.nested.predictions[NAME][0]
    age = study.data.age
    return pd.DataFrame({"age": age, "prediction": prediction, "gap": prediction - age})


def _standard_errors(age: FloatArray, shares: Mapping[str, float]) -> dict[str, float]:
    """Of shares of so many people; repeats do not make them more."""
    people = {
        f"{first}-{last}": ((age >= first) & (age <= last)).sum()
        for first, last in evaluation.DECADES
    }
    people["all"] = len(age)
    return {key: float(np.sqrt(share * (1 - share) / people[key])) for key, share in shares.items()}


def _summary(values: FloatArray, age: FloatArray) -> dict[str, object]:
    is_measured = ~np.isnan(values)
    if not is_measured.any():
        return {"people": 0}
    low, middle, high = np.quantile(values[is_measured], (0, 0.5, 1))
    correlation = (
        np.corrcoef(values[is_measured], age[is_measured])[0, 1]
        if np.ptp(values[is_measured])
        else np.nan
    )
    numbers = {"least": low, "median": middle, "largest": high, "correlation with age": correlation}
    return {"people": int(is_measured.sum()), **{k: float(f"{v:.3g}") for k, v in numbers.items()}}


def _median_or_mode(data: Dataset, entry: Feature) -> float:
    """Of people of the example's ages, or of everybody where none of these answered."""
    values = data.table.column(entry.key)
    of_age = (data.age >= EXAMPLE_AGES[0]) & (data.age <= EXAMPLE_AGES[1])
    answers = values[of_age & ~np.isnan(values)]
    answers = answers if len(answers) else values[~np.isnan(values)]
    if not len(answers):
        return np.nan
    if entry.kind == "choice":
        return _most_frequent_choice(answers)
    return float(f"{np.median(answers):.{EXAMPLE_DIGITS}g}")


def _most_frequent_choice(codes: FloatArray) -> float:
    return float(np.bincount(codes.astype(int)).argmax())


def _answer_text(entry: Feature, value: float) -> str:
    if np.isnan(value):
        return "missing"
    if entry.kind == "choice":
        return entry.choices[int(value)]
    return f"{value:g} {entry.unit}".rstrip()


def _mean_width(interval: tuple[FloatArray, FloatArray, FloatArray]) -> float:
    return float((interval[2] - interval[1]).mean())
