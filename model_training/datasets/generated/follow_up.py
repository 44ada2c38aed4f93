"""How long made-up people are followed, and of what they die."""

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray

from model_training.datasets.bioage_columns import CAUSES_NOT_COUNTED, NHANES_III

# Gompertz: deaths per year of a woman of 50, its growth per year of age, the log hazard of men
HAZARD_AT_50, GROWTH, MEN = 0.0035, 0.085, 0.45
CENSORED_MONTHS_III = 240.0
INTERVIEWED_MONTHS_III = (230.0, 326.0)  # from the interview to the end of the linkage
LINKED_WAVES = 8
LAST_LINKED_MONTHS = (12.0, 36.0)  # of the last linked survey; 24 months more for each one before
EXAMINED_AFTER_MONTHS = 3  # up to so many months lie between interview and examination
NOT_ELIGIBLE, NO_CAUSE = 0.002, 0.01
# heart, cancer, lung, accident, stroke, dementia, diabetes, influenza, kidney, other
CAUSES = (0.25, 0.22, 0.06, 0.04, 0.06, 0.04, 0.03, 0.03, 0.02, 0.25)


def follow_up(
    rng: np.random.Generator,
    wave: FloatArray,
    age: FloatArray,
    male: BoolArray,
    log_hazard: FloatArray,
    examined: BoolArray,
) -> dict[str, FloatArray]:
    """The columns of follow-up, shape (n_people,) each; months.

    Parameters
    ----------
    rng : Generator
    wave : ndarray of float64, shape (n_people,)
        0 to 10.
    age : ndarray of float64, shape (n_people,)
        Years.
    male : ndarray of bool, shape (n_people,)
    log_hazard : ndarray of float64, shape (n_people,)
        Beyond age and sex.
    examined : ndarray of bool, shape (n_people,)
        `time` counts from the examination and is missing without one.
    """
    third = wave == NHANES_III
    last = _last_month(rng, wave)
    survival = 12 * _years_left(rng, age, MEN * male + log_hazard)
    dead = survival < last
    interview = np.floor(np.minimum(survival, last))
    examination = np.maximum(interview - rng.integers(EXAMINED_AFTER_MONTHS, size=len(age)), 0)
    time = np.where(third, np.minimum(interview, CENSORED_MONTHS_III), examination)
    cause = 1.0 + np.searchsorted(np.cumsum(CAUSES), rng.random(len(age)) * sum(CAUSES))
    death_counted = dead & ~np.isin(cause, CAUSES_NOT_COUNTED)
    status = death_counted & (~third | (interview <= CENSORED_MONTHS_III))
    cause_stated = dead & (rng.random(len(age)) >= NO_CAUSE * third)
    linked = wave <= LINKED_WAVES
    eligible = linked & (rng.random(len(age)) >= NOT_ELIGIBLE)
    return {
        "eligstat": np.where(linked, np.where(eligible, 1.0, 3.0), np.nan),
        "status": np.where(eligible, status, np.nan),
        "ucod_leading": np.where(eligible & cause_stated, cause, np.nan),
        "permth_int": np.where(eligible, interview, np.nan),
        "time": np.where(eligible & examined, time, np.nan),
    }


def _last_month(rng: np.random.Generator, wave: FloatArray) -> FloatArray:
    later = np.array(LAST_LINKED_MONTHS)[:, np.newaxis] + 24 * (LINKED_WAVES - wave)
    earliest = np.where(wave == NHANES_III, INTERVIEWED_MONTHS_III[0], later[0])
    latest = np.where(wave == NHANES_III, INTERVIEWED_MONTHS_III[1], later[1])
    return np.floor(rng.uniform(earliest, latest + 1))


def _years_left(rng: np.random.Generator, age: FloatArray, log_hazard: FloatArray) -> FloatArray:
    """Gompertz lifetimes by inverting the survival function."""
    hazard = HAZARD_AT_50 * np.exp(GROWTH * (age - 50) + log_hazard)
    return np.log1p(GROWTH * rng.standard_exponential(len(age)) / hazard) / GROWTH
