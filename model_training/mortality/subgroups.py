"""Discrimination and calibration in groups of people: by sex, age and ethnicity."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray

from model_training.mortality.age_scale import AgeScale
from model_training.mortality.training_people import People
from model_training.survival.calibration import calibration
from model_training.survival.concordance import concordance

AGE_BANDS = (20, 40, 60, 75, 91)
# As the R package BioAge codes it; of NHANES III Mexican Americans alone are 3.
ETHNICITIES = {1.0: "white", 2.0: "Black", 3.0: "Hispanic", 4.0: "other"}
FEWEST_DEATHS = 20


@dataclass(frozen=True)
class Subgroup:
    """Some of the people; PhenoAge's C is None where it cannot score them."""

    name: str
    n_people: int
    n_deaths: int
    c: float
    c_phenoage: float | None
    predicted: float
    observed: float

    @property
    def ratio(self) -> float:
        """Predicted over observed ten-year risk."""
        return self.predicted / self.observed if self.observed else float("nan")


def subgroups(
    people: People, years: FloatArray, scale: AgeScale, phenoage: FloatArray | None
) -> list[Subgroup]:
    """Everybody, then the groups with deaths enough."""
    groups = []
    scored = np.isfinite(years)
    for name, members in _groups(people):
        rows = members & scored
        follow_up = people.follow_up.rows(rows)
        time, died = follow_up.time_months, follow_up.died
        if died.sum() < FEWEST_DEATHS:
            continue
        theirs = None if phenoage is None else phenoage[rows]
        has_phenoage = theirs is not None and bool(np.isfinite(theirs).all())
        (risk,) = calibration(time, died, scale.risk(years[rows]), n_groups=1)
        groups.append(
            Subgroup(
                name,
                int(rows.sum()),
                int(died.sum()),
                concordance(time, died, years[rows]),
                concordance(time, died, theirs) if has_phenoage and theirs is not None else None,
                risk.predicted,
                risk.observed,
            )
        )
    return groups


def _groups(people: People) -> Iterator[tuple[str, BoolArray]]:
    yield "everybody", np.ones(len(people), dtype=bool)
    yield "women", people.male == 0
    yield "men", people.male == 1
    for low, high in pairwise(AGE_BANDS):
        name = f"aged {low} to {high - 1}" if high < AGE_BANDS[-1] else f"aged {low} and above"
        yield name, (people.age >= low) & (people.age < high)
    for code, name in ETHNICITIES.items():
        yield name, people.ethnicity == code
