"""Clocks that are linear in age and markers, in years, as several published ones are."""

from collections.abc import Mapping, Sequence

import numpy as np

from agelens.clocks.age_gap import reference_of
from agelens.clocks.base import AgeGapReference, FloatArray, Manifest, Scores, Table
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.marker_clock import VALIDATED, MarkerClock
from agelens.clocks.marker_transforms import (
    MarkerTransform,
    check_features,
    clipped,
    columns_of,
    numbers,
    transforms_from_json,
)
from agelens.clocks.peers_by_age import PeersByAge, peers_from_json

KIND = "linear"


class LinearClock(MarkerClock):
    """years = intercept + slope * age + coefficients · transformed markers.

    A marker that may be missing counts as the peers' average, or as a mean where the method has
    means for that, and is marked imputed. Either counts in the base value as well, so a marker that
    nobody measured adds nothing.

    Parameters
    ----------
    manifest : Manifest
    transforms : tuple of MarkerTransform
    coefficients : ndarray of float64, shape (n_markers,)
        Years per unit of the transformed value.
    intercept, slope : float
        Years, and years per year of age.
    peers : PeersByAge
    reference : AgeGapReference, optional
    may_miss : int
    means : ndarray of float64, shape (n_markers,), optional
        As which missing markers count, transformed.
    validated_ages : tuple of float
        Between which people the method was published for, or measured in, are.
    """

    def __init__(
        self,
        manifest: Manifest,
        transforms: tuple[MarkerTransform, ...],
        coefficients: FloatArray,
        intercept: float,
        slope: float,
        peers: PeersByAge,
        reference: AgeGapReference | None = None,
        may_miss: int = 0,
        means: FloatArray | None = None,
        validated_ages: tuple[float, float] = VALIDATED,
    ) -> None:
        super().__init__(manifest, transforms, reference, may_miss)
        self.validated_ages = validated_ages
        self.means = means
        self.coefficients = coefficients
        self.intercept = intercept
        self.slope = slope
        self.peers = peers

    def score(self, table: Table) -> Scores:
        """Score and explain every person.

        Parameters
        ----------
        table : Table

        Returns
        -------
        Scores
            Years. Contributions are exact Shapley values against the peers of the same age.
        """
        values, age = columns_of(table, self.transforms), table.chronological_age
        errors, imputed = self.errors(table, values), np.isnan(values)
        peers = self.peers.averages(age)
        if self.means is not None:
            peers = np.where(imputed, self.means, peers)
        values = np.where(imputed, peers, values)
        contributions = np.where(imputed, 0.0, (values - peers) * self.coefficients)
        by_age = self.intercept + self.slope * age
        base, prediction = (
            by_age + transformed @ self.coefficients for transformed in (peers, values)
        )
        beyond = clipped(table, self.transforms)
        return self.scores(
            table, prediction, base, contributions, errors, imputed=imputed, clipped=beyond
        )


def build(manifest: Manifest, files: Mapping[str, bytes]) -> LinearClock:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    document = json_of(files, PARAMETERS)
    transforms = transforms_from_json(document["markers"])
    check_features(manifest.features, transforms)
    may_miss = document.get("may_miss", 0)
    if type(may_miss) is not int or not 0 <= may_miss < len(transforms):
        raise ValueError("may_miss must be below the number of markers")
    constants, means = document["constants"], document.get("means")
    return LinearClock(
        manifest,
        transforms,
        numbers([entry["coefficient"] for entry in document["markers"]], len(transforms)),
        float(numbers(constants["intercept"])),
        float(numbers(constants["age"])),
        peers_from_json(document["peers"], len(transforms)),
        reference_of(files),
        may_miss,
        None if means is None else numbers(means, len(transforms)),
        _ages(document.get("validated_ages", VALIDATED)),
    )


def _ages(bounds: Sequence[object]) -> tuple[float, float]:
    low, high = numbers(list(bounds), 2)
    if not 0 <= low < high:
        raise ValueError("validated_ages are a lower and an upper age")
    return float(low), float(high)
