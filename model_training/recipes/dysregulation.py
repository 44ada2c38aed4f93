"""Train `dysregulation`: the mean and the covariance of young healthy people, by sex."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from agelens.clocks.base import BoolArray, Clock
from agelens.clocks.kinds import dysregulation
from agelens.clocks.manifests import PARAMETERS, json_bytes
from agelens.clocks.marker_transforms import MarkerTransform, columns_of
from agelens.domain.registry import biomarker
from agelens.domain.units import find_unit

from model_training import bundle
from model_training.cards.dysregulation import SexDistribution, card
from model_training.cards.measured_figures import report
from model_training.datasets import nhanes
from model_training.datasets.nhanes import StudyPopulation
from model_training.nhanes_training import (
    TITLE,
    complete,
    enough,
    feature_entries,
    first_try,
    load_nhanes_3,
    mortality,
    rounded,
    sexes_of,
    write,
)

NAME = "dysregulation"
VERSION = "1.0.0"
DOI = "10.1016/j.mad.2013.01.004"
AGES = (20, 30)
OBESE_BMI = 30
LEAST_PEOPLE = 30  # of each sex; nine markers have 45 variances and covariances
TRANSFORMS = (
    MarkerTransform("albumin"),
    MarkerTransform("creatinine"),
    MarkerTransform("glucose"),
    MarkerTransform("crp", 0.1, "log1p"),  # ln(1 + mg/dL)
    MarkerTransform("lymphocytes"),
    MarkerTransform("mean_cell_volume"),
    MarkerTransform("red_cell_width"),
    MarkerTransform("alkaline_phosphatase"),
    MarkerTransform("white_cells"),
)
# Clinical ranges in the units in which they are stated: of women, of men.
RANGES = {
    "albumin": ("g/dL", (3.5, 5), (3.5, 5)),
    "creatinine": ("mg/dL", (0.6, 1.1), (0.8, 1.3)),
    "glucose": ("mg/dL", (60, 100), (60, 100)),
    "crp": ("mg/dL", (0, 2), (0, 2)),
    "lymphocytes": ("%", (20, 40), (20, 40)),
    "mean_cell_volume": ("fL", (78, 101), (82, 102)),
    "red_cell_width": ("%", (11.5, 14.5), (11.5, 14.5)),
    "alkaline_phosphatase": ("U/L", (37, 98), (45, 115)),
    "white_cells": ("10^9/L", (4.5, 11), (4.5, 11)),
}
WHOLE_RANGE = 1e-9  # a value at the limit stays inside after its unit was converted


def train(
    data: Path,
    out: Path,
    say: Callable[[str], None] = print,
    version: str = VERSION,
    *,
    validation: Path | None = None,
) -> dict[str, bytes]:
    """Train on NHANES III, measure, write the bundle directory.

    Raises
    ------
    InvalidInput
        If a file is no study population or holds too few people, the version cannot be one, or the directory
        holds anything but a bundle.
    """
    bundle.check(out, version)
    everybody = load_nhanes_3(data)
    people = everybody.rows(healthy(everybody))
    for choice, of_sex in sexes_of(people).items():
        enough(people.rows(of_sex), LEAST_PEOPLE, f"young healthy people of sex {choice}")
    say(f"{len(people):,} people of NHANES III are young and healthy")
    distribution_by_sex = fit(people)
    files = {
        PARAMETERS: json_bytes(
            {
                "markers": [transform.describe() for transform in TRANSFORMS],
                "sexes": distribution_by_sex,
            }
        )
    }
    manifest = document(people, version)
    metrics = measure(first_try(manifest, files), people, validation, say)
    bundle_files = write(
        out, manifest, files, metrics, card(TRANSFORMS, RANGES, distribution_by_sex, metrics)
    )
    say(f"Wrote {NAME} {version} to {out}\n")
    say(report(NAME, metrics))
    return bundle_files


def healthy(population: StudyPopulation) -> BoolArray:
    """Ages 20 to 30, not obese, not known to be pregnant, every marker in its clinical range."""
    of_age = (population.age_years >= AGES[0]) & (population.age_years <= AGES[1])
    is_healthy = of_age & (population.table.column("bmi") < OBESE_BMI) & (population.pregnant != 1)
    for key, (unit, *ranges) in RANGES.items():
        is_healthy &= _in_range(population, key, unit, ranges)
    return np.asarray(is_healthy & complete(population, TRANSFORMS))


def _in_range(
    population: StudyPopulation, key: str, unit: str, ranges: list[tuple[float, float]]
) -> BoolArray:
    conversion = find_unit(biomarker(key).units, unit)
    if conversion is None:
        raise ValueError(f"{key}: the registry has no unit {unit}")
    values = (population.table.column(key) - conversion.offset) / conversion.factor
    inside = np.zeros(len(population), dtype=bool)
    for of_sex, (low, high) in zip(sexes_of(population).values(), ranges, strict=True):
        within = (values >= low - WHOLE_RANGE) & (values <= high + WHOLE_RANGE)
        inside |= of_sex & within
    return inside


def fit(people: StudyPopulation) -> dict[str, SexDistribution]:
    """Mean and covariance of each sex's transformed values, as the bundle holds them."""
    values = columns_of(people.table, TRANSFORMS)
    distribution_by_sex: dict[str, SexDistribution] = {}
    for choice, of_sex in sexes_of(people).items():
        values_of_sex = values[of_sex]
        mean = values_of_sex.mean(axis=0)
        deviations = values_of_sex - mean
        covariance = np.array(
            [[(first * second).sum() for second in deviations.T] for first in deviations.T]
        ) / (len(values_of_sex) - 1)
        distribution_by_sex[choice] = {
            "mean": rounded(mean).tolist(),
            "covariance": rounded(covariance).tolist(),
            "n_people": int(of_sex.sum()),
        }
    return distribution_by_sex


def measure(
    clock: Clock, people: StudyPopulation, validation: Path | None, say: Callable[[str], None]
) -> dict[str, object]:
    """Everything the manifest and the card say, by docs/protocols/dysregulation.md."""
    quartiles = np.quantile(clock.score(people.table).prediction, (0.25, 0.5, 0.75))
    metrics: dict[str, object] = {
        "reference_people_quartiles": [round(float(distance), 2) for distance in quartiles]
    }
    if validation is not None:
        say("Measuring on the validation file ...")
        metrics["mortality"] = mortality(
            clock, nhanes.load_validation(validation), derived="log_hd"
        )
    return metrics


def document(people: StudyPopulation, version: str) -> dict[str, object]:
    """The manifest, without metrics and hashes."""
    markers = [transform.feature for transform in TRANSFORMS]
    return {
        "name": NAME,
        "version": version,
        "title": "Homeostatic dysregulation",
        "kind": dysregulation.KIND,
        "unit": "SD",
        "price": 5,
        "needs_age": False,
        "features": feature_entries(people, markers, markers_required=True, sex="required"),
        "explanation": {
            "game": (
                "The value of a set of markers is the distance of somebody who has these markers "
                "and, of the others, exactly the average of the young and healthy of that sex. "
                "Exact Shapley values over all 512 sets."
            ),
            "base_meaning": (
                "0, the distance of somebody whose markers are exactly the average of young healthy "
                "people of that sex"
            ),
        },
        "interval": {
            "level": None,
            "method": (
                "none: the distance is computed from the answers, not estimated; it is as sure as "
                "the measurements are"
            ),
        },
        "training_data": {"title": TITLE, "n_people": len(people), "sha256": people.sha256},
        "libraries": bundle.libraries(),
    }
