"""Training and validation cohorts of `mortality-age`."""

import hashlib
from dataclasses import dataclass, replace
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
FEWEST_TESTED_DEATHS = 2
LAST_TESTED = 6  # later surveys lack CRP, or were followed too shortly


@dataclass(frozen=True)
class People:
    """People with their follow-up.

    Attributes
    ----------
    table : Table
        Canonical units; with ages.
    follow_up : FollowUp
    wave : ndarray of float64, shape (n_people,)
        0 is NHANES III; later surveys count from 1.
    ethnicity : ndarray of float64, shape (n_people,)
        As the file codes it; NaN where it does not.
    has_phenoage : ndarray of bool, shape (n_people,)
        As published with the file, else by having all its markers.
    sha256 : str
        Of the file's bytes, of several files of their hashes.
    """

    table: Table
    follow_up: FollowUp
    wave: FloatArray
    ethnicity: FloatArray
    has_phenoage: BoolArray
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

    @property
    def later(self) -> FloatArray:
        """1 in surveys after NHANES III, else 0."""
        return (self.wave > nhanes.NHANES_3).astype(np.float64)

    @property
    def mixed(self) -> bool:
        """Whether there are people of NHANES III and of later surveys."""
        return bool(self.later.any() and not self.later.all())

    def complete(self, plan: Plan) -> BoolArray:
        """Who has every marker, shape (n_people,)."""
        columns = np.stack([self.table.column(key) for key in plan.markers])
        return np.asarray(~np.isnan(columns).any(axis=0))

    def rows(self, chosen: IntArray) -> "People":
        """Some of the people, by place."""
        return replace(
            self,
            table=rows_of(self.table, chosen),
            follow_up=self.follow_up.rows(chosen),
            wave=self.wave[chosen],
            ethnicity=self.ethnicity[chosen],
            has_phenoage=self.has_phenoage[chosen],
        )

    def tested(self) -> IntArray:
        """By place, whom the protocol measures on: surveys 1 to 6, PhenoAge known."""
        chosen = (self.wave >= 1) & (self.wave <= LAST_TESTED) & self.has_phenoage
        return np.flatnonzero(chosen)


def load_training(path: Path, plan: Plan) -> People:
    """The people of NHANES III who can teach: followed for at least a month, of known age and sex.

    Raises
    ------
    InvalidInput
        If the file is no such cohort, lacks a marker, or has too few people or deaths.
    """
    cohort = nhanes.load(path)
    if (cohort.wave != nhanes.NHANES_3).any():
        raise InvalidInput.at(
            "data", "must be NHANES III only: later surveys are the validation file"
        )
    lacking = [key for key in plan.markers if np.isnan(cohort.table.column(key)).all()]
    if lacking:
        raise InvalidInput.at("data", f"has nobody with: {', '.join(lacking)}")
    people = _of(cohort, _followed(cohort, plan))
    if len(people) < FEWEST_PEOPLE or people.follow_up.died.sum() < FEWEST_DEATHS:
        raise InvalidInput.at(
            "data", f"needs {FEWEST_PEOPLE} people and {FEWEST_DEATHS} deaths, or more"
        )
    if people.complete(plan).sum() < FEWEST_COMPLETE:
        raise InvalidInput.at("data", f"needs {FEWEST_COMPLETE} people who have all markers")
    return people


def load_later(path: Path, plan: Plan) -> People:
    """The people of later surveys who were followed; deaths of all causes.

    Raises
    ------
    InvalidInput
        If the file is no such cohort or nobody of the surveys 1 to 6 with a PhenoAge died.
    """
    cohort = nhanes.load_validation(path)
    people = _of(cohort, _followed(cohort, plan) & (cohort.wave > nhanes.NHANES_3))
    if people.follow_up.died[people.tested()].sum() < FEWEST_TESTED_DEATHS:
        raise InvalidInput.at("validation", "has nobody of the surveys 1 to 6 who died")
    return people


def together(third: People, later: People) -> People:
    """Both as one; a marker that one lacks is missing there."""
    keys = dict.fromkeys([*third.table.columns, *later.table.columns])
    columns = {
        key: np.concatenate([third.table.column(key), later.table.column(key)]) for key in keys
    }
    joined = {
        name: np.concatenate([getattr(third, name), getattr(later, name)])
        for name in ("wave", "ethnicity", "has_phenoage")
    }
    follow_up = {
        name: np.concatenate([mine, vars(later.follow_up)[name]])
        for name, mine in vars(third.follow_up).items()
    }
    both = f"{third.sha256} {later.sha256}".encode()
    return People(
        table=Table(columns, np.concatenate([third.age, later.age])),
        follow_up=FollowUp(**follow_up),
        **joined,
        sha256=hashlib.sha256(both).hexdigest(),
    )


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


def _of(cohort: Cohort, chosen: BoolArray) -> People:
    kept = cohort.rows(chosen)
    male = kept.table.column("sex")
    return People(
        table=kept.table,
        follow_up=FollowUp(kept.time_months, kept.died, kept.age_years, male),
        wave=kept.wave,
        ethnicity=kept.ethnicity,
        has_phenoage=_has_phenoage(kept),
        sha256=kept.sha256,
    )
