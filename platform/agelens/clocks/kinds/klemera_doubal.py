"""Klemera-Doubal biological age: the least-squares age over markers regressed on age.

Written from the chronological age, each marker adds what it deviates from the average of that age,
times its weight: exact contributions, and a missing marker drops out of sum and weights alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agelens.clocks.age_gap import reference_of
from agelens.clocks.base import AgeGapReference, FloatArray, IntArray, Manifest, Scores, Table
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.marker_clock import MarkerClock
from agelens.clocks.marker_transforms import (
    SEX,
    MarkerTransform,
    check_features,
    columns_of,
    numbers,
    places_of_sex,
    transforms_from_json,
)
from agelens.clocks.mortality_requirements import NORMAL_90
from agelens.domain.registry import biomarker

KIND = "klemera-doubal"


@dataclass(frozen=True)
class Lines:
    """Regression lines of the markers on age, by sex in the order of the registry's choices.

    Attributes
    ----------
    intercept, slope, sd : ndarray of float64, shape (n_sexes, n_markers)
        The marker's line in age and the spread around it, per unit of the transformed value.
    variance : ndarray of float64, shape (n_sexes,)
        s_BA squared: of biological around chronological age, years squared.
    """

    intercept: FloatArray
    slope: FloatArray
    sd: FloatArray
    variance: FloatArray

    def advance(self, values: FloatArray, age_years: FloatArray, sex: IntArray) -> FloatArray:
        """The years that each marker adds to chronological age; 0 for a missing one.

        Parameters
        ----------
        values : ndarray of float64, shape (n_people, n_markers)
        age_years : ndarray of float64, shape (n_people,)
        sex : ndarray of int, shape (n_people,)
            Places among the sexes.

        Returns
        -------
        ndarray of float64, shape (n_people, n_markers)

        Source
        ------
        Klemera & Doubal, A new approach to the concept and computation of biological age,
        Mechanisms of Ageing and Development 2006.
        """
        slope, known = self.slope[sex], ~np.isnan(values)
        expected = self.intercept[sex] + slope * age_years[:, np.newaxis]
        deviation = np.where(known, values - expected, 0)
        precision = np.where(known, (slope / self.sd[sex]) ** 2, 0).sum(axis=1)
        total = precision + 1 / self.variance[sex]
        return np.asarray(slope / self.sd[sex] ** 2 * deviation / total[:, np.newaxis])

    def unmeasured_sd(self, values: FloatArray, sex: IntArray) -> FloatArray:
        """How much the estimate of a panel varies around that of the panel that lacks some markers.

        Both are means of a normal posterior of the biological age, with precision P = sum of
        (slope / sd)^2 + 1 / s_BA^2 over the markers that each has; so the variance is
        1 / P of the measured - 1 / P of all.

        Parameters
        ----------
        values : ndarray of float64, shape (n_people, n_markers)
        sex : ndarray of int, shape (n_people,)

        Returns
        -------
        ndarray of float64, shape (n_people,)
            Years.
        """
        information = (self.slope[sex] / self.sd[sex]) ** 2
        prior = 1 / self.variance[sex]
        measured = np.where(np.isnan(values), 0, information).sum(axis=1) + prior
        variance = 1 / measured - 1 / (information.sum(axis=1) + prior)
        return np.asarray(np.sqrt(np.maximum(variance, 0)))


class KlemeraDoubal(MarkerClock):
    """The clock.

    Parameters
    ----------
    manifest : Manifest
    transforms : tuple of MarkerTransform
    lines : Lines
    may_miss : int
        How many markers a person may lack.
    reference : AgeGapReference, optional
    """

    needs_sex = True

    def __init__(
        self,
        manifest: Manifest,
        transforms: tuple[MarkerTransform, ...],
        lines: Lines,
        may_miss: int,
        reference: AgeGapReference | None = None,
    ) -> None:
        super().__init__(manifest, transforms, reference, may_miss)
        self.lines = lines

    def score(self, table: Table) -> Scores:
        """Score and explain every person.

        Parameters
        ----------
        table : Table

        Returns
        -------
        Scores
            Years. The base is the person's chronological age.
        """
        values, age = columns_of(table, self.transforms), table.chronological_age
        sex = places_of_sex(table)
        contributions = self.lines.advance(values, age, sex)
        prediction = age + contributions.sum(axis=1)
        return self.scores(table, prediction, age.copy(), contributions, self.errors(table, values))

    def completed_range(self, person: Table) -> tuple[float, float]:
        """The middle 90 % of the estimates that measuring the missing markers may give."""
        values, sex = columns_of(person, self.transforms), places_of_sex(person)
        (estimate,) = self.score(person).prediction
        (sd,) = self.lines.unmeasured_sd(values, sex)
        return float(estimate - NORMAL_90 * sd), float(estimate + NORMAL_90 * sd)


def build(manifest: Manifest, files: Mapping[str, bytes]) -> KlemeraDoubal:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    document = json_of(files, PARAMETERS)
    transforms = transforms_from_json(document["markers"])
    check_features(manifest.features, transforms, SEX)
    lines = lines_from_json(document["sexes"], len(transforms))
    may_miss = document["may_miss"]
    if type(may_miss) is not int or not 0 <= may_miss < len(transforms):
        raise ValueError("may_miss must be below the number of markers")
    return KlemeraDoubal(manifest, transforms, lines, may_miss, reference_of(files))


def lines_from_json(document: Mapping[str, Mapping[str, object]], n_markers: int) -> Lines:
    """The lines of both sexes; KeyError, TypeError or ValueError when they are none."""
    entries = [document[choice] for choice in biomarker(SEX).choices]
    stacked = {
        name: np.stack([numbers(entry[name], n_markers) for entry in entries])
        for name in ("intercept", "slope", "sd")
    }
    lines = Lines(variance=np.array([float(numbers(e["variance"])) for e in entries]), **stacked)
    if lines.sd.min() <= 0 or lines.variance.min() <= 0:
        raise ValueError("sd and variance must be above 0")
    return lines
