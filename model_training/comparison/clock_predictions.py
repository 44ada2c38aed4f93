"""Predictions of every shipped clock on one study population, and whom it cannot score."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from agelens.clocks.base import Clock, FloatArray
from agelens.clocks.bundles import SHIPPED, is_newer, load_clock, read_bundle
from agelens.clocks.manifests import manifest_document
from agelens.domain.registry import biomarker

from model_training.datasets import locate, nhanes
from model_training.datasets.nhanes import StudyPopulation

SAMPLE_SEED = 20261123
YEARS = "years"
LOG_FORM = "log_hd"
LATER = "NHANES IV"


@dataclass(frozen=True)
class ClockPredictions:
    """The predictions of one clock on a study population.

    Attributes
    ----------
    prediction : ndarray of float64, shape (n_people,)
        In the clock's unit; NaN where there is none.
    advance : ndarray of float64, shape (n_people,)
        Prediction minus age; of a clock in another unit its logarithm, or the number itself.
    absent : tuple of str
        The markers of the clock that nobody of the study population has.
    missing : mapping of str to int
        Of the people without a prediction, how many lack each marker; most frequent first.
    """

    name: str
    version: str
    title: str
    unit: str
    prediction: FloatArray
    advance: FloatArray
    absent: tuple[str, ...]
    missing: Mapping[str, int]

    @property
    def applies(self) -> bool:
        """Whether the study population measured all that the clock reads, in somebody at least."""
        return not self.absent


def load_study_population(data: str | Path, people: int | None = None) -> StudyPopulation:
    """A study population, or a random sample of it that is always the same.

    Raises
    ------
    InvalidInput
        If it cannot be read.
    """
    population = nhanes.load(locate(data, downloads=False))
    if people is None or people >= len(population):
        return population
    sample = np.random.default_rng(SAMPLE_SEED).choice(len(population), size=people, replace=False)
    return population.rows(np.sort(sample))


def predictions_of_all(population: StudyPopulation) -> dict[str, ClockPredictions]:
    """Every shipped clock on a study population: of each the newest version that did not learn from NHANES IV."""
    newest: dict[str, str] = {}
    clocks: dict[str, Clock] = {}
    for directory in SHIPPED:
        files, (name, version) = read_bundle(directory), directory.parts[-2:]
        if _learned_from_later(files) or not is_newer(version, newest.get(name, "")):
            continue
        newest[name], clocks[name] = version, load_clock(files)
    return {name: predictions_of(clock, population) for name, clock in clocks.items()}


def _learned_from_later(files: Mapping[str, bytes]) -> bool:
    """Whether its people are those on whom clocks are compared; it would look better than it is."""
    return LATER in manifest_document(files)["training_data"]["title"]


def predictions_of(clock: Clock, population: StudyPopulation) -> ClockPredictions:
    """One clock on a study population."""
    manifest, table = clock.manifest, population.table
    scores = clock.score(table)
    prediction = scores.prediction.copy()
    prediction[list(scores.errors)] = np.nan
    lacks = {key: np.isnan(table.column(key)) for key in manifest.informative}
    unscored = np.isnan(prediction)
    counts = {key: int((lack & unscored).sum()) for key, lack in lacks.items()}
    other = scores.derived.get(LOG_FORM, prediction)
    return ClockPredictions(
        name=manifest.name,
        version=manifest.version,
        title=manifest.title,
        unit=manifest.unit,
        prediction=prediction,
        advance=prediction - population.age_years if manifest.unit == YEARS else other,
        absent=tuple(key for key, lack in lacks.items() if lack.all()),
        missing=dict(sorted(((k, n) for k, n in counts.items() if n), key=lambda kn: -kn[1])),
    )


def who_is_scored(predictions: Mapping[str, ClockPredictions]) -> pd.DataFrame:
    """One row per clock: how many people it scores, and what it lacks."""
    rows = [
        {
            "clock": f"{each.name} {each.version}",
            "unit": each.unit,
            "people": len(each.prediction),
            "scored": int(np.isfinite(each.prediction).sum()),
            "not in this cohort": ", ".join(biomarker(key).label for key in each.absent) or "-",
            "most often missing where there is no number": _most_missing(each),
        }
        for each in predictions.values()
    ]
    return pd.DataFrame(rows).set_index("clock")


def _most_missing(predictions: ClockPredictions) -> str:
    first = list(predictions.missing.items())[:3]
    return ", ".join(f"{biomarker(key).label} ({count:,})" for key, count in first) or "-"


def scored_counts(predictions: Mapping[str, ClockPredictions]) -> pd.DataFrame:
    """The same for programs: one row per clock."""
    rows = [
        {
            "clock": each.name,
            "version": each.version,
            "unit": each.unit,
            "people": len(each.prediction),
            "scored": int(np.isfinite(each.prediction).sum()),
            "applies": each.applies,
        }
        for each in predictions.values()
    ]
    return pd.DataFrame(rows).set_index("clock")


def missing_counts(predictions: Mapping[str, ClockPredictions]) -> pd.DataFrame:
    """For programs: of the people whom a clock does not score, how many lack each marker."""
    rows = [
        (each.name, key, count)
        for each in predictions.values()
        for key, count in each.missing.items()
    ]
    return pd.DataFrame(rows, columns=["clock", "marker", "people"]).set_index("clock")


def scored_by_survey(
    predictions: Mapping[str, ClockPredictions], population: StudyPopulation
) -> pd.DataFrame:
    """The share of each survey's people whom each clock scores; surveys by their number."""
    shares = {name: np.isfinite(each.prediction) for name, each in predictions.items()}
    return pd.DataFrame(shares).groupby(population.wave).mean().rename_axis("survey")
