"""The Kaggle data "Precision Health: Predicting Human Age with Biomarkers", read as answers are read.

Its traps: the text `None` is a category, not a missing value; blood pressure is "sys/dia"; some
copies have an ID column. Its public Test.csv holds the same people as Train.csv, so it is no test set.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from agelens.clocks.base import FloatArray, Table
from agelens.domain.errors import InvalidInput
from agelens.domain.features import Feature, feature
from agelens.domain.registry import age_column, biomarkers
from agelens.domain.units import normalized_name
from agelens.tables.batch_reader import BatchReader
from agelens.tables.files import open_people
from agelens.tables.formats.opening import format_of
from agelens.tables.panel_schema import PanelSchema

from model_training.datasets.same_people import seen_before, twice

COLUMNS = "kaggle"
AGES = (18, 89)
FEWEST = 200  # people to learn from
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


def load(path: Path, *, apart_from: Dataset | None = None) -> Dataset:
    """Read a copy of the training file, with or without the column `ID`, or people it is tried on.

    Parameters
    ----------
    path : Path
    apart_from : Dataset, optional
        The people of the training file, when `path` is to be predicted only: not one of them may be
        in it.

    Raises
    ------
    InvalidInput
        If the file cannot be read, lacks a column, a row cannot be an answer, somebody is in it
        twice, or was learned from.
    """
    features = kaggle_features()
    table, ages = _read(path, features)
    if apart_from is not None:
        _check_apart(table, apart_from, features)
    if ages is None:
        raise _missing_columns_error({age_column(COLUMNS)})
    data = Dataset(table, _checked_ages(ages), hashlib.sha256(path.read_bytes()).hexdigest())
    if apart_from is None:
        _check_learnable(data, features)
    return data


def _read(path: Path, features: list[Feature]) -> tuple[Table, FloatArray | None]:
    """Everybody's features, and their ages where the file has them."""
    if not path.is_file():
        raise InvalidInput.at("data", f"there is no file {path}")
    tables: list[Table] = []
    first_row = 1
    with path.open("rb") as content, open_people(content, format_of(path.name, content)) as people:
        _check_header(people.header, features)
        has_ages = normalized_name(age_column(COLUMNS)) in map(normalized_name, people.header)
        reader = BatchReader(PanelSchema(tuple(features)), people.header, columns=COLUMNS)
        for part in people.parts():
            batch = reader.read(part)
            for row in batch.errors:
                raise InvalidInput.at("data", f"row {first_row + row}: {batch.error_text(row)}")
            tables.append(batch.table)
            first_row += batch.n_rows
    table = _concatenated(tables, features)
    return Table(table.columns, np.full(len(table), np.nan)), (
        table.chronological_age if has_ages else None
    )


def _concatenated(tables: list[Table], features: list[Feature]) -> Table:
    empty_column = [np.empty(0)]
    columns = {
        f.key: np.concatenate([each.column(f.key) for each in tables] or empty_column)
        for f in features
    }
    return Table(
        columns, np.concatenate([each.chronological_age for each in tables] or empty_column)
    )


def _check_header(header: Sequence[str], features: list[Feature]) -> None:
    column_names = {a.name for f in features for a in f.aliases if a.columns == COLUMNS}
    present = {normalized_name(name) for name in header}
    if absent := {name for name in column_names if normalized_name(name) not in present}:
        raise _missing_columns_error(absent)


def _missing_columns_error(columns: set[str]) -> InvalidInput:
    return InvalidInput.at("data", f"lacks the columns: {', '.join(sorted(columns))}")


def _check_apart(table: Table, training: Dataset, features: list[Feature]) -> None:
    duplicates = seen_before(training.table, table, _measurements(features))
    if len(duplicates):
        raise InvalidInput.at(
            "validation",
            f"{len(duplicates):,} of {len(table):,} rows are people of the training file (the first is row "
            f"{duplicates[0] + 1}): what was learned from them cannot be measured on them. The public "
            "Test.csv holds the same people as Train.csv",
        )


def _check_learnable(data: Dataset, features: list[Feature]) -> None:
    if len(data) < FEWEST:
        raise InvalidInput.at("data", f"needs {FEWEST} people or more, has {len(data)}")
    pairs = twice(data.table, _measurements(features))
    if pairs:
        first, second = pairs[0]
        raise InvalidInput.at(
            "data",
            f"{len(pairs)} people are in the file twice (first: rows {first + 1} and {second + 1}): "
            "cross-validation would measure them on what it learned from them",
        )
    for key in SIGNALS:
        values = data.table.column(key)
        measured = values[~np.isnan(values)]
        if len(measured) < FEWEST // 2 or measured.min() == measured.max():
            raise InvalidInput.at(
                "data", f"{key}: needs {FEWEST // 2} people or more who differ, to learn from"
            )


def _measurements(features: list[Feature]) -> tuple[str, ...]:
    return tuple(f.key for f in features if f.kind == "number")


def _checked_ages(ages: FloatArray) -> FloatArray:
    is_valid = (ages >= AGES[0]) & (ages <= AGES[1]) & (ages == ages.round())
    if not is_valid.all():
        name = age_column(COLUMNS)
        row = int(np.flatnonzero(~is_valid)[0]) + 1
        message = f"{name}: must be whole years from {AGES[0]} to {AGES[1]}, in row {row} it is not"
        raise InvalidInput.at("data", message)
    return ages
