"""Deviations of markers and their spline terms from peers of the same age and sex.

A marker enters a model by five terms: its standardised value (of some markers the
logarithm), two curved terms of a restricted cubic spline, and the value times age and times sex.
Each term is taken as its deviation from the average of the peers, so a marker that nobody measured
is simply one without a deviation.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, Table
from agelens.clocks.splines import CURVES, restricted_cubic, spline_weights

SHAPES = 1 + CURVES  # the value and its curves: what peers have an average of
TERMS = SHAPES + 2  # and the value times age, times sex
PEER_TERMS = 6
MIDDLE_AGE = 50.0
DECADE = 10.0


@dataclass(frozen=True)
class PeerModel:
    """Standardisation of the markers and peers' averages; every array has one entry per marker.

    Attributes
    ----------
    features : tuple of str
        Their keys.
    logarithm : ndarray of bool
        Whether the logarithm is read.
    low, high : ndarray of float64
        The limits as which values beyond count, in canonical units.
    floor : ndarray of float64
        At or below it the training data knows no more than that, so it is no limit that a value
        could be clipped at; NaN where there is none.
    centre, scale : ndarray of float64
        Of the value, or of its logarithm.
    knots : ndarray of float64, shape (n_markers, 4)
        Of the standardised value.
    peers : ndarray of float64, shape (3, n_markers, 6)
        The average of the value and of both curves by the terms of `peer_terms`.
    """

    features: tuple[str, ...]
    logarithm: BoolArray
    low: FloatArray
    high: FloatArray
    floor: FloatArray
    centre: FloatArray
    scale: FloatArray
    knots: FloatArray
    peers: FloatArray

    def columns(self, table: Table) -> FloatArray:
        """The markers in canonical units, shape (n_markers, n_people)."""
        columns = np.empty((len(self.features), len(table)))
        for index, key in enumerate(self.features):
            columns[index] = table.columns.get(key, np.nan)
        return columns

    def clipped(self, columns: FloatArray) -> BoolArray:
        """Which values lie beyond the limits, shape (n_markers, n_people)."""
        clipped: BoolArray = columns > self._limits[1]
        clipped |= columns < self._limits[2]
        return clipped

    def shapes(self, columns: FloatArray) -> FloatArray:
        """The standardised values and their spline terms, shape (3, n_markers, n_people); NaN where missing."""
        shapes = np.empty((SHAPES, *columns.shape))
        self._write_shapes(columns, shapes)
        return shapes

    def deviations(
        self, columns: FloatArray, age_years: FloatArray, male: FloatArray
    ) -> FloatArray:
        """The five terms as deviations from the peers.

        Parameters
        ----------
        columns : ndarray of float64, shape (n_markers, n_people)
            Canonical units; NaN is missing.
        age_years : ndarray of float64, shape (n_people,)
        male : ndarray of float64, shape (n_people,)
            1 or 0.

        Returns
        -------
        ndarray of float64, shape (5, n_markers, n_people)
            0 where missing.
        """
        deviations = np.empty((TERMS, *columns.shape))
        shapes = deviations[:SHAPES]
        self._write_shapes(columns, shapes)
        shapes -= self.peers @ peer_terms(age_years, male)
        missing = np.isnan(columns)
        if missing.any():
            shapes[:, missing] = 0
        np.multiply(deviations[0], decades(age_years), out=deviations[SHAPES])
        np.multiply(deviations[0], male, out=deviations[SHAPES + 1])
        return deviations

    @cached_property
    def _limits(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """As columns: low, high, and the value below which one is clipped."""
        lowest = np.where(np.isnan(self.floor), self.low, -np.inf)
        return self.low[:, np.newaxis], self.high[:, np.newaxis], lowest[:, np.newaxis]

    @cached_property
    def _spline_weights(self) -> FloatArray:
        return spline_weights(self.knots)

    def _write_shapes(self, columns: FloatArray, shapes: FloatArray) -> None:
        low, high, _ = self._limits
        values = shapes[0]
        np.maximum(columns, low, out=values)
        np.minimum(values, high, out=values)
        np.log(values, out=values, where=self.logarithm[:, np.newaxis])
        values -= self.centre[:, np.newaxis]
        values /= self.scale[:, np.newaxis]
        restricted_cubic(values, self.knots, self._spline_weights, shapes[1:])


def decades(age_years: FloatArray) -> FloatArray:
    """Age in decades from 50, shape (n_people,)."""
    return (age_years - MIDDLE_AGE) / DECADE


def peer_terms(age_years: FloatArray, male: FloatArray) -> FloatArray:
    """A parabola in age for each sex, shape (6, n_people)."""
    terms = np.empty((PEER_TERMS, len(age_years)))
    terms[0] = 1
    terms[1] = decades(age_years)
    np.multiply(terms[1], terms[1], out=terms[2])
    np.multiply(terms[:3], male, out=terms[3:])
    return terms
