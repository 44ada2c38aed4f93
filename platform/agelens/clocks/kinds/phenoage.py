"""PhenoAge: a Gompertz mortality model, expressed as an age of equal ten-year risk.

In closed form PhenoAge is linear in the model's predictor, so each marker's years against the peers
are exact and the clock never saturates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.age_gap import reference_of
from agelens.clocks.base import AgeGapReference, FloatArray, Manifest, Scores, Table
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.marker_clock import MarkerClock
from agelens.clocks.marker_transforms import (
    MarkerTransform,
    check_features,
    clipped,
    columns_of,
    numbers,
    transforms_from_json,
)
from agelens.clocks.peers_by_age import PeersByAge, peers_from_json

KIND = "phenoage"
# The paper forms the ten-year mortality m = 1 - exp(-hazard) and takes ln(1 - m) of it, which keeps
# few of a float's digits once m is nearly 1; columns that others published hold what is left. So
# does this clock between these hazards (109 and 124 years); beyond, m would be 1 and the age
# infinite.
PUBLISHED_HAZARDS = (10.0, 36.7)


@dataclass(frozen=True)
class Constants:
    """The published constants.

    Attributes
    ----------
    intercept, age : float
        Of the predictor.
    coefficients : ndarray of float64, shape (n_markers,)
        Of the predictor, per unit of the transformed value.
    horizon, shape : float
        hazard = horizon / shape * exp(predictor): the ten-year cumulative hazard.
    years, scale, per_year : float
        PhenoAge = years + ln(scale * hazard) / per_year.
    """

    intercept: float
    age: float
    coefficients: FloatArray
    horizon: float
    shape: float
    years: float
    scale: float
    per_year: float

    def log_hazard(self, values: FloatArray, age_years: FloatArray) -> FloatArray:
        """The logarithm of the ten-year cumulative hazard, shape (n_people,)."""
        predictor = self.intercept + values @ self.coefficients + self.age * age_years
        return np.asarray(predictor + np.log(self.horizon / self.shape))

    def to_years(self, log_hazard: FloatArray) -> FloatArray:
        """The age at which the average person has this hazard."""
        return np.asarray(self.years + (np.log(self.scale) + log_hazard) / self.per_year)


class PhenoAge(MarkerClock):
    """The clock. All markers are needed: the published model says nothing of who lacks one.

    Parameters
    ----------
    manifest : Manifest
    transforms : tuple of MarkerTransform
    constants : Constants
    peers : PeersByAge
    reference : AgeGapReference, optional

    Source
    ------
    Levine et al., An epigenetic biomarker of aging for lifespan and healthspan, Aging 2018.
    """

    def __init__(
        self,
        manifest: Manifest,
        transforms: tuple[MarkerTransform, ...],
        constants: Constants,
        peers: PeersByAge,
        reference: AgeGapReference | None = None,
    ) -> None:
        super().__init__(manifest, transforms, reference)
        self.constants = constants
        self.peers = peers

    def score(self, table: Table) -> Scores:
        """Score and explain every person.

        Parameters
        ----------
        table : Table

        Returns
        -------
        Scores
            Years. Contributions are against the average peer of the same age, who is the base.
        """
        values, age = columns_of(table, self.transforms), table.chronological_age
        errors = self.errors(table, values)
        constants, peers = self.constants, self.peers.averages(age)
        contributions = (values - peers) * constants.coefficients / constants.per_year
        log_hazard = constants.log_hazard(values, age)
        prediction = constants.to_years(_as_published(log_hazard))
        digits_lost = prediction - constants.to_years(log_hazard)
        base = constants.to_years(constants.log_hazard(peers, age)) + digits_lost
        beyond = clipped(table, self.transforms)
        return self.scores(table, prediction, base, contributions, errors, clipped=beyond)


def build(manifest: Manifest, files: Mapping[str, bytes]) -> PhenoAge:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    document = json_of(files, PARAMETERS)
    transforms = transforms_from_json(document["markers"])
    check_features(manifest.features, transforms)
    coefficients = [entry["coefficient"] for entry in document["markers"]]
    constants = constants_from_json(document["constants"], coefficients)
    peers = peers_from_json(document["peers"], len(transforms))
    return PhenoAge(manifest, transforms, constants, peers, reference_of(files))


def constants_from_json(document: Mapping[str, Any], coefficients: Sequence[object]) -> Constants:
    """The constants of a bundle; KeyError, TypeError or ValueError when they are none."""
    names = ("intercept", "age", "horizon", "shape", "years", "scale", "per_year")
    single = {name: float(numbers(document[name])) for name in names}
    if min(single[name] for name in ("horizon", "shape", "scale", "per_year")) <= 0:
        raise ValueError("a hazard and its scale are above 0")
    return Constants(coefficients=numbers(coefficients, len(coefficients)), **single)


def _as_published(log_hazard: FloatArray) -> FloatArray:
    low, high = np.log(PUBLISHED_HAZARDS)
    lossy = (log_hazard > low) & (log_hazard < high)
    hazard = np.exp(log_hazard[lossy])
    published = log_hazard.copy()
    published[lossy] = np.log(-np.log(1 - (1 - np.exp(-hazard))))
    return published
