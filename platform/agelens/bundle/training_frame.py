"""Read the training people of a pipeline: its columns, in canonical units."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agelens.clocks.base import FloatArray
from agelens.clocks.estimators.columns import PipelineColumn
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import AGE
from agelens.domain.registry import Biomarker, biomarkers
from agelens.domain.units import Unit, find_unit


@dataclass(frozen=True)
class TrainingFrame:
    """The people that a pipeline was fitted on.

    Attributes
    ----------
    frame : pandas.DataFrame
        As given, in the order of the pipeline's columns.
    target : ndarray of float64, shape (n_people,), optional
    columns : tuple of PipelineColumn
    canonical : ndarray of float64, shape (n_people, n_columns)
        NaN is missing; a choice is its index in the registry.
    """

    frame: pd.DataFrame
    target: FloatArray | None
    columns: tuple[PipelineColumn, ...]
    canonical: FloatArray

    @property
    def keys(self) -> tuple[str, ...]:
        """What the columns answer, in their order."""
        return tuple(column.key for column in self.columns)

    def range_of(self, index: int) -> tuple[float, float] | None:
        """The smallest and the largest value of a column of numbers, in its canonical unit."""
        values = self.canonical[:, index]
        if self.columns[index].codes is not None or np.isnan(values).all():
            return None
        return float(np.nanmin(values)), float(np.nanmax(values))


def read_training(
    fitted: Any,
    people: Any,
    targets: Any,
    columns: Mapping[str, str],
    units: Mapping[str, str],
    values: Mapping[str, Mapping[str, Any]],
) -> TrainingFrame:
    """The training people of a fitted pipeline.

    Raises
    ------
    InvalidInput
        Naming the argument that does not fit.
    """
    names = getattr(fitted, "feature_names_in_", None)
    if not hasattr(fitted, "predict") or names is None:
        raise InvalidInput.at(
            "estimator", "must be fitted on a data frame, so that it knows its columns by name"
        )
    frame = frame_with(people, list(names), "X")
    if not len(frame):
        raise InvalidInput.at("X", "has no people")
    _check_arguments(list(names), columns, units, values)
    pipeline_columns = tuple(
        _column(str(name), columns.get(str(name), str(name)), frame[name], units, values)
        for name in names
    )
    keys = [column.key for column in pipeline_columns]
    if repeated := {key for key in keys if keys.count(key) > 1}:
        raise InvalidInput.at("columns", f"two columns answer {', '.join(sorted(repeated))}")
    if not set(keys) - {AGE}:
        raise InvalidInput.at("X", "has no biomarker")
    canonical = canonical_values(pipeline_columns, frame, "X")
    for index, column in enumerate(pipeline_columns):
        _check_unit(column, canonical[:, index])
    return TrainingFrame(
        frame,
        None if targets is None else target_of(targets, len(frame), "y"),
        pipeline_columns,
        canonical,
    )


def frame_with(people: Any, names: Sequence[str], field: str) -> pd.DataFrame:
    """These columns of a frame, in this order."""
    if not isinstance(people, pd.DataFrame):
        raise InvalidInput.at(field, "must be a pandas DataFrame, as the estimator was fitted on")
    if lacking := [str(name) for name in names if name not in people.columns]:
        raise InvalidInput.at(field, f"lacks the estimator's columns {', '.join(lacking)}")
    return people[list(names)]


def target_of(targets: Any, n_people: int, field: str) -> FloatArray:
    """What people should get, one finite number for each."""
    words = f"must have one number for each of the {n_people} people"
    try:
        target = np.asarray(targets, dtype=float).ravel()
    except (TypeError, ValueError) as error:
        raise InvalidInput.at(field, words) from error
    if len(target) != n_people or not np.isfinite(target).all():
        raise InvalidInput.at(field, words)
    return target


def canonical_values(
    columns: Sequence[PipelineColumn], frame: pd.DataFrame, field: str
) -> FloatArray:
    """A frame as the pipeline reads it, in canonical units, shape (n_people, n_columns).

    Raises
    ------
    InvalidInput
        At the field, if a cell is not a number, or not a known choice.
    """
    return np.column_stack([_canonical(column, frame[column.name], field) for column in columns])


def _canonical(column: PipelineColumn, cells: pd.Series, field: str) -> FloatArray:
    if column.codes is None:
        try:
            numbers = cells.to_numpy(dtype=float, na_value=np.nan)
        except (TypeError, ValueError) as error:
            raise InvalidInput.at(field, f"{column.name}: {column.key} must be numbers") from error
        return np.asarray(numbers * column.unit.factor + column.unit.offset, dtype=float)
    indices = {code: float(index) for index, code in enumerate(column.codes) if code is not None}
    missing = cells.isna().to_numpy()
    plain = [_plain(cell) for cell in cells]
    if unknown_cells := {
        cell
        for cell, is_missing in zip(plain, missing, strict=True)
        if not is_missing and cell not in indices
    }:
        words = f"{column.name}: not in the training data: {', '.join(map(repr, list(unknown_cells)[:5]))}"
        raise InvalidInput.at(field, words)
    pairs = zip(plain, missing, strict=True)
    return np.array(
        [np.nan if is_missing else indices[cell] for cell, is_missing in pairs], dtype=float
    )


def _check_arguments(
    names: Sequence[str],
    columns: Mapping[str, str],
    units: Mapping[str, str],
    values: Mapping[str, Mapping[str, Any]],
) -> None:
    """An entry that fits no column was meant for one: a slip that would go unnoticed."""
    if unknown := sorted(set(columns) - set(names)):
        raise InvalidInput.at("columns", f"the estimator has no column {', '.join(unknown)}")
    for name in names:
        _check_key(name, columns.get(name, name))
    keys = {columns.get(name, name) for name in names}
    for field, by_key in (("units", units), ("values", values)):
        if unknown := sorted(set(by_key) - keys):
            raise InvalidInput.at(field, f"no column answers {', '.join(unknown)}")


def _check_key(name: str, key: str) -> None:
    if key == AGE or key in biomarkers():
        return
    near = difflib.get_close_matches(key, [*biomarkers(), AGE], n=1)
    advice = f'; did you mean "{near[0]}"?' if near else ""
    words = f'"{key}" is no registry key: say what the column is, columns={{"{name}": ...}}{advice}'
    raise InvalidInput.at("columns", words)


def _column(
    name: str,
    key: str,
    cells: pd.Series,
    units: Mapping[str, str],
    values: Mapping[str, Mapping[str, Any]],
) -> PipelineColumn:
    if key == AGE:
        return PipelineColumn(name, AGE, Unit("years"))
    marker = biomarkers()[key]
    if marker.kind == "choice":
        return PipelineColumn(name, key, Unit(""), _codes(marker, name, cells, values.get(key)))
    unit = find_unit(marker.units, units.get(key, marker.unit))
    if unit is None:
        accepted = ", ".join(accepted_unit.name for accepted_unit in marker.units)
        raise InvalidInput.at("units", f"{key}: {units[key]} is not one of {accepted}")
    return PipelineColumn(name, key, unit)


def _codes(
    marker: Biomarker, name: str, cells: pd.Series, stated: Mapping[str, Any] | None
) -> tuple[Any, ...]:
    """What the column holds for each choice; None for a choice that nobody has."""
    code_by_choice = (
        {choice: choice for choice in marker.choices} if stated is None else dict(stated)
    )
    if strange := sorted(set(code_by_choice) - set(marker.choices)):
        words = f"{marker.key}: {', '.join(strange)} is not one of {', '.join(marker.choices)}"
        raise InvalidInput.at("values", words)
    cells_present = {_plain(cell) for cell in cells.dropna().unique()}
    codes = {choice: _plain(code) for choice, code in code_by_choice.items()}
    if unread := cells_present - set(codes.values()):
        listed = ", ".join(sorted(map(repr, unread))[:5])
        choices = ", ".join(f'"{choice}": ...' for choice in marker.choices)
        words = (
            f"{name} holds {listed}: say which is which, values={{'{marker.key}': {{{choices}}}}}"
        )
        raise InvalidInput.at("values", words)
    return tuple(
        codes[choice] if choice in codes and codes[choice] in cells_present else None
        for choice in marker.choices
    )


def _plain(cell: Any) -> Any:
    return cell.item() if isinstance(cell, np.generic) else cell


def _check_unit(column: PipelineColumn, values: FloatArray) -> None:
    """Half of the people outside what anybody has: the column is in another unit."""
    marker = biomarkers().get(column.key)
    if marker is None or marker.plausible is None or np.isnan(values).all():
        return
    low, high = marker.plausible
    median = float(np.nanmedian(values))
    if low <= median <= high:
        return
    written = column.unit.from_canonical(median)
    fitting = [u.name for u in marker.units if low <= u.to_canonical(written) <= high]
    advice = f"; units={{'{marker.key}': '{fitting[0]}'}} would fit" if fitting else ""
    words = f"{marker.key}: a median of {written:g} {column.unit.name} is not plausible{advice}"
    raise InvalidInput.at("units", words)
