"""What a mortality clock must know of a person: age, sex, and a minimum number of markers."""

from collections.abc import Collection
from typing import Generic, Protocol, TypeVar

import numpy as np

from agelens.clocks.applicability import errors_of_ages
from agelens.clocks.base import AgeGapReference, BoolArray, FloatArray, Manifest
from agelens.clocks.marker_transforms import (
    SEX,
    errors_of_missing,
    errors_of_missing_age,
    missing_markers_message,
)

NORMAL_90 = 1.6448536269514722  # of a normal distribution, 90 % is within so many SD


class Required(Protocol):
    """Parameters of a mortality clock, as far as they say whom it answers for."""

    @property
    def ages(self) -> tuple[float, float]:
        """The youngest and the oldest age, years."""
        ...

    @property
    def features(self) -> tuple[str, ...]:
        """The keys of the markers."""
        ...

    @property
    def may_miss(self) -> int:
        """How many markers may be missing."""
        ...


P = TypeVar("P", bound=Required)


class MortalityClock(Generic[P]):
    """Base class of the mortality clocks; a subclass adds `score`.

    Parameters
    ----------
    manifest : Manifest
    parameters : Required
    reference : AgeGapReference, optional
    """

    validated_ages: tuple[float, float] | None = None

    def __init__(
        self, manifest: Manifest, parameters: P, reference: AgeGapReference | None = None
    ) -> None:
        self.manifest = manifest
        self.parameters = parameters
        self.reference = reference

    @property
    def ages(self) -> tuple[float, float]:
        """The chronological ages of the people that it learned from; others are refused."""
        return self.parameters.ages

    def lacks(self, answered: Collection[str]) -> str | None:
        """Sex and a minimum number of markers are needed."""
        if SEX not in answered:
            return f"needs {SEX}"
        parameters = self.parameters
        return missing_markers_message(parameters.features, answered, parameters.may_miss)


def errors_of_people(
    parameters: Required, missing: BoolArray, age_years: FloatArray, male: FloatArray
) -> dict[int, str]:
    """Why people cannot be scored, by row.

    Parameters
    ----------
    parameters : Required
    missing : ndarray of bool, shape (n_markers, n_people)
    age_years : ndarray of float64, shape (n_people,)
    male : ndarray of float64, shape (n_people,)
        1 or 0; NaN when not given.
    """
    low, high = parameters.ages
    fine = (age_years >= low) & (age_years <= high) & (male >= 0)
    fine &= missing.sum(axis=0) <= parameters.may_miss
    if fine.all():
        return {}
    return (
        errors_of_ages(parameters.ages, age_years)
        | errors_of_missing(parameters.features, missing.T, parameters.may_miss)
        | errors_of_missing_age(age_years)
        | {int(row): f"needs {SEX}" for row in np.flatnonzero(np.isnan(male))}
    )


def check_features(manifest: Manifest, parameters: Required) -> None:
    """ValueError unless the manifest's informative features are the markers, and sex."""
    informative = {f.key: f.kind for f in manifest.features if f.informative}
    if set(informative) != {*parameters.features, SEX}:
        raise ValueError("the informative features of the manifest must be those of the parameters")
    if any(informative[key] != "number" for key in parameters.features):
        raise ValueError("a marker must be a number, not a choice")
