"""Training and validation study populations of `mortality-age`."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray, IntArray, Table
from agelens.domain.errors import InvalidInput

from model_training.datasets import nhanes
from model_training.datasets.nhanes import PHENOAGE_MARKERS, StudyPopulation
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
        If the file is no such study population, lacks a marker, or has too few people or deaths.
    """
    population = nhanes.load(path)
    if (population.wave != nhanes.NHANES_3).any():
        raise InvalidInput.at(
            "data", "must be NHANES III only: later surveys are the validation file"
        )
    absent_markers = [key for key in plan.markers if np.isnan(population.table.column(key)).all()]
    if absent_markers:
        raise InvalidInput.at("data", f"has nobody with: {', '.join(absent_markers)}")
    people = _training_people(population, _followed(population, plan))
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
        If the file is no such study population or nobody of the surveys 1 to 6 with a PhenoAge died.
    """
    population = nhanes.load_validation(path)
    people = _training_people(
        population, _followed(population, plan) & (population.wave > nhanes.NHANES_3)
    )
    if people.follow_up.died[people.tested()].sum() < FEWEST_TESTED_DEATHS:
        raise InvalidInput.at("validation", "has nobody of the surveys 1 to 6 who died")
    return people


def pooled(third: People, later: People) -> People:
    """Both as one; a marker that one lacks is missing there."""
    keys = dict.fromkeys([*third.table.columns, *later.table.columns])
    columns = {
        key: np.concatenate([third.table.column(key), later.table.column(key)]) for key in keys
    }
    columns_of_both = {
        name: np.concatenate([getattr(third, name), getattr(later, name)])
        for name in ("wave", "ethnicity", "has_phenoage")
    }
    follow_up = {
        name: np.concatenate([mine, vars(later.follow_up)[name]])
        for name, mine in vars(third.follow_up).items()
    }
    both_hashes = f"{third.sha256} {later.sha256}".encode()
    return People(
        table=Table(columns, np.concatenate([third.age, later.age])),
        follow_up=FollowUp(**follow_up),
        **columns_of_both,
        sha256=hashlib.sha256(both_hashes).hexdigest(),
    )


def _has_phenoage(population: StudyPopulation) -> BoolArray:
    """As published with the file, else by having all its markers."""
    if "phenoage0" in population.published and np.isfinite(population.published["phenoage0"]).any():
        return np.isfinite(population.published["phenoage0"])
    columns = np.stack([population.table.column(key) for key in PHENOAGE_MARKERS])
    return np.asarray(np.isfinite(columns).all(axis=0))


def _followed(population: StudyPopulation, plan: Plan) -> BoolArray:
    age, (first, last) = population.age_years, plan.ages
    has_outcome = np.isfinite(population.died) & np.isfinite(population.table.column("sex"))
    return has_outcome & (population.time_months > 0) & (age >= first) & (age <= last)


def _training_people(population: StudyPopulation, chosen: BoolArray) -> People:
    selected = population.rows(chosen)
    male = selected.table.column("sex")
    return People(
        table=selected.table,
        follow_up=FollowUp(selected.time_months, selected.died, selected.age_years, male),
        wave=selected.wave,
        ethnicity=selected.ethnicity,
        has_phenoage=_has_phenoage(selected),
        sha256=selected.sha256,
    )
