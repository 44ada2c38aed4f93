"""Train `kdm`, the Klemera-Doubal age: a regression on age for each sex, and s_BA."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from agelens.clocks.base import BoolArray, Clock, FloatArray
from agelens.clocks.kinds import klemera_doubal
from agelens.clocks.kinds.klemera_doubal import Lines, lines_from_json
from agelens.clocks.manifests import PARAMETERS, REFERENCE, json_bytes
from agelens.clocks.marker_transforms import MarkerTransform, columns_of, places_of_sex

from model_training import bundle
from model_training.cards.klemera_doubal import SexLines, card
from model_training.cards.measured_figures import report
from model_training.datasets import nhanes
from model_training.datasets.nhanes import StudyPopulation
from model_training.folds import k_folds
from model_training.gap_reference import summarise
from model_training.nhanes_training import (
    SEXES,
    TITLE,
    complete,
    enough,
    equality,
    feature_entries,
    first_try,
    load_nhanes_3,
    mortality,
    rounded,
    sexes_of,
    write,
)

NAME = "kdm"
VERSION = "1.0.0"
DOI = "10.1016/j.mad.2005.10.004"
AGES = (30, 75)
LEAST_PEOPLE = 100  # with all markers, of each sex
MAY_MISS = 2
FOLDS, SEED = 5, 20261101
TRANSFORMS = (
    MarkerTransform("fev1"),
    MarkerTransform("systolic_bp"),
    MarkerTransform("total_cholesterol"),
    MarkerTransform("hba1c"),
    MarkerTransform("albumin"),
    MarkerTransform("creatinine"),
    MarkerTransform("crp", 0.1, "log1p"),  # ln(1 + mg/dL)
    MarkerTransform("alkaline_phosphatase"),
    MarkerTransform("urea_nitrogen"),
)
REFERENCE_NAME = "NHANES III, ages 30 to 75, predicted out of fold, same sex, within 5 years"


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
    people = everybody.rows(learned_from(everybody))
    complete_people = people.rows(complete(people, TRANSFORMS))
    for choice, of_sex in sexes_of(complete_people).items():
        enough(
            complete_people.rows(of_sex), LEAST_PEOPLE, f"people of sex {choice} with all markers"
        )
    say(
        f"{len(people):,} people of NHANES III, {len(complete_people):,} of them with all nine markers"
    )
    lines_by_sex = fit(people)
    files = {
        PARAMETERS: json_bytes(
            {
                "markers": [transform.describe() for transform in TRANSFORMS],
                "sexes": lines_by_sex,
                "may_miss": MAY_MISS,
            }
        ),
        REFERENCE: json_bytes(gap_reference(people)),
    }
    manifest = document(people, version)
    metrics = measure(first_try(manifest, files), everybody, validation, say)
    text = card(TRANSFORMS, lines_by_sex, residual_correlation(complete_people), metrics)
    bundle_files = write(out, manifest, files, metrics, text)
    say(f"Wrote {NAME} {version} to {out}\n")
    say(report(NAME, metrics))
    return bundle_files


def learned_from(population: StudyPopulation) -> BoolArray:
    """Ages 30 to 75 and not known to be pregnant; men were not asked and stay."""
    of_age = (population.age_years >= AGES[0]) & (population.age_years <= AGES[1])
    return np.asarray(of_age & (population.pregnant != 1))


def fit(people: StudyPopulation) -> dict[str, SexLines]:
    """Fit the lines and s_BA of each sex, as the bundle holds them."""
    sex = places_of_sex(people.table)
    values = columns_of(people.table, TRANSFORMS)
    lines_by_sex: dict[str, SexLines] = {}
    for code, choice in enumerate(SEXES):
        values_of_sex, age = values[sex == code], people.age_years[sex == code]
        lines = np.array([_line(age, column) for column in values_of_sex.T])
        variance = _variance(age, values_of_sex, lines)
        intercept, slope, sd, _ = lines.T
        lines_by_sex[choice] = {
            "intercept": rounded(intercept).tolist(),
            "slope": rounded(slope).tolist(),
            "sd": rounded(sd).tolist(),
            "variance": float(f"{variance:.14g}"),
        }
    return lines_by_sex


def _line(age: FloatArray, values: FloatArray) -> tuple[float, float, float, float]:
    """Intercept, slope, residual SD and correlation of a marker on age, of those who have it."""
    is_measured = ~np.isnan(values)
    middle, level = age[is_measured].mean(), values[is_measured].mean()
    from_middle, from_level = age[is_measured] - middle, values[is_measured] - level
    slope = (from_middle * from_level).sum() / (from_middle**2).sum()
    residual_sum = ((from_level - slope * from_middle) ** 2).sum()
    correlation = slope * np.sqrt((from_middle**2).sum() / (from_level**2).sum())
    return (
        level - slope * middle,
        slope,
        np.sqrt(residual_sum / (is_measured.sum() - 2)),
        correlation,
    )


def _variance(age: FloatArray, values: FloatArray, lines: FloatArray) -> float:
    """s_BA squared, years squared.

    Source
    ------
    Klemera & Doubal, Mechanisms of Ageing and Development 2006; who lacks a marker is left out.
    """
    intercept, slope, sd, correlation = lines.T
    is_complete = ~np.isnan(values).any(axis=1)
    per_sd = slope / sd
    estimate = ((values[is_complete] - intercept) * per_sd / sd).sum(axis=1) / (per_sd**2).sum()
    spread = (estimate - age[is_complete]).var(ddof=1)
    r = np.abs(per_sd * correlation).sum() / np.abs(per_sd).sum()
    return float(spread - (1 - r**2) / r**2 * np.ptp(age) ** 2 / (12 * len(slope)))


def residual_correlation(people: StudyPopulation) -> float:
    """The mean absolute correlation between two markers at a given age, over both sexes."""
    values = columns_of(people.table, TRANSFORMS)
    correlations = []
    for of_sex in sexes_of(people).values():
        values_of_sex, age = values[of_sex], people.age_years[of_sex]
        lines = np.array([_line(age, column) for column in values_of_sex.T])
        residuals = values_of_sex - lines[:, 0] - lines[:, 1] * age[:, np.newaxis]
        pairs = np.triu_indices(len(TRANSFORMS), 1)
        correlations.append(np.abs(np.corrcoef(residuals.T)[pairs]))
    return float(np.mean(correlations))


def out_of_fold(people: StudyPopulation) -> FloatArray:
    """Everybody's age from lines fitted to the others, years, shape (n_people,); NaN if incomplete."""
    predicted = np.full(len(people), np.nan)
    for train_rows, held_rows in k_folds(len(people), FOLDS, SEED):
        lines: Lines = lines_from_json(fit(people.rows(train_rows)), len(TRANSFORMS))
        held_out = people.rows(held_rows)
        values, sex = columns_of(held_out.table, TRANSFORMS), places_of_sex(held_out.table)
        predicted[held_rows] = held_out.age_years + lines.advance(
            values, held_out.age_years, sex
        ).sum(axis=1)
    predicted[~complete(people, TRANSFORMS)] = np.nan
    return predicted


def gap_reference(people: StudyPopulation) -> dict[str, object]:
    """The gaps of people who have all markers, as summaries."""
    predicted = out_of_fold(people)
    is_complete = ~np.isnan(predicted)
    ranked = people.rows(is_complete)
    return summarise(
        REFERENCE_NAME, predicted[is_complete][np.newaxis], ranked.age_years, sexes_of(ranked)
    )


def measure(
    clock: Clock, nhanes_3: StudyPopulation, validation: Path | None, say: Callable[[str], None]
) -> dict[str, object]:
    """Everything the manifest and the card say, by docs/protocols/kdm.md."""
    equal = {"NHANES III": equality(clock, nhanes_3, "kdm0")}
    metrics: dict[str, object] = {"equal_to_kdm0": equal}
    if validation is not None:
        say("Measuring on the validation file ...")
        validation_people = nhanes.load_validation(validation)
        equal["validation"] = equality(clock, validation_people, "kdm0")
        metrics["mortality"] = mortality(clock, validation_people)
    return metrics


def document(people: StudyPopulation, version: str) -> dict[str, object]:
    """The manifest, without metrics and hashes."""
    markers = [transform.feature for transform in TRANSFORMS]
    return {
        "name": NAME,
        "version": version,
        "title": "Klemera-Doubal biological age",
        "kind": klemera_doubal.KIND,
        "unit": "years",
        "price": 5,
        "needs_age": True,
        "features": feature_entries(people, markers, markers_required=False, sex="required"),
        "explanation": {
            "game": (
                "The value of a set of markers is the Klemera-Doubal age of this person if only "
                "these deviate from the average of that age and sex. It is linear in the markers, "
                "so each one's exact Shapley value is its own weighted deviation."
            ),
            "base_meaning": "the person's chronological age",
        },
        "interval": {
            "level": None,
            "method": (
                "none: the method's own error assumes markers that are independent at a given age, "
                "which they are not, and no measurement says what somebody's biological age really is"
            ),
        },
        "training_data": {"title": TITLE, "n_people": len(people), "sha256": people.sha256},
        "seed": SEED,
        "libraries": bundle.libraries(),
    }
