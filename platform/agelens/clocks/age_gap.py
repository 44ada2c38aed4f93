"""The people an age gap is compared with, summarised out of fold when the clock was trained."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray
from agelens.clocks.manifests import REFERENCE, json_of

ANY_SEX = "any"


@dataclass(frozen=True)
class Peers:
    """One sex of the reference people.

    The gap that age alone explains is a line in age. `quantiles[a]` are the adjusted gaps, at the
    reference's levels, of people within five years of age `a`.
    """

    intercept: float
    slope: float
    quantiles: FloatArray

    def expected(self, age_years: float) -> float:
        """The gap of an average person of that age."""
        return self.intercept + self.slope * age_years


@dataclass(frozen=True)
class GapReference:
    """Adjusts gaps and ranks them; says nothing for ages that its people do not have."""

    name: str
    first_age: int
    levels: FloatArray
    sexes: Mapping[str, Peers]

    @property
    def ages(self) -> tuple[int, int]:
        """The first and the last age, in whole years, at which gaps are ranked."""
        return self.first_age, self.first_age + len(self.sexes[ANY_SEX].quantiles) - 1

    def adjusted(self, gap_years: float, age_years: float, sex: str | None) -> float | None:
        """The gap left after what age and sex alone explain.

        A clock that regresses to the mean makes the young look older and the old younger; the line
        fitted out of fold takes that away. It is never used to make the prediction look better.
        """
        if self._row(age_years) is None:
            return None
        return gap_years - self._peers(sex).expected(age_years)

    def percentile(self, gap_years: float, age_years: float, sex: str | None) -> float | None:
        """The share of people of that sex within five years of that age with a smaller adjusted gap.

        In percent, from the lowest to the highest level of the summary; beyond both it stays there.
        """
        row = self._row(age_years)
        adjusted = self.adjusted(gap_years, age_years, sex)
        if row is None or adjusted is None:
            return None
        return float(np.interp(adjusted, self._peers(sex).quantiles[row], self.levels))

    def _peers(self, sex: str | None) -> Peers:
        return self.sexes.get(sex or ANY_SEX, self.sexes[ANY_SEX])

    def _row(self, age_years: float) -> int | None:
        row = math.floor(age_years) - self.first_age
        return row if 0 <= row < len(self.sexes[ANY_SEX].quantiles) else None


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
    if not all(np.isfinite(each).all() for each in numbers):
        raise ValueError("the reference holds something that is not finite")
    if len({len(peers.quantiles) for peers in sexes.values()}) != 1 or ANY_SEX not in sexes:
        raise ValueError("the reference lacks a sex or an age")
    return GapReference(str(document["name"]), int(document["first_age"]), levels, sexes)
