"""How far each marker, and its curve, is from what people of the same age and sex have.

A marker enters a model by five terms: its reading (a standardised value, of some markers the
logarithm), two curved terms of a restricted cubic spline, and the reading times age and times sex.
Each term is taken as its deviation from the average of the peers, so a marker that nobody measured
is simply one without a deviation.
"""

from dataclasses import dataclass

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, Table
from agelens.clocks.splines import CURVES, restricted_cubic

SHAPES = 1 + CURVES  # the reading and its curves: what peers have an average of
TERMS = SHAPES + 2  # and the reading times age, times sex
PEER_TERMS = 6
MIDDLE_AGE = 50.0
DECADE = 10.0


@dataclass(frozen=True)
class Readings:
    """How markers are read, and what peers have; every array begins with one entry per marker.

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
        Of the reading.
    peers : ndarray of float64, shape (3, n_markers, 6)
        The average of the reading and of both curves by the terms of `peer_terms`.
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
        return np.stack([table.column(key) for key in self.features])

    def clipped(self, columns: FloatArray) -> BoolArray:
        """Which values lie beyond the limits, shape (n_markers, n_people)."""
        lowest = np.where(np.isnan(self.floor), self.low, -np.inf)
        return np.asarray((columns < lowest[:, np.newaxis]) | (columns > self.high[:, np.newaxis]))

    def shapes(self, columns: FloatArray) -> FloatArray:
        """The readings and their curves, shape (3, n_markers, n_people); NaN where missing."""
        values = np.clip(columns, self.low[:, np.newaxis], self.high[:, np.newaxis])
        values[self.logarithm] = np.log(values[self.logarithm])
        values -= self.centre[:, np.newaxis]
        values /= self.scale[:, np.newaxis]
        shapes = np.empty((SHAPES, *values.shape))
        shapes[0] = values
        shapes[1:] = restricted_cubic(values, self.knots)
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
        shapes = self.shapes(columns)
        np.subtract(shapes, self.peers @ peer_terms(age_years, male), out=deviations[:SHAPES])
        deviations[:SHAPES, np.isnan(columns)] = 0
        np.multiply(deviations[0], decades(age_years), out=deviations[SHAPES])
        np.multiply(deviations[0], male, out=deviations[SHAPES + 1])
        return deviations


def decades(age_years: FloatArray) -> FloatArray:
    """Age in decades from 50, shape (n_people,)."""
    return (age_years - MIDDLE_AGE) / DECADE


def peer_terms(age_years: FloatArray, male: FloatArray) -> FloatArray:
    """A parabola in age for each sex, shape (6, n_people)."""
    age = decades(age_years)
    both = np.stack([np.ones_like(age), age, age * age])
    return np.concatenate([both, both * male])
