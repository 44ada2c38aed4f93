"""How a clock's number goes with dying, beyond chronological age."""

from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.readings import SEX

from model_training.datasets.nhanes import Cohort
from model_training.survival.concordance import concordance
from model_training.survival.cox import CoxModel
from model_training.survival.strata import age_sex_strata

SURVEYS = (1, 6)  # those with follow-up long enough, and with C-reactive protein


@dataclass(frozen=True)
class Association:
    """Discrimination and the hazard ratio of one clock.

    Attributes
    ----------
    harrell_c : float
        Of the number itself.
    harrell_c_same_age_sex : float
        Only people of one sex and the same five years of age are compared.
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


def followed(cohort: Cohort) -> BoolArray:
    """The people of NHANES IV by whom clocks are compared: see docs/protocols/phenoage.md."""
    in_surveys = (cohort.wave >= SURVEYS[0]) & (cohort.wave <= SURVEYS[1])
    comparable = ~np.isnan(cohort.published.get("phenoage0", np.full(len(cohort), np.nan)))
    return in_surveys & comparable & (cohort.time_months > 0) & ~np.isnan(cohort.died)


def association(
    people: Cohort, number: FloatArray, graded: FloatArray | None = None
) -> Association:
    """Measure one clock on people who were followed.

    Parameters
    ----------
    people : Cohort
    number : ndarray of float64, shape (n_people,)
        The clock's, for C.
    graded : ndarray of float64, shape (n_people,), optional
        The form of it whose advance is graded; the number itself when not given.

    Raises
    ------
    ValueError
        If nobody died or nobody can be compared.
    """
    time, died, male = people.time_months, people.died, people.table.column(SEX)
    ahead = advance(number if graded is None else graded, people.age_years, male)
    covariates = np.column_stack([ahead / ahead.std(), people.age_years, male])
    return Association(
        n_people=len(people),
        n_deaths=int(died.sum()),
        harrell_c=concordance(time, died, number),
        harrell_c_same_age_sex=concordance(
            time, died, number, age_sex_strata(people.age_years, male)
        ),
        hazard_ratio_per_sd=CoxModel(time, died, covariates).fit().hazard_ratio(),
    )


def advance(number: FloatArray, age_years: FloatArray, male: FloatArray) -> FloatArray:
    """What is left of a clock's number after its line in age, by sex.

    Parameters
    ----------
    number, age_years, male : ndarray of float64, shape (n_people,)

    Returns
    -------
    ndarray of float64, shape (n_people,)
        In the clock's unit; 0 on average at every age.
    """
    left = np.full(len(number), np.nan)
    for sex in np.unique(male):
        of_sex = male == sex
        slope, intercept = np.polyfit(age_years[of_sex], number[of_sex], 1)
        left[of_sex] = number[of_sex] - intercept - slope * age_years[of_sex]
    return left
