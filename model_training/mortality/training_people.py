"""Training and validation cohorts of `mortality-age`."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray, IntArray, Table
from agelens.domain.errors import InvalidInput

from model_training.datasets import nhanes
from model_training.datasets.nhanes import PHENOAGE_MARKERS, Cohort
from model_training.folds import rows_of
from model_training.mortality.plan import Plan
from model_training.survival.comparison import FollowUp

FEWEST_PEOPLE, FEWEST_DEATHS, FEWEST_COMPLETE = 400, 50, 200
LAST_WAVE = 6  # later ones lack CRP, or were followed too shortly


@dataclass(frozen=True)
class People:
    """People with their follow-up.

    Attributes
    ----------
    table : Table
        Canonical units; with ages.
    follow_up : FollowUp
    sha256 : str
        Of the file's bytes.
    """

    table: Table
    follow_up: FollowUp
    sha256: str

    def __len__(self) -> int:
        return len(self.table)

    @property
    def age(self) -> FloatArray:
        """Years."""
        return self.follow_up.age_years

    @property
    def male(self) -> FloatArray:
        """1 or 0."""
        return self.follow_up.male

    def complete(self, plan: Plan) -> BoolArray:
        """Who has every marker, shape (n_people,)."""
        columns = np.stack([self.table.column(key) for key in plan.markers])
        return np.asarray(~np.isnan(columns).any(axis=0))

    def rows(self, chosen: IntArray) -> "People":
        """Some of the people, by place."""
        follow_up = FollowUp(**{k: v[chosen] for k, v in vars(self.follow_up).items()})
        return People(rows_of(self.table, chosen), follow_up, self.sha256)


def load_training(path: Path, plan: Plan) -> People:
    """The people of NHANES III who can teach: followed for at least a month, of known age and sex.

    Raises
    ------
    InvalidInput
        If the file is no such cohort, lacks a marker, or has too few people or deaths.
    """
    cohort = nhanes.load(path)
    if (cohort.wave != nhanes.NHANES_3).any():
        raise InvalidInput.at("data", "must be NHANES III only: later surveys are for testing")
    lacking = [key for key in plan.markers if np.isnan(cohort.table.column(key)).all()]
    if lacking:
        raise InvalidInput.at("data", f"has nobody with: {', '.join(lacking)}")
    people = _of(cohort, _followed(cohort, plan), plan)
    if len(people) < FEWEST_PEOPLE or people.follow_up.died.sum() < FEWEST_DEATHS:
        raise InvalidInput.at(
            "data", f"needs {FEWEST_PEOPLE} people and {FEWEST_DEATHS} deaths, or more"
        )
    if people.complete(plan).sum() < FEWEST_COMPLETE:
        raise InvalidInput.at("data", f"needs {FEWEST_COMPLETE} people who have all markers")
    return people


def load_validation(path: Path, plan: Plan) -> People:
    """The people of the first six later surveys whose PhenoAge is known, all causes of death.

    Raises
    ------
    InvalidInput
        If the file is no such cohort or nobody in it is one of them.
    """
    cohort = nhanes.load_validation(path)
    later = (cohort.wave > nhanes.NHANES_3) & (cohort.wave <= LAST_WAVE)
    people = _of(cohort, _followed(cohort, plan) & later & _has_phenoage(cohort), plan)
    if people.follow_up.died.sum() < 2:
        raise InvalidInput.at("validation", "has nobody of the surveys 1 to 6 who died")
    return people


def _has_phenoage(cohort: Cohort) -> BoolArray:
    """As published with the file, else by having all its markers."""
    if "phenoage0" in cohort.published and np.isfinite(cohort.published["phenoage0"]).any():
        return np.isfinite(cohort.published["phenoage0"])
    columns = np.stack([cohort.table.column(key) for key in PHENOAGE_MARKERS])
    return np.asarray(np.isfinite(columns).all(axis=0))


def _followed(cohort: Cohort, plan: Plan) -> BoolArray:
    age, (first, last) = cohort.age_years, plan.ages
    known = np.isfinite(cohort.died) & np.isfinite(cohort.table.column("sex"))
    return known & (cohort.time_months > 0) & (age >= first) & (age <= last)


def _of(cohort: Cohort, chosen: BoolArray, plan: Plan) -> People:
    kept = cohort.rows(chosen)
    male = kept.table.column("sex")
    return People(
        table=kept.table,
        follow_up=FollowUp(kept.time_months, kept.died, kept.age_years, male),
        sha256=kept.sha256,
    )
