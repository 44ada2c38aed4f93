"""Markers' tables: bilinear interpolation by age and by value, for men and women.

An additive model of one marker, age and sex is a surface for each marker and sex. It is kept as its
heights at knots, which are uniform in the value (of some markers in its logarithm), so the place of
a value among them is a product, not a search.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray, IntArray, Table

N_SEXES = 2


@dataclass(frozen=True)
class Cells:
    """Where people are among the knots.

    Attributes
    ----------
    index : ndarray of intp, shape (n_markers, n_people)
        The flat index of the knot below in age and in value.
    by_value : ndarray of float64, shape (n_markers, n_people)
        How far to the next knot in value, 0 to 1.
    line : ndarray of intp, shape (n_people,)
        As `index`, of a table by sex and age alone.
    by_age : ndarray of float64, shape (n_people,)
        How far to the next knot in age, 0 to 1.
    """

    index: IntArray
    by_value: FloatArray
    line: IntArray
    by_age: FloatArray

    def of(self, people: BoolArray | IntArray) -> "Cells":
        """Some of the people, by mask or by index."""
        return Cells(
            self.index[:, people], self.by_value[:, people], self.line[people], self.by_age[people]
        )


@dataclass(frozen=True)
class Knots:
    """The knots of every marker's tables, whose shape is (n_markers, 2, n_ages, n_values).

    Attributes
    ----------
    features : tuple of str
        The markers.
    ages : ndarray of float64, shape (n_ages,)
        Ascending, years.
    n_values : int
        Knots in value, the first at `low`, the last at `high`.
    logarithm : ndarray of bool, shape (n_markers,)
        Whether the knots are uniform in the logarithm.
    low, high : ndarray of float64, shape (n_markers,)
        The limits as which values beyond count, in canonical units.
    floor : ndarray of float64, shape (n_markers,)
        Where the training data knows no more than that a value is this or less, a smaller one is no
        clipped one; NaN where there is no such limit of detection.
    """

    features: tuple[str, ...]
    ages: FloatArray
    n_values: int
    logarithm: BoolArray
    low: FloatArray
    high: FloatArray
    floor: FloatArray

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Of a table."""
        return len(self.features), N_SEXES, len(self.ages), self.n_values

    def columns(self, table: Table, people: slice) -> FloatArray:
        """The markers of some people in canonical units, shape (n_markers, n_people)."""
        n_people = len(table.chronological_age[people])
        columns = np.empty((len(self.features), n_people))
        for row, key in enumerate(self.features):
            values = table.columns.get(key)
            columns[row] = np.nan if values is None else values[people]
        return columns

    def clipped(self, columns: FloatArray) -> BoolArray:
        """Which values lie beyond the limits, shape (n_markers, n_people)."""
        clipped: BoolArray = columns > self._high
        clipped |= columns < self._least
        return clipped

    def cells(self, columns: FloatArray, age_years: FloatArray, male: FloatArray) -> Cells:
        """Where people are among the knots.

        Parameters
        ----------
        columns : ndarray of float64, shape (n_markers, n_people)
            Canonical units; a missing value gets the place of the lowest.
        age_years : ndarray of float64, shape (n_people,)
            From the first knot to the last.
        male : ndarray of float64, shape (n_people,)
            1 or 0.

        Returns
        -------
        Cells
        """
        values = np.fmax(columns, self._low)  # of NaN and a limit it is the limit
        np.minimum(values, self._high, out=values)
        for marker in self._logarithms:
            np.log(values[marker], out=values[marker])
        values -= self._first
        values *= self._per_knot
        index = values.astype(np.intp)
        np.minimum(index, self.n_values - 2, out=index)
        values -= index
        line = self.ages.searchsorted(age_years, side="right") - 1
        np.minimum(line, len(self.ages) - 2, out=line)
        by_age = (age_years - self.ages[line]) / self._widths[line]
        line += male.astype(np.intp) * len(self.ages)
        index += line * self.n_values
        index += self._first_of_marker
        return Cells(index, values, line, by_age)

    @cached_property
    def _low(self) -> FloatArray:
        return self.low[:, np.newaxis]

    @cached_property
    def _high(self) -> FloatArray:
        return self.high[:, np.newaxis]

    @cached_property
    def _least(self) -> FloatArray:
        """The value below which one is clipped."""
        return np.where(np.isnan(self.floor), self.low, -np.inf)[:, np.newaxis]

    @cached_property
    def _logarithms(self) -> list[int]:
        return [int(marker) for marker in np.flatnonzero(self.logarithm)]

    @cached_property
    def _ends(self) -> tuple[FloatArray, FloatArray]:
        """The first and the last knot, of some markers the logarithm."""
        first, last = (
            np.where(self.logarithm, np.log(np.where(self.logarithm, x, 1)), x)
            for x in (self.low, self.high)
        )
        return first, last

    @cached_property
    def _first(self) -> FloatArray:
        return self._ends[0][:, np.newaxis]

    @cached_property
    def _per_knot(self) -> FloatArray:
        first, last = self._ends
        return ((self.n_values - 1) / (last - first))[:, np.newaxis]

    @cached_property
    def _widths(self) -> FloatArray:
        return np.diff(self.ages)

    @cached_property
    def _first_of_marker(self) -> IntArray:
        size = N_SEXES * len(self.ages) * self.n_values
        return (np.arange(len(self.features), dtype=np.intp) * size)[:, np.newaxis]


def surface(table: FloatArray, cells: Cells) -> FloatArray:
    """A table of every marker at people's cells, shape (n_markers, n_people).

    Parameters
    ----------
    table : ndarray of float64, shape (n_markers, 2, n_ages, n_values)
        C-contiguous.
    cells : Cells

    Returns
    -------
    ndarray of float64, shape (n_markers, n_people)
        (1 - t) ((1 - u) f00 + u f01) + t ((1 - u) f10 + u f11), with u `by_value` and t `by_age`.
    """
    flat, n_values = table.reshape(-1), table.shape[-1]
    lower = _along(flat, flat[1:], cells.index, cells.by_value)
    # one knot further in age is one row of values further
    upper = _along(flat[n_values:], flat[n_values + 1 :], cells.index, cells.by_value)
    upper -= lower
    upper *= cells.by_age
    lower += upper
    return lower


def line(table: FloatArray, cells: Cells) -> FloatArray:
    """A table by sex and age, shape (2, n_ages), at people's cells, shape (n_people,)."""
    flat = table.reshape(-1)
    return _along(flat, flat[1:], cells.line, cells.by_age)


def _along(here: FloatArray, there: FloatArray, index: IntArray, share: FloatArray) -> FloatArray:
    """Between two neighbours of a flat table, at each index."""
    found, change = here.take(index), there.take(index)
    change -= found
    change *= share
    found += change
    return found
