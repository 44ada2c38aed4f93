"""Markers as a published clock computes with them: canonical values, scaled and, where it says so, logged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, IntArray, Table
from agelens.domain.features import Feature

FUNCTIONS = ("none", "log1p")
SEX = "sex"


@dataclass(frozen=True)
class MarkerTransform:
    """How a clock reads one marker: `factor` times the canonical value, and its ln(1 + x) if logged."""

    feature: str
    factor: float = 1.0
    transform: str = "none"

    def of(self, values: FloatArray) -> FloatArray:
        """The values as the clock computes with them."""
        scaled = values * self.factor
        return np.log1p(scaled) if self.transform == "log1p" else scaled

    def describe(self) -> dict[str, object]:
        """The JSON entry that `transforms_from_json` reads."""
        return {"feature": self.feature, "factor": self.factor, "transform": self.transform}


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
    """The markers as the clock computes with them, shape (n_people, n_markers); NaN is missing."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack([t.of(table.column(t.feature)) for t in transforms], axis=1)


def places_of_sex(table: Table) -> IntArray:
    """The place of each person's sex among the choices; -1 when missing."""
    return np.nan_to_num(table.column(SEX), nan=-1).astype(np.intp)


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
        raise ValueError("the manifest's informative features are not the parameters'")
    if any(f.kind == "choice" for f in features if f.informative and f.key not in more):
        raise ValueError("a marker is a number, not a choice")


def words_for_missing(wanted: Sequence[str], answered: Collection[str], allowed: int) -> str | None:
    """What is lacking when more than `allowed` of the wanted answers are missing."""
    missing = [key for key in wanted if key not in answered]
    if len(missing) <= allowed:
        return None
    least = f"at least {len(wanted) - allowed} of its" if allowed else "all its"
    return f"needs {least} {len(wanted)} markers; missing: {', '.join(missing)}"


def errors_of_missing(
    wanted: Sequence[str], missing: BoolArray, allowed: int = 0
) -> dict[int, str]:
    """The same words for every row of a table that lacks too much.

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
        errors[int(row)] = words_for_missing(wanted, answered, allowed) or ""
    return errors


def errors_of_missing_age(age_years: FloatArray) -> dict[int, str]:
    """An error for every row without a chronological age."""
    return {int(row): "needs chronological_age" for row in np.flatnonzero(np.isnan(age_years))}


def errors_of_missing_sex(sex: IntArray) -> dict[int, str]:
    """An error for every row without a sex; `sex` as `places_of_sex` gives it."""
    return {int(row): "needs sex" for row in np.flatnonzero(sex < 0)}


def _transform(entry: Mapping[str, Any]) -> MarkerTransform:
    transform = MarkerTransform(str(entry["feature"]), float(entry["factor"]), entry["transform"])
    if not 0 < transform.factor < np.inf or transform.transform not in FUNCTIONS:
        raise ValueError(f"{transform.feature}: is read in a way that no marker is")
    return transform
