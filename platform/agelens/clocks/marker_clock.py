"""Base class of the clocks with published methods, which have no interval."""

from collections.abc import Collection, Mapping

import numpy as np

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


class MarkerClock:
    """Markers, required answers and errors of rows; a subclass adds `score`.

    Parameters
    ----------
    manifest : Manifest
    transforms : tuple of MarkerTransform
    reference : AgeGapReference, optional
    may_miss : int
        How many markers a person may lack.
    """

    ages: tuple[float, float] | None = None
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

    @property
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
        if self.needs_age:
            errors |= errors_of_missing_age(table.chronological_age)
        if self.needs_sex:
            errors |= errors_of_missing_sex(places_of_sex(table))
        return errors

    def scores(
        self,
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
        return Scores(
            self.markers,
            prediction,
            none,
            none,
            base,
            contributions,
            nothing if imputed is None else imputed,
            nothing if clipped is None else clipped,
            errors,
            derived or {},
        )
