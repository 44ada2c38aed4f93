"""Age gap reference: adjust and rank a gap among reference people, from out-of-fold summaries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.manifests import REFERENCE, json_of

ANY_SEX = "any"
SURVEY = re.compile(r"(?P<survey>NHANES I[IV]+)(?: \((?P<years>[^)]*)\))?")
SURVEY_YEARS = {"NHANES III": "1988-94"}
SAME_SEX, BOTH_SEXES = "same sex", "both sexes"


@dataclass(frozen=True)
class Peers:
    """Reference distribution of the gaps of one sex.

    The gap that age alone explains is a line in age. `quantiles[a]` are the adjusted gaps, at the
    reference's levels, of people within five years of age `a`.
    """

    intercept: float
    slope: float
    quantiles: FloatArray

    def expected(self, age_years: FloatArray) -> FloatArray:
        """The mean gap at these ages, from the regression line."""
        return self.intercept + self.slope * age_years


@dataclass(frozen=True)
class GapReference:
    """Adjust and rank gaps; NaN or None at ages outside the reference."""

    name: str
    first_age: int
    levels: FloatArray
    sexes: Mapping[str, Peers]

    def described(self, sex: str | None) -> str:
        """The name of the people that somebody of this sex is compared with."""
        name = dated(self.name)
        return name if sex in self.sexes else name.replace(SAME_SEX, BOTH_SEXES)

    @property
    def ages(self) -> tuple[int, int]:
        """The first and the last age, in whole years, at which gaps are ranked."""
        return self.first_age, self.first_age + len(self.sexes[ANY_SEX].quantiles) - 1

    def adjusted(self, gap_years: float, age_years: float, sex: str | None) -> float | None:
        """The gap left after what age and sex alone explain; see `adjusted_gaps`."""
        gap, age = _people_of(gap_years, age_years)
        return float(self.adjusted_gaps(gap, age, sex)[0]) if self._has(age)[0] else None

    def percentile(self, gap_years: float, age_years: float, sex: str | None) -> float | None:
        """The share of people of that sex and about that age with a smaller gap; see `percentiles`."""
        gap, age = _people_of(gap_years, age_years)
        return float(self.percentiles(gap, age, sex)[0]) if self._has(age)[0] else None

    def adjusted_gaps(
        self, gap_years: FloatArray, age_years: FloatArray, sex: str | None
    ) -> FloatArray:
        """The gaps left after what age and sex alone explain.

        A clock that regresses to the mean makes the young look older and the old younger; the line
        fitted out of fold takes that away. It is never used to make the prediction look better.

        Parameters
        ----------
        gap_years, age_years : ndarray of float64, shape (n_people,)
            Years.
        sex : str, optional
            Of all of them.

        Returns
        -------
        ndarray of float64, shape (n_people,)
            Years; NaN for ages that the reference does not have.
        """
        gaps = gap_years - self._peers(sex).expected(age_years)
        gaps[~self._has(age_years)] = np.nan
        return gaps

    def percentiles(
        self, gap_years: FloatArray, age_years: FloatArray, sex: str | None
    ) -> FloatArray:
        """The share of people of that sex within five years of that age with a smaller adjusted gap.

        Parameters
        ----------
        gap_years, age_years : ndarray of float64, shape (n_people,)
            Years.
        sex : str, optional
            Of all of them.

        Returns
        -------
        ndarray of float64, shape (n_people,)
            In percent, from the lowest to the highest level of the summary; beyond both it stays
            there. NaN for ages that the reference does not have.
        """
        adjusted = self.adjusted_gaps(gap_years, age_years, sex)
        rows = np.where(self._has(age_years), np.floor(age_years) - self.first_age, -1)
        ranks = np.full(len(adjusted), np.nan)
        quantiles = self._peers(sex).quantiles
        by_row = np.argsort(rows, kind="stable")  # to look for each row among all takes longer
        different_rows, starts = np.unique(rows[by_row], return_index=True)
        for row, people in zip(
            different_rows.astype(int), np.split(by_row, starts)[1:], strict=True
        ):
            if row >= 0:
                ranks[people] = np.interp(adjusted[people], quantiles[row], self.levels)
        return ranks

    def gap_at(self, percentile: float, sex: str | None) -> FloatArray:
        """The gaps that have this percentile at every whole age of the reference, youngest first.

        The inverse of `percentiles`: between two levels of the summary on a straight line.
        """
        peers = self._peers(sex)
        first, last = self.ages
        quantiles = np.array([np.interp(percentile, self.levels, row) for row in peers.quantiles])
        return np.asarray(peers.expected(np.arange(first, last + 1, dtype=float)) + quantiles)

    def _peers(self, sex: str | None) -> Peers:
        return self.sexes.get(sex or ANY_SEX, self.sexes[ANY_SEX])

    def _has(self, age_years: FloatArray) -> BoolArray:
        first, last = self.ages
        return np.asarray((age_years >= first) & (age_years < last + 1))


def dated(name: str) -> str:
    """The name of a reference with the years and the weighting of its survey.

    Bundles do not say that nobody is weighted, those up to 0.4 no years either, and a published
    bundle is never changed.
    """
    if "weighted" in name:
        return name

    def with_years(match: re.Match[str]) -> str:
        years = match["years"] or SURVEY_YEARS.get(match["survey"])
        return f"{match['survey']} ({years}, unweighted)" if years else match[0]

    return SURVEY.sub(with_years, name, count=1)


def _people_of(gap_years: float, age_years: float) -> tuple[FloatArray, FloatArray]:
    return np.array([gap_years], dtype=float), np.array([age_years], dtype=float)


def reference_of(files: Mapping[str, bytes]) -> GapReference | None:
    """The reference that a bundle ships, if it ships one."""
    return reference_from_json(json_of(files, REFERENCE)) if REFERENCE in files else None


def reference_from_json(document: Mapping[str, Any]) -> GapReference:
    """The reference as the training wrote it.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing or of the wrong kind.
    """
    levels = np.array(document["levels"], dtype=float)
    sexes = {
        str(sex): Peers(
            float(entry["intercept"]),
            float(entry["slope"]),
            np.array(entry["quantiles"], dtype=float).reshape(-1, len(levels)),
        )
        for sex, entry in document["sexes"].items()
    }
    numbers = [levels, *(p.quantiles for p in sexes.values())]
    if not all(np.isfinite(array).all() for array in numbers):
        raise ValueError("the reference holds something that is not finite")
    if len({len(peers.quantiles) for peers in sexes.values()}) != 1 or ANY_SEX not in sexes:
        raise ValueError("the reference lacks a sex or an age")
    return GapReference(str(document["name"]), int(document["first_age"]), levels, sexes)
