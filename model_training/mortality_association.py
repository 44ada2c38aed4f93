"""Association of a clock with mortality, beyond chronological age."""

from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.marker_transforms import SEX
from agelens.domain.errors import InvalidInput

from model_training.datasets.nhanes import PHENOAGE_MARKERS, StudyPopulation
from model_training.survival.comparison import FollowUp, discrimination
from model_training.survival.cox import CoxModel

SURVEYS = (1, 6)  # of NHANES IV: followed long enough, and with C-reactive protein


@dataclass(frozen=True)
class Association:
    """Discrimination and the hazard ratio of one clock.

    Attributes
    ----------
    harrell_c, harrell_c_same_age_sex : float
        Of the number itself; the second compares people of one sex and the same five years of age.
    hazard_ratio_per_sd : tuple of float
        Of the advance, adjusted for age and sex, with its 95 % interval.
    """

    n_people: int
    n_deaths: int
    harrell_c: float
    harrell_c_same_age_sex: float
    hazard_ratio_per_sd: tuple[float, float, float]

    def describe(self) -> dict[str, object]:
        """The figures as a manifest and a card say them."""
        return {
            "n_people": self.n_people,
            "n_deaths": self.n_deaths,
            "harrell_c": round(self.harrell_c, 4),
            "harrell_c_same_age_sex": round(self.harrell_c_same_age_sex, 4),
            "hazard_ratio_per_sd": [round(ratio, 3) for ratio in self.hazard_ratio_per_sd],
        }


def followed(population: StudyPopulation) -> BoolArray:
    """Who of a study population clocks are compared by: see docs/protocols/phenoage.md; shape (n_people,).

    Raises
    ------
    InvalidInput
        If none of them died or none lived on.
    """
    in_surveys = (population.wave >= SURVEYS[0]) & (population.wave <= SURVEYS[1])
    markers = np.column_stack([population.table.column(key) for key in (*PHENOAGE_MARKERS, SEX)])
    has_markers = ~np.isnan(markers).any(axis=1)
    is_followed = (
        in_surveys & has_markers & (population.time_months > 0) & ~np.isnan(population.died)
    )
    if not 0 < population.died[is_followed].sum() < is_followed.sum():
        raise InvalidInput.at(
            "validation",
            "holds nobody of NHANES IV, surveys 1 to 6, with PhenoAge's nine markers and follow-up",
        )
    return is_followed


def follow_up(people: StudyPopulation) -> FollowUp:
    """Their follow-up as the survival statistics take it."""
    sex = people.table.column(SEX)
    return FollowUp(people.time_months, people.died, people.age_years, sex)


def association(people: FollowUp, number: FloatArray, advance: FloatArray) -> Association:
    """Measure one clock on people who were followed.

    Parameters
    ----------
    people : FollowUp
    number : ndarray of float64, shape (n_people,)
        The clock's own, for C.
    advance : ndarray of float64, shape (n_people,)
        Number minus age where the number is an age.
    """
    measures = discrimination(people, number)
    covariates = np.column_stack([advance / advance.std(), people.age_years, people.male])
    cox = CoxModel(people.time_months, people.died, covariates)
    return Association(
        n_people=len(people),
        n_deaths=int(people.died.sum()),
        harrell_c=measures["c"](None),
        harrell_c_same_age_sex=measures["stratified_c"](None),
        hazard_ratio_per_sd=cox.fit().hazard_ratio(),
    )
