"""Mortality clock: a Gompertz proportional-hazards model, expressed as an age of equal risk.

Deaths follow a Gompertz law whose logarithmic hazard is a sum over markers. The risk of dying within
ten years is turned into the age that has this risk when nothing but age is known; that scale is
linear in the logarithmic hazard, so the years add up exactly, marker by marker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agelens.clocks.age_gap import reference_of
from agelens.clocks.base import BoolArray, FloatArray, Manifest, Scores, Table
from agelens.clocks.gompertz_parameters import BASE_TERMS, GompertzParameters, parameters_from_json
from agelens.clocks.hazard_interval_width import expected_variances
from agelens.clocks.imputation_variance import by_age_and_sex
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.marker_transforms import SEX
from agelens.clocks.mortality_requirements import (
    NORMAL_90,
    MortalityClock,
    check_features,
    errors_of_people,
)
from agelens.clocks.peer_deviations import decades

Single = NDArray[Any]  # an interval needs no double precision

KIND = "gompertz-mortality"
CHUNK_PEOPLE = 1024  # 113 terms of 1,024 people are 1 MB, which stays in the processor's cache


@dataclass(frozen=True)
class Years:
    """Predictions in years; `contributions` has shape (n_markers, n_people)."""

    base: FloatArray
    contributions: FloatArray
    half_width: FloatArray


class GompertzClock(MortalityClock[GompertzParameters]):
    """The clock.

    Parameters
    ----------
    manifest : Manifest
    parameters : GompertzParameters
    reference : AgeGapReference, optional

    Source
    ------
    Gompertz, Phil. Trans. R. Soc. 1825. The scale follows the idea of Levine et al., Aging 2018.
    """

    def score(self, table: Table) -> Scores:
        """Score and explain every person; see `score_table`."""
        return score_table(self.parameters, table)

    def expected_widths(
        self, person: Table, missing: Sequence[str], width_now: float
    ) -> Mapping[str, float]:
        """Expected interval widths, from `expected_variances`."""
        parameters = self.parameters
        gone = np.isnan(parameters.peer_model.columns(person)[:, 0])
        products = by_age_and_sex(decades(person.chronological_age), person.column(SEX))[:, 0]
        half = 2 * NORMAL_90
        variances = expected_variances(parameters, gone, products, (width_now / half) ** 2)
        widths = dict(zip(parameters.features, half * np.sqrt(variances), strict=True))
        return {key: float(widths[key]) for key in missing}


def score_table(parameters: GompertzParameters, table: Table) -> Scores:
    """Score and explain every person.

    Parameters
    ----------
    parameters : GompertzParameters
    table : Table

    Returns
    -------
    Scores
        Years. The base is an average peer of the same age and sex; a missing marker counts as the
        peers' average, is marked `imputed` and widens the interval.
    """
    age, male = table.chronological_age, table.column(SEX)
    columns = parameters.peer_model.columns(table)
    missing = np.isnan(columns)
    errors = errors_of_people(parameters, missing, age, male)
    base, half_width = np.empty((2, len(table)))
    contributions = np.empty(columns.shape)
    for start in range(0, len(table), CHUNK_PEOPLE):
        rows = slice(start, start + CHUNK_PEOPLE)
        years = score_columns(parameters, columns[:, rows], age[rows], male[rows])
        base[rows], half_width[rows] = years.base, years.half_width
        contributions[:, rows] = years.contributions
    if wrong := list(errors):
        base[wrong], contributions[:, wrong] = np.nan, 0
    prediction = base + contributions.sum(axis=0)
    return Scores(
        features=parameters.features,
        prediction=prediction,
        low=prediction - half_width,
        high=prediction + half_width,
        base_value=base,
        contributions=contributions.T,
        imputed=missing.T,
        clipped=parameters.peer_model.clipped(columns).T,
        errors=errors,
    )


def score_columns(
    parameters: GompertzParameters, columns: FloatArray, age_years: FloatArray, male: FloatArray
) -> Years:
    """Base, contributions and half the width of the interval.

    Parameters
    ----------
    parameters : GompertzParameters
    columns : ndarray of float64, shape (n_markers, n_people)
        Canonical units; NaN is missing.
    age_years : ndarray of float64, shape (n_people,)
    male : ndarray of float64, shape (n_people,)
        1 or 0.

    Returns
    -------
    Years
    """
    deviations = parameters.peer_model.deviations(columns, age_years, male)
    age = decades(age_years)
    base_terms = np.ones((BASE_TERMS, len(age)))
    base_terms[1], base_terms[2] = age, male
    terms = np.empty((len(parameters.spread), len(age)), dtype=np.float32)
    terms[:BASE_TERMS], terms[BASE_TERMS:] = base_terms, deviations.reshape(-1, len(age))
    variance = _variances(parameters.spread, terms)
    missing = np.isnan(columns)
    if (incomplete := missing.any(axis=0)).any():
        variance[incomplete] += _of_missing(
            parameters, missing[:, incomplete], age[incomplete], male[incomplete]
        )
    deviations *= parameters.weights[:, :, np.newaxis]
    return Years(
        base=parameters.base @ base_terms,
        contributions=deviations.sum(axis=0),
        half_width=NORMAL_90 * np.sqrt(variance),
    )


def _variances(covariance: Single, terms: Single) -> Single:
    """The variance of each person's sum of terms, shape (n_people,); at least 0."""
    variance = np.einsum("ij,ij->j", covariance @ terms, terms)
    return np.asarray(np.maximum(variance, 0, out=variance))


def _of_missing(
    parameters: GompertzParameters, missing: BoolArray, age: FloatArray, male: FloatArray
) -> FloatArray:
    """The variance of the contributions that missing markers would have made, shape (n_people,)."""
    gone = missing.astype(np.float64)
    pairs = (parameters.missing_spread @ gone * gone).sum(axis=1)
    return np.asarray(np.maximum((pairs * by_age_and_sex(age, male)).sum(axis=0), 0))


def build(manifest: Manifest, files: Mapping[str, bytes]) -> GompertzClock:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    parameters = parameters_from_json(json_of(files, PARAMETERS))
    check_features(manifest, parameters)
    return GompertzClock(manifest, parameters, reference_of(files))
