"""Base class of the clocks with published methods, which have no interval."""

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np

from agelens.clocks.applicability import errors_of_ages
from agelens.clocks.base import (
    AgeGapReference,
    BoolArray,
    FloatArray,
    Manifest,
    Scores,
    Table,
)
from agelens.clocks.marker_transforms import (
    SEX,
    MarkerTransform,
    errors_of_missing,
    errors_of_missing_age,
    errors_of_missing_sex,
    missing_markers_message,
    places_of_sex,
)

# The methods were published for adults, and validated in people of NHANES aged 20 to 85.
ADULTS, VALIDATED = (18.0, 110.0), (20.0, 85.0)
# NHANES III wrote lower values as this limit of its laboratory, so people with less are in its data
DETECTION_LIMITS = {"crp": 2.1}  # mg/L
ROUNDED = 5e-4  # manifests have four digits of where the training data ends


class MarkerClock:
    """Markers, required answers and errors of rows; a subclass adds `score`.

    The domain of the published methods is here and in the `training` of the features: a bundle never
    changes, and what it says of a person inside the domain does not either.

    Parameters
    ----------
    manifest : Manifest
    transforms : tuple of MarkerTransform
    reference : AgeGapReference, optional
    may_miss : int
        How many markers a person may lack.
    """

    ages: tuple[float, float] | None = ADULTS
    validated_ages: tuple[float, float] | None = VALIDATED
    needs_age = True
    needs_sex = False

    def __init__(
        self,
        manifest: Manifest,
        transforms: tuple[MarkerTransform, ...],
        reference: AgeGapReference | None = None,
        may_miss: int = 0,
    ) -> None:
        self.manifest = manifest
        self.transforms = transforms
        self.reference = reference
        self.may_miss = may_miss

    @cached_property
    def markers(self) -> tuple[str, ...]:
        """The keys of its markers, in the order of the contributions."""
        return tuple(transform.feature for transform in self.transforms)

    def lacks(self, answered: Collection[str]) -> str | None:
        """A message naming the missing sex or markers; None if the panel can be scored."""
        if self.needs_sex and SEX not in answered:
            return f"needs {SEX}"
        return missing_markers_message(self.markers, answered, self.may_miss)

    def errors(self, table: Table, values: FloatArray) -> dict[int, str]:
        """Error messages by row; `values` has shape (n_people, n_markers), NaN is missing."""
        errors = errors_of_missing(self.markers, np.isnan(values), self.may_miss)
        if self.ages:
            errors |= errors_of_ages(self.ages, table.chronological_age)
        if self.needs_age:
            errors |= errors_of_missing_age(table.chronological_age)
        if self.needs_sex:
            errors |= errors_of_missing_sex(places_of_sex(table))
        return errors

    def beyond_training(self, table: Table) -> BoolArray:
        """Which values lie beyond the training data, shape (n_people, n_markers)."""
        low, high = self._training
        values = np.empty((len(table), len(self.markers)))
        for index, key in enumerate(self.markers):
            values[:, index] = table.columns.get(key, np.nan)
        return np.asarray((values < low) | (values > high))

    @cached_property
    def _training(self) -> tuple[FloatArray, FloatArray]:
        """Below and above which values the training data ends, by marker; infinite where it is not said."""
        ranges = {f.key: f.training for f in self.manifest.features if f.training}
        low, high = np.full((2, len(self.markers)), np.inf)
        low = -low
        for index, key in enumerate(self.markers):
            if key in ranges:
                first, last = ranges[key]
                high[index] = last + ROUNDED * abs(last)
                if first != DETECTION_LIMITS.get(key):
                    low[index] = first - ROUNDED * abs(first)
        return low, high

    def scores(
        self,
        table: Table,
        prediction: FloatArray,
        base: FloatArray,
        contributions: FloatArray,
        errors: Mapping[int, str],
        *,
        imputed: BoolArray | None = None,
        clipped: BoolArray | None = None,
        derived: Mapping[str, FloatArray] | None = None,
    ) -> Scores:
        """The scores without an interval; rows with an error get NaN and no contributions."""
        wrong = list(errors)
        prediction[wrong] = base[wrong] = np.nan
        contributions[wrong] = 0
        none = np.full(len(prediction), np.nan)
        nothing = np.zeros(contributions.shape, dtype=bool)
        clipped = nothing if clipped is None else clipped
        return Scores(
            self.markers,
            prediction,
            none,
            none,
            base,
            contributions,
            nothing if imputed is None else imputed,
            clipped,
            errors,
            derived or {},
            self.beyond_training(table) & ~clipped,
        )
