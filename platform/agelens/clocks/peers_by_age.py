"""Average markers by age: the peers that the explanation of a linear clock starts from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray
from agelens.clocks.marker_transforms import numbers


@dataclass(frozen=True)
class PeersByAge:
    """The average of each transformed marker at an age: quadratic, held at the ends of the ages.

    Attributes
    ----------
    ages : tuple of float
        The first and the last age of the peers, years.
    coefficients : ndarray of float64, shape (3, n_markers)
        Of 1, age and age squared.
    """

    ages: tuple[float, float]
    coefficients: FloatArray

    def averages(self, age_years: FloatArray) -> FloatArray:
        """Shape (n_people, n_markers)."""
        age = np.clip(age_years, *self.ages)
        powers = np.stack([np.ones_like(age), age, age**2], axis=1)
        return np.asarray(powers @ self.coefficients)

    def describe(self) -> dict[str, object]:
        """The JSON object that `peers_from_json` reads."""
        return {"ages": list(self.ages), "coefficients": self.coefficients.tolist()}


def peers_from_json(document: Mapping[str, Any], n_markers: int) -> PeersByAge:
    """The peers of a bundle; KeyError, TypeError or ValueError when they are none."""
    first, last = (float(age) for age in numbers(document["ages"], 2))
    if not 0 <= first < last <= 200:
        raise ValueError("the peers' ages must be a range of years")
    return PeersByAge((first, last), numbers(document["coefficients"], 3, n_markers))
