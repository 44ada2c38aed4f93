"""Homeostatic dysregulation: Mahalanobis distance from young healthy people of the same sex.

The Mahalanobis distance from the mean of healthy young adults of the same sex. It is no age.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import numpy as np

from agelens.clocks.base import FloatArray, IntArray, Manifest, Scores, Table
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
from agelens.clocks.shapley import shapley_values
from agelens.domain.registry import biomarker

KIND = "dysregulation"
MAX_MARKERS = 12
CHUNK_PEOPLE = 1024  # 512 coalitions x 1,024 people are 4 MB


@dataclass(frozen=True)
class Healthy:
    """Mean and precision of the young and healthy, by sex in the order of the registry's choices.

    Attributes
    ----------
    mean : ndarray of float64, shape (n_sexes, n_markers)
        Of the transformed values.
    precision : ndarray of float64, shape (n_sexes, n_markers, n_markers)
        The inverse of the covariance of the transformed values.
    """

    mean: FloatArray
    precision: FloatArray


def coalition_distances(deviation: FloatArray, precision: FloatArray) -> FloatArray:
    """The Mahalanobis distance of every subset of the markers, the others being average.

    Parameters
    ----------
    deviation : ndarray of float64, shape (n_people, n_markers)
        Transformed value minus the mean of the healthy.
    precision : ndarray of float64, shape (n_people, n_markers, n_markers)
        Each person's inverse covariance.

    Returns
    -------
    ndarray of float64, shape (n_people, 2 ** n_markers)
        The subset's number has bit i set when marker i is in it; the empty one's distance is 0.

    Source
    ------
    Cohen et al., A novel statistical approach shows evidence for multi-system physiological
    dysregulation during aging, Mechanisms of Ageing and Development 2013.
    """
    first, second, in_both = _pairs(deviation.shape[1])
    twice = np.where(first == second, 1.0, 2.0)
    terms = deviation[:, first] * deviation[:, second] * precision[:, first, second] * twice
    squares: FloatArray = terms @ in_both
    return np.sqrt(np.maximum(squares, 0, out=squares), out=squares)


class Dysregulation(MarkerClock):
    """The clock. All markers are needed: a distance in fewer dimensions is another distance.

    Parameters
    ----------
    manifest : Manifest
    transforms : tuple of MarkerTransform
    healthy : Healthy
    """

    needs_age = False
    needs_sex = True

    def __init__(
        self, manifest: Manifest, transforms: tuple[MarkerTransform, ...], healthy: Healthy
    ) -> None:
        super().__init__(manifest, transforms)
        self.healthy = healthy

    def score(self, table: Table) -> Scores:
        """Score and explain every person.

        Parameters
        ----------
        table : Table

        Returns
        -------
        Scores
            Distances; the base, of somebody who is average throughout, is 0.
        """
        values, sex = columns_of(table, self.transforms), places_of_sex(table)
        errors = self.errors(table, values)
        good = _rows_without(errors, len(table))
        prediction, base = np.full((2, len(table)), np.nan)
        contributions = np.zeros(values.shape)
        for rows in np.split(good, range(CHUNK_PEOPLE, len(good), CHUNK_PEOPLE)):
            distances = self._distances(values[rows], sex[rows])
            prediction[rows], base[rows] = distances[:, -1], 0
            contributions[rows] = shapley_values(distances)
        with np.errstate(divide="ignore"):
            derived = {"log_hd": np.log(prediction)}
        return self.scores(table, prediction, base, contributions, errors, derived=derived)

    def _distances(self, values: FloatArray, sex: IntArray) -> FloatArray:
        deviation = values - self.healthy.mean[sex]
        return coalition_distances(deviation, self.healthy.precision[sex])


def build(manifest: Manifest, files: Mapping[str, bytes]) -> Dysregulation:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    document = json_of(files, PARAMETERS)
    transforms = transforms_from_json(document["markers"])
    if len(transforms) > MAX_MARKERS:
        raise ValueError(f"a distance is explained for up to {MAX_MARKERS} markers")
    check_features(manifest.features, transforms, SEX)
    healthy = healthy_from_json(document["sexes"], len(transforms))
    return Dysregulation(manifest, transforms, healthy)


def healthy_from_json(document: Mapping[str, Mapping[str, object]], n_markers: int) -> Healthy:
    """The healthy of both sexes; KeyError, TypeError or ValueError when they are none."""
    entries = [document[choice] for choice in biomarker(SEX).choices]
    return Healthy(
        mean=np.stack([numbers(entry["mean"], n_markers) for entry in entries]),
        precision=np.stack([_precision(entry["covariance"], n_markers) for entry in entries]),
    )


def _precision(covariance: object, n_markers: int) -> FloatArray:
    matrix = numbers(covariance, n_markers, n_markers)
    spread = np.sqrt(np.maximum(np.diag(matrix), 0))
    if spread.min() <= 0 or not np.array_equal(matrix, matrix.T):
        raise ValueError("a covariance is symmetric with variances above 0")
    correlation = matrix / np.outer(spread, spread)
    if np.linalg.eigvalsh(correlation)[0] < 1e-6:
        raise ValueError(
            "the covariance is singular: the markers are not independent enough for a distance"
        )
    return np.asarray(np.linalg.inv(correlation) / np.outer(spread, spread))


def _rows_without(errors: Mapping[int, str], n_people: int) -> IntArray:
    wrong = np.zeros(n_people, dtype=bool)
    wrong[list(errors)] = True
    return np.flatnonzero(~wrong)


@cache
def _pairs(n_markers: int) -> tuple[IntArray, IntArray, FloatArray]:
    """Every pair of markers, and which coalitions hold both: shape (n_pairs, 2 ** n_markers)."""
    pairs = np.array(list(combinations_with_replacement(range(n_markers), 2)), dtype=np.intp)
    coalitions = np.arange(2**n_markers)
    holds = ((coalitions >> np.arange(n_markers)[:, np.newaxis]) & 1).astype(np.float64)
    first, second = pairs.T
    return first, second, holds[first] * holds[second]
