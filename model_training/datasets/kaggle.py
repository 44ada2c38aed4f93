"""The Kaggle data "Precision Health: Predicting Human Age with Biomarkers", read as answers are read.

Its traps: the text `None` is a category, not a missing value; blood pressure is "sys/dia"; some
copies have an ID column. Its public Test.csv holds the same people as Train.csv, so it is no test set.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from agelens.clocks.base import FloatArray, Table, encoded
from agelens.clocks.people import Rows, read_people, read_rows
from agelens.domain.errors import InvalidAnswers, InvalidInput
from agelens.domain.features import Feature, feature
from agelens.domain.registry import age_column, biomarkers
from agelens.domain.units import comparable

COLUMNS = "kaggle"
AGES = (18, 89)
# What the data set generates from age. The rest is noise for age: candidates that are given it all
# do no better in cross-validation.
SIGNALS = (
    "bone_density",
    "vision_sharpness",
    "hearing_ability",
    "systolic_bp",
    "diastolic_bp",
    "total_cholesterol",
    "glucose",
    "cognitive_function",
    "smoking_status",
)


@dataclass(frozen=True)
class Dataset:
    """People with their age.

    Attributes
    ----------
    table : Table
        The features in canonical units; it holds no ages.
    age : ndarray of float64, shape (n_people,)
        Years.
    sha256 : str
        Of the file's bytes.
    """

    table: Table
    age: FloatArray
    sha256: str

    def __len__(self) -> int:
        return len(self.age)


def kaggle_features() -> list[Feature]:
    """Every biomarker that the data set has, in the registry's order; SIGNALS inform about age."""
    return [
        feature(key, informative=key in SIGNALS)
        for key, entry in biomarkers().items()
        if any(alias.columns == COLUMNS for alias in entry.aliases)
    ]


def load(path: Path) -> Dataset:
    """Read a copy of the training file.

    Raises
    ------
    InvalidInput
        If the file cannot be read, lacks a column, or a row cannot be an answer.
    """
    rows = read_rows(path)
    features = kaggle_features()
    check_header(rows)
    panels = []
    for number, panel in enumerate(read_people(rows, features, COLUMNS), start=1):
        if isinstance(panel, InvalidAnswers):
            raise InvalidInput.at("data", f"row {number}: {panel.detail}")
        panels.append(panel)
    columns = {f.key: encoded(f, [p.values.get(f.key) for p in panels]) for f in features}
    table = Table(columns, np.full(len(panels), np.nan))
    return Dataset(table, _ages(rows), hashlib.sha256(path.read_bytes()).hexdigest())


def check_header(rows: Rows) -> None:
    """Refuse what is no copy of the training file.

    Raises
    ------
    InvalidInput
        If a feature or the age has no column.
    """
    present = {comparable(name) for name in rows.header}
    wanted = {a.name for f in kaggle_features() for a in f.aliases if a.columns == COLUMNS}
    absent = sorted(
        name for name in wanted | {age_column(COLUMNS)} if comparable(name) not in present
    )
    if absent:
        raise InvalidInput.at("data", f"lacks the columns: {', '.join(absent)}")


def _ages(rows: Rows) -> FloatArray:
    wanted = comparable(age_column(COLUMNS))
    name = next(name for name in rows.header if comparable(name) == wanted)
    try:
        ages = np.array([float(str(row[name])) for row in rows.rows])
    except ValueError as error:
        raise InvalidInput.at("data", f"{name}: {error}") from error
    if len(ages) < 200 or not ((ages >= AGES[0]) & (ages <= AGES[1])).all():
        raise InvalidInput.at("data", f"needs 200 people or more, aged {AGES[0]} to {AGES[1]}")
    return ages
