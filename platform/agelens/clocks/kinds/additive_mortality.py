"""Additive mortality clock: a sum over markers, each a table by age, sex and value.

Whatever was fitted (a Gompertz law with smooth terms, boosted trees of one marker with age and sex),
what a marker adds depends on the marker, age and sex alone. So the clock is served as tables: a
contribution is an interpolation, and the years add up exactly. What a missing marker adds is expected
from those that were measured.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agelens.clocks.additive_interval_width import expected_spreads
from agelens.clocks.additive_parameters import AdditiveParameters, parameters_from_json
from agelens.clocks.age_gap import reference_of
from agelens.clocks.base import BoolArray, FloatArray, Manifest, Scores, Table
from agelens.clocks.manifests import PARAMETERS, json_of
from agelens.clocks.marker_tables import Cells, line, surface
from agelens.clocks.marker_transforms import SEX
from agelens.clocks.mortality_requirements import (
    NORMAL_90,
    MortalityClock,
    check_features,
    errors_of_people,
)

KIND = "additive-mortality"
CHUNK_PEOPLE = 2048  # an array of 22 markers of these people is 360 kB, which stays in the cache


@dataclass(frozen=True)
class Years:
    """Predictions in years of some people.

    `base`, `variance` and `of_missing` have shape (n_people,), `contributions` (n_markers, n_people);
    `of_missing` is the part of the variance that is due to missing markers.
    """

    base: FloatArray
    contributions: FloatArray
    variance: FloatArray
    of_missing: FloatArray


class AdditiveMortalityClock(MortalityClock[AdditiveParameters]):
    """The clock.

    Parameters
    ----------
    manifest : Manifest
    parameters : AdditiveParameters
    reference : AgeGapReference, optional

    Source
    ------
    Generalized additive models, Hastie & Tibshirani, Statistical Science 1986; years as the age of
    equal risk, Levine et al., Aging 2018.
    """

    def score(self, table: Table) -> Scores:
        """Score and explain every person; see `score_table`."""
        return score_table(self.parameters, table)

    def expected_widths(
        self, person: Table, missing: Sequence[str], width_now: float
    ) -> Mapping[str, float]:
        """The expected width of the interval after measuring each missing marker alone.

        The model says how what would be measured is distributed given what is known, and the widths
        are averaged over that.
        """
        widths = _expected_widths(self.parameters, person)
        return {key: widths[key] for key in missing}


def score_table(parameters: AdditiveParameters, table: Table) -> Scores:
    """Score and explain every person.

    Parameters
    ----------
    parameters : AdditiveParameters
    table : Table

    Returns
    -------
    Scores
        Years. The base is an average peer of the same age and sex; a missing marker adds what is
        expected of it given the others, is marked `imputed` and widens the interval.
    """
    n_people, n_markers = len(table), len(parameters.features)
    contributions = np.empty((n_markers, n_people))
    imputed, clipped = np.empty((2, n_markers, n_people), dtype=bool)
    base, variance, missing_sd = np.empty((3, n_people))
    errors: dict[int, str] = {}
    age, male = table.chronological_age, table.column(SEX)
    for start in range(0, n_people, CHUNK_PEOPLE):
        rows = slice(start, start + CHUNK_PEOPLE)
        columns = parameters.knots.columns(table, rows)
        imputed[:, rows] = missing = np.isnan(columns)
        clipped[:, rows] = parameters.knots.clipped(columns)
        wrong = errors_of_people(parameters, missing, age[rows], male[rows])
        errors |= {start + row: why for row, why in wrong.items()}
        placed = _placed(parameters, age[rows], male[rows], wrong)
        years = score_columns(parameters, columns, *placed)
        base[rows], contributions[:, rows] = years.base, years.contributions
        variance[rows] = years.variance
        # widened for the whole interval, whose other part covers some of it
        widening = parameters.imputation.widening[parameters.imputation.strata(*placed)]
        missing_sd[rows] = np.sqrt(years.of_missing) / widening
    if bad := list(errors):
        base[bad], contributions[:, bad] = np.nan, 0
    prediction = base + contributions.sum(axis=0)
    half_width = NORMAL_90 * np.sqrt(variance)
    risk = parameters.risk
    return Scores(
        features=parameters.features,
        prediction=prediction,
        low=prediction - half_width,
        high=prediction + half_width,
        base_value=base,
        contributions=contributions.T,
        imputed=imputed.T,
        clipped=clipped.T,
        errors=errors,
        derived=risk.of(prediction, variance) if risk else {},
        missing_half_width=NORMAL_90 * missing_sd,
    )


def score_columns(
    parameters: AdditiveParameters, columns: FloatArray, age_years: FloatArray, male: FloatArray
) -> Years:
    """Base, contributions and variance.

    Parameters
    ----------
    parameters : AdditiveParameters
    columns : ndarray of float64, shape (n_markers, n_people)
        Canonical units; NaN is missing.
    age_years : ndarray of float64, shape (n_people,)
        Ages that the clock answers for.
    male : ndarray of float64, shape (n_people,)
        1 or 0.

    Returns
    -------
    Years
    """
    missing = np.isnan(columns)
    cells = parameters.knots.cells(columns, age_years, male)
    years, variances = surface(parameters.years, cells), surface(parameters.variance, cells)
    of_missing = np.zeros(len(age_years))
    if missing.any():
        variances[missing] = 0
        _impute(parameters, cells, missing, age_years, male, years, of_missing)
    variance = line(parameters.base_variance, cells) + variances.sum(axis=0) + of_missing
    return Years(line(parameters.base, cells), years, variance, of_missing)


def _impute(
    parameters: AdditiveParameters,
    cells: Cells,
    missing: BoolArray,
    age_years: FloatArray,
    male: FloatArray,
    years: FloatArray,
    of_missing: FloatArray,
) -> None:
    """Write what missing markers are expected to add, and the variance of that."""
    people = np.flatnonzero(missing.any(axis=0))
    gone, measured = missing[:, people], years[:, people]
    strata = parameters.imputation.strata(age_years[people], male[people])
    known = _known(parameters, measured, cells.of(people), gone)
    imputed = parameters.imputation.impute(known, gone, strata)
    years[:, people] = np.where(gone, imputed.years, measured)
    of_missing[people] = imputed.variance


def _known(
    parameters: AdditiveParameters, years: FloatArray, cells: Cells, missing: BoolArray
) -> FloatArray:
    """Years and deviations of what was measured, 0 for the rest: (2 * n_markers, n_people)."""
    known = np.concatenate([years, surface(parameters.deviation, cells)])
    known[np.tile(missing, (2, 1))] = 0
    return known


def _placed(
    parameters: AdditiveParameters, age: FloatArray, male: FloatArray, wrong: Collection[int]
) -> tuple[FloatArray, FloatArray]:
    """Ages and sexes, those of people with an error replaced by some that have a place."""
    if not wrong:
        return age, male
    age, male, rows = age.copy(), male.copy(), list(wrong)
    age[rows], male[rows] = parameters.ages[0], 0
    return age, male


def _expected_widths(parameters: AdditiveParameters, person: Table) -> dict[str, float]:
    """The width after measuring each marker that is missing."""
    knots, age, male = parameters.knots, person.chronological_age, person.column(SEX)
    columns = knots.columns(person, slice(0, 1))
    missing = np.isnan(columns)
    cells = knots.cells(columns, age, male)
    known = _known(parameters, surface(parameters.years, cells), cells, missing)
    variances = np.where(missing, 0, surface(parameters.variance, cells))
    other_variance = float(line(parameters.base_variance, cells)[0] + variances.sum())
    (stratum,) = parameters.imputation.strata(age, male).tolist()
    spreads = expected_spreads(parameters, cells, known, missing, stratum, other_variance)
    keys = [parameters.features[index] for index in np.flatnonzero(missing)]
    return dict(zip(keys, (2 * NORMAL_90 * spreads).tolist(), strict=True))


def build(manifest: Manifest, files: Mapping[str, bytes]) -> AdditiveMortalityClock:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    parameters = parameters_from_json(json_of(files, PARAMETERS))
    check_features(manifest, parameters)
    return AdditiveMortalityClock(manifest, parameters, reference_of(files))
