"""A mortality clock: the age at which an average person runs the risk that these markers mean.

Deaths follow a Gompertz law whose logarithmic hazard is a sum over markers. The risk of dying within
ten years is turned into the age that has this risk when nothing but age is known; that scale is
linear in the logarithmic hazard, so the years add up exactly, marker by marker.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from agelens.clocks.age_gap import reference_of
from agelens.clocks.base import AgeGapReference, BoolArray, FloatArray, Manifest, Scores, Table
from agelens.clocks.gompertz_parameters import BASE_TERMS, Parameters, parameters_from_json
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.peer_deviations import SHAPES, decades
from agelens.clocks.readings import (
    SEX,
    errors_of_missing,
    errors_of_missing_age,
    errors_of_missing_sex,
    places_of_sex,
    words_for_missing,
)

KIND = "gompertz-mortality"
CHUNK_PEOPLE = 1024  # 113 terms of 1,024 people are 1 MB, which stays in the processor's cache
NORMAL_90 = 1.6448536269514722  # of a normal distribution, 90 % is within so many SD


@dataclass(frozen=True)
class Years:
    """What the clock says of some people, in years; `contributions` has shape (n_markers, n_people)."""

    base: FloatArray
    contributions: FloatArray
    half_width: FloatArray


class GompertzClock:
    """The clock.

    Parameters
    ----------
    manifest : Manifest
    parameters : Parameters
    reference : AgeGapReference, optional

    Source
    ------
    Gompertz, Phil. Trans. R. Soc. 1825. The scale follows the idea of Levine et al., Aging 2018.
    """

    def __init__(
        self, manifest: Manifest, parameters: Parameters, reference: AgeGapReference | None = None
    ) -> None:
        self.manifest = manifest
        self.parameters = parameters
        self.reference = reference

    def lacks(self, answered: Collection[str]) -> str | None:
        """Sex, and so many markers that the number is still about this person."""
        if SEX not in answered:
            return f"needs {SEX}"
        parameters = self.parameters
        return words_for_missing(parameters.features, answered, parameters.may_miss)

    def score(self, table: Table) -> Scores:
        """Score and explain every person; see `score_table`."""
        return score_table(self.parameters, table)


def score_table(parameters: Parameters, table: Table) -> Scores:
    """Score and explain every person.

    Parameters
    ----------
    parameters : Parameters
    table : Table

    Returns
    -------
    Scores
        Years. The base is an average peer of the same age and sex; a missing marker counts as the
        peers' average, is marked `imputed` and widens the interval.
    """
    n_people, n_markers = len(table), len(parameters.features)
    age, sex = table.chronological_age, places_of_sex(table)
    columns = parameters.readings.columns(table)
    missing = np.isnan(columns).T
    errors = _errors(parameters, missing, age) | errors_of_missing_sex(sex)
    base, half_width = np.full((2, n_people), np.nan)
    contributions = np.zeros((n_people, n_markers))
    clipped = np.zeros((n_people, n_markers), dtype=bool)
    for start in range(0, n_people, CHUNK_PEOPLE):
        rows = slice(start, start + CHUNK_PEOPLE)
        part = columns[:, rows]
        years = score_columns(parameters, part, age[rows], sex[rows].astype(np.float64))
        base[rows], half_width[rows] = years.base, years.half_width
        contributions[rows] = years.contributions.T
        clipped[rows] = parameters.readings.clipped(part).T
    wrong = list(errors)
    base[wrong], contributions[wrong] = np.nan, 0
    prediction = base + contributions.sum(axis=1)
    low, high = prediction - half_width, prediction + half_width
    return Scores(
        parameters.features, prediction, low, high, base, contributions, missing, clipped, errors
    )


def score_columns(
    parameters: Parameters, columns: FloatArray, age_years: FloatArray, male: FloatArray
) -> Years:
    """Base, contributions and half the width of the interval.

    Parameters
    ----------
    parameters : Parameters
    columns : ndarray of float64, shape (n_markers, n_people)
        Canonical units; NaN is missing.
    age_years : ndarray of float64, shape (n_people,)
    male : ndarray of float64, shape (n_people,)
        1 or 0.

    Returns
    -------
    Years
    """
    deviations = parameters.readings.deviations(columns, age_years, male)
    age = decades(age_years)
    base_terms = np.stack([np.ones_like(age), age, male])
    variance = _model_variance(parameters, base_terms, deviations)
    missing = np.isnan(columns)
    incomplete = missing.any(axis=0)
    if incomplete.any():
        variance[incomplete] += _missing_variance(
            parameters, missing[:, incomplete], age[incomplete], male[incomplete]
        )
    deviations *= parameters.weights[:, :, np.newaxis]
    return Years(
        base=parameters.base @ base_terms,
        contributions=deviations.sum(axis=0),
        half_width=NORMAL_90 * np.sqrt(variance),
    )


def _errors(parameters: Parameters, missing: BoolArray, age: FloatArray) -> dict[int, str]:
    low, high = parameters.ages
    words = f"chronological_age must be between {low:g} and {high:g}, as it was in training"
    return (
        {int(row): words for row in np.flatnonzero((age < low) | (age > high))}
        | errors_of_missing(parameters.features, missing, parameters.may_miss)
        | errors_of_missing_age(age)
    )


def _model_variance(
    parameters: Parameters, base_terms: FloatArray, deviations: FloatArray
) -> FloatArray:
    """What another sample of people would have changed, years squared; to single precision."""
    n_people = base_terms.shape[1]
    terms = np.empty((len(parameters.spread), n_people), dtype=np.float32)
    terms[:BASE_TERMS] = base_terms
    terms[BASE_TERMS:] = deviations.reshape(-1, n_people)
    spread = parameters.spread.astype(np.float32, copy=False) @ terms
    return np.asarray(np.einsum("ij,ij->j", spread, terms).clip(0), dtype=np.float64)


def _missing_variance(
    parameters: Parameters, missing: BoolArray, age: FloatArray, male: FloatArray
) -> FloatArray:
    """How much the missing markers' contributions differ among peers, years squared."""
    slopes = np.repeat(parameters.weights[:SHAPES, :, np.newaxis], len(age), axis=2)
    slopes[0] += parameters.weights[SHAPES, :, np.newaxis] * age
    slopes[0] += parameters.weights[SHAPES + 1, :, np.newaxis] * male
    slopes *= missing
    flat = slopes.reshape(-1, len(age))
    return np.asarray(np.einsum("ij,ij->j", parameters.peer_spread @ flat, flat).clip(0))


def build(manifest: Manifest, files: Mapping[str, bytes]) -> GompertzClock:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    parameters = parameters_from_json(json_of(files, PARAMETERS))
    informative = {f.key: f.kind for f in manifest.features if f.informative}
    if set(informative) != {*parameters.features, SEX}:
        raise ValueError("the manifest's informative features are not the parameters'")
    if any(informative[key] != "number" for key in parameters.features):
        raise ValueError("a marker is a number, not a choice")
    return GompertzClock(manifest, parameters, reference_of(files))
