"""People made up in the shape of NHANES, as the R package BioAge cleans it, with their follow-up.

They die by a Gompertz hazard of age, sex and some markers. What is missing is missing as in the
surveys: whole examinations, whole blood samples, markers that a survey did not measure.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from agelens.clocks.base import BoolArray, FloatArray

from model_training.datasets import bioage_columns as columns
from model_training.datasets.generated.follow_up import follow_up
from model_training.datasets.generated.markers import draw

SHARE_OF_MEN = 0.48
YOUNGEST = 20
PREGNANT_AGES, PREGNANT_SHARE = (20, 44), 0.08
LEAST_PULSE = 15  # mmHg
CRP_FLOOR_III = 0.21  # mg/dL, the smallest value that NHANES III reports
NO_EXAMINATION, NO_BLOOD, NO_COUNT, NOT_MEASURED = 0.07, 0.05, 0.03, 0.01
FASTING = 0.45  # triglycerides were measured in those who came fasting, after NHANES III
NO_CRP, NO_GGT = (7, 8), (1,)
SPIROMETRY = (0, 5, 6, 7)
PREGNANCY_NOT_ASKED = 0.1  # NHANES III only
BLOOD = (*columns.CHEMISTRY, *columns.LIPIDS, "crp")


def generate_nhanes(
    path: Path, people: int, seed: int, waves: Sequence[int] = (columns.NHANES_III,)
) -> Path:
    """Write a frame of made-up people; the same arguments give the same bytes.

    Parameters
    ----------
    path : Path
        CSV if it ends in `.csv`, else Parquet.
    people : int
        How many, over all waves.
    seed : int
    waves : sequence of int
        0 is NHANES III, followed for 240 months; 1 to 10 are the surveys from 1999 on. The last two
        have no linkage to deaths.
    """
    frame = nhanes_frame(people, seed, waves)
    if path.suffix.lower() == ".csv":
        frame.to_csv(path, index=False, lineterminator="\n")
    else:
        frame.to_parquet(path, index=False)
    return path


def nhanes_frame(people: int, seed: int, waves: Sequence[int]) -> pd.DataFrame:
    """Made-up people under the column names of the R package BioAge, shape (people, n_columns)."""
    rng = np.random.default_rng(seed)
    wave = np.sort(np.array(waves)[rng.integers(len(waves), size=people)])
    age = _ages(rng, wave)
    male = rng.random(people) < SHARE_OF_MEN
    markers = draw(rng, age, male)
    frame = pd.DataFrame(
        {
            "wave": wave.astype(float),
            "year": np.array([columns.FIRST_YEARS[each] for each in wave], dtype=float),
            "gender": np.where(male, 1.0, 2.0),
            "age": age,
            "pregnant": _pregnant(rng, wave, age, male),
            **markers.columns,
        }
    )
    frame["sampleID"] = columns.sample_id(frame["year"], pd.Series(np.arange(people) + 1))
    frame["weight"] = (frame["bmi"] * (frame["height"] / 100) ** 2).round(2)
    frame["dbp"] = np.minimum(frame["dbp"], frame["sbp"] - LEAST_PULSE)
    floor = np.where(wave == columns.NHANES_III, CRP_FLOOR_III, 0.0)
    frame["crp"] = np.maximum(frame["crp"], floor)
    examined = rng.random(people) >= NO_EXAMINATION
    deaths = follow_up(rng, wave, age, male, markers.log_hazard, examined)
    frame = _leave_out(rng, frame.assign(**deaths), examined)
    return columns.with_derived(frame[list(columns.MEASURED)])


def _ages(rng: np.random.Generator, wave: FloatArray) -> FloatArray:
    """Whole years; fewer of the old, and the oldest under one top code, which differs by survey."""
    age = np.floor(YOUNGEST + 75 * rng.beta(1.0, 1.4, size=len(wave)))
    top = np.select([wave == columns.NHANES_III, wave <= 4], [90.0, 85.0], 80.0)
    lower: FloatArray = np.minimum(age, top)
    return lower


def _pregnant(
    rng: np.random.Generator, wave: FloatArray, age: FloatArray, male: BoolArray
) -> FloatArray:
    fertile = ~male & (age >= PREGNANT_AGES[0]) & (age <= PREGNANT_AGES[1])
    pregnant = (fertile & (rng.random(len(age)) < PREGNANT_SHARE)).astype(float)
    not_asked = (wave == columns.NHANES_III) & (rng.random(len(age)) < PREGNANCY_NOT_ASKED)
    return np.where(not_asked, np.nan, pregnant)


def _leave_out(rng: np.random.Generator, frame: pd.DataFrame, examined: BoolArray) -> pd.DataFrame:
    """Nothing measured without an examination, no blood without a sample, and single gaps."""
    wave = frame["wave"].to_numpy()
    bled = examined & (rng.random(len(frame)) >= NO_BLOOD)
    counted = bled & (rng.random(len(frame)) >= NO_COUNT)
    measured_by_column = dict.fromkeys(columns.BODY, examined)
    measured_by_column |= dict.fromkeys((*BLOOD, "hba1c"), bled)
    measured_by_column |= dict.fromkeys(columns.BLOOD_COUNT, counted)
    measured_by_column["crp"] = bled & ~np.isin(wave, NO_CRP)
    measured_by_column["ggt"] = bled & ~np.isin(wave, NO_GGT)
    measured_by_column["fev"] = examined & np.isin(wave, SPIROMETRY)
    fasting = rng.random(len(frame)) < FASTING
    measured_by_column["trig"] = bled & ((wave == columns.NHANES_III) | fasting)
    for name, is_measured in measured_by_column.items():
        is_measured = is_measured & (rng.random(len(frame)) >= NOT_MEASURED)
        frame[name] = frame[name].where(is_measured)
    return frame
