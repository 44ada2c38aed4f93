"""Marker transforms: from the canonical value to the number that a published formula takes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, IntArray, Table
from agelens.domain.features import Feature

FUNCTIONS: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "none": lambda values: values,
    "log": np.log,
    "log1p": np.log1p,
}
SEX = "sex"


@dataclass(frozen=True)
class MarkerTransform:
    """How one marker enters a formula: function(max(factor * canonical value + offset, floor)).

    `floor`, in the unit of the formula, is the least that counts; a logarithm needs one above 0.
    """

    feature: str
    factor: float = 1.0
    transform: str = "none"
    floor: float | None = None
    offset: float = 0.0

    def of(self, values: FloatArray) -> FloatArray:
        """The transformed values."""
        scaled = self._scaled(values)
        if self.floor is not None:
            scaled = np.maximum(scaled, self.floor)
        return FUNCTIONS[self.transform](scaled)

    def clips(self, values: FloatArray) -> BoolArray:
        """Which canonical values count as the floor."""
        if self.floor is None:
            return np.zeros(len(values), dtype=bool)
        return np.asarray(self._scaled(values) < self.floor)

    def describe(self) -> dict[str, object]:
        """The JSON entry that `transforms_from_json` reads."""
        floor = {} if self.floor is None else {"floor": self.floor}
        offset = {"offset": self.offset} if self.offset else {}
        entry = {"feature": self.feature, "factor": self.factor, "transform": self.transform}
        return {**entry, **floor, **offset}

    def _scaled(self, values: FloatArray) -> FloatArray:
        scaled = values * self.factor
        return scaled + self.offset if self.offset else scaled


def transforms_from_json(entries: Sequence[Mapping[str, Any]]) -> tuple[MarkerTransform, ...]:
    """The transforms of a bundle.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing, of the wrong kind or listed twice.
    """
    transforms = tuple(_transform(entry) for entry in entries)
    if not 1 <= len({t.feature for t in transforms}) == len(transforms) <= 64:
        raise ValueError("a clock reads 1 to 64 markers, each once")
    return transforms


def columns_of(table: Table, transforms: Sequence[MarkerTransform]) -> FloatArray:
    """The transformed markers, shape (n_people, n_markers); NaN is missing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([t.of(table.column(t.feature)) for t in transforms], axis=1)


def clipped(table: Table, transforms: Sequence[MarkerTransform]) -> BoolArray:
    """Which values count as their floor, shape (n_people, n_markers)."""
    return np.stack([t.clips(table.column(t.feature)) for t in transforms], axis=1)


def places_of_sex(table: Table) -> IntArray:
    """The place of each person's sex among the choices; -1 when missing."""
    sex = table.column(SEX)
    return np.where(np.isnan(sex), -1, sex).astype(np.intp)


def numbers(values: object, *shape: int) -> FloatArray:
    """An array of a bundle; ValueError unless it is finite and of this shape."""
    array = np.array(values, dtype=np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"must be finite numbers of shape {shape}")
    return array


def check_features(
    features: Sequence[Feature], transforms: Sequence[MarkerTransform], *more: str
) -> None:
    """Refuse a manifest whose informative features are not the clock's own; ValueError."""
    informative = {f.key for f in features if f.informative}
    if informative != {t.feature for t in transforms} | set(more):
        raise ValueError("the informative features of the manifest must be those of the parameters")
    if any(f.kind == "choice" for f in features if f.informative and f.key not in more):
        raise ValueError("a marker must be a number, not a choice")


def missing_markers_message(
    wanted: Sequence[str], answered: Collection[str], allowed: int
) -> str | None:
    """A message naming the missing markers if more than `allowed` are missing, else None."""
    missing = [key for key in wanted if key not in answered]
    if len(missing) <= allowed:
        return None
    least = f"at least {len(wanted) - allowed} of its" if allowed else "all its"
    return f"needs {least} {len(wanted)} markers; missing: {', '.join(missing)}"


def errors_of_missing(
    wanted: Sequence[str], missing: BoolArray, allowed: int = 0
) -> dict[int, str]:
    """`missing_markers_message` for every row of a table that has one.

    Parameters
    ----------
    wanted : sequence of str
    missing : ndarray of bool, shape (n_people, n_wanted)
    allowed : int
        How many may be missing.
    """
    errors = {}
    for row in np.flatnonzero(missing.sum(axis=1) > allowed):
        answered = [key for key, gone in zip(wanted, missing[row], strict=True) if not gone]
        errors[int(row)] = missing_markers_message(wanted, answered, allowed) or ""
    return errors


def errors_of_missing_age(age_years: FloatArray) -> dict[int, str]:
    """An error for every row without a chronological age."""
    return {int(row): "needs chronological_age" for row in np.flatnonzero(np.isnan(age_years))}


def errors_of_missing_sex(sex: IntArray) -> dict[int, str]:
    """An error for every row without a sex; `sex` as `places_of_sex` gives it."""
    return {int(row): "needs sex" for row in np.flatnonzero(sex < 0)}


def _transform(entry: Mapping[str, Any]) -> MarkerTransform:
    floor = entry.get("floor")
    transform = MarkerTransform(
        str(entry["feature"]),
        float(entry["factor"]),
        entry["transform"],
        None if floor is None else float(floor),
        float(entry.get("offset", 0)),
    )
    if not np.isfinite(transform.offset):
        raise ValueError(f"{transform.feature}: an offset is a finite number")
    if not 0 < transform.factor < np.inf or transform.transform not in FUNCTIONS:
        raise ValueError(f"{transform.feature}: unknown transform or factor")
    if transform.transform == "log" and not 0 < (transform.floor or 0) < np.inf:
        raise ValueError(f"{transform.feature}: a logarithm needs a floor above 0")
    return transform
