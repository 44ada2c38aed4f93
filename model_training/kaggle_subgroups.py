"""Errors and interval coverage of `kaggle-age` for groups of people; the data has no ethnicity."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from agelens.clocks.base import BoolArray, FloatArray
from agelens.domain.registry import biomarker

from model_training.evaluation import DECADES
from model_training.kaggle_age import Study
from model_training.kaggle_metrics import ALL
from model_training.kaggle_plan import CHOICES
from model_training.plots.grouped import FEWEST

SEX, BMI = "sex", "bmi"
# WHO's classes, kg/m2
BMI_CLASSES = (
    ("below 18.5", -np.inf, 18.5),
    ("18.5 to 25", 18.5, 25.0),
    ("25 to 30", 25.0, 30.0),
    ("30 and over", 30.0, np.inf),
)
EVERYBODY = ("All", "everybody")


def by_group(study: Study) -> pd.DataFrame:
    """One row for each group of people held out: error, bias and coverage, with standard errors.

    By sex, decade of age, sex and decade, body mass index and every choice of the data; groups of
    fewer than five are left out. A person's repeats are averaged, so each person counts once.

    Returns
    -------
    DataFrame
        Indexed by `by` and `group`; years, and shares of people.
    """
    all_markers, age = study.held_out[ALL], study.data.age
    absolute = np.abs(all_markers.prediction - age).mean(axis=0)
    bias = (all_markers.prediction - age).mean(axis=0)
    squared = ((all_markers.prediction - age) ** 2).mean(axis=0)
    inside = all_markers.inside(age).mean(axis=0)
    rows = {}
    for name, members in groups(study):
        n_people = int(members.sum())
        if n_people < FEWEST:
            continue
        share = float(inside[members].mean())
        rows[name] = {
            "people": n_people,
            "MAE": absolute[members].mean(),
            "MAE, standard error": absolute[members].std(ddof=1) / np.sqrt(n_people),
            "RMSE": np.sqrt(squared[members].mean()),
            "bias": bias[members].mean(),
            "coverage": share,
            "coverage, standard error": np.sqrt(share * (1 - share) / n_people),
        }
    return pd.DataFrame(rows).T.rename_axis(["by", "group"]).astype({"people": int})


def groups(study: Study) -> Iterator[tuple[tuple[str, str], BoolArray]]:
    """What divides people, a group's name, and who is in it, shape (n_people,)."""
    table, age = study.data.table, study.data.age
    yield EVERYBODY, np.ones(len(age), dtype=bool)
    sexes = list(_choices(table.column(SEX), SEX))
    yield from sexes
    for first, last in DECADES:
        yield ("Age", f"{first}-{last}"), (age >= first) & (age <= last)
    for (_, sex), members in sexes:
        for first, last in DECADES:
            yield (f"Age, {sex}", f"{first}-{last}"), members & (age >= first) & (age <= last)
    bmi = table.column(BMI)
    for name, low, high in BMI_CLASSES:
        yield (biomarker(BMI).label, name), (bmi >= low) & (bmi < high)
    for key in CHOICES:
        if key != SEX:
            yield from _choices(table.column(key), key)


def _choices(values: FloatArray, key: str) -> Iterator[tuple[tuple[str, str], BoolArray]]:
    entry = biomarker(key)
    for code, name in enumerate(entry.choices):
        yield (entry.label, name), values == code
