"""NHANES as the R package BioAge cleaned it, in canonical units.

Its traps: `status` counts accidents, influenza and pneumonia, and "other" as alive, so deaths are
rebuilt from the cause of death, in NHANES III up to month 240, where its follow-up ends.
`glucose`, `albumin` and `creat` stand beside columns in other units. `pregnant` is missing for men.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from agelens.clocks.base import BoolArray, FloatArray, IntArray, Table
from agelens.domain.errors import InvalidInput
from agelens.domain.registry import Alias, Biomarker, age_column, biomarkers
from agelens.domain.units import find_unit

from model_training.datasets import validation_file
from model_training.datasets.bioage_frames import read_frame
from model_training.datasets.nhanes_folder import read_folder

COLUMNS = "bioage-r"
CENSORED_MONTHS_3 = 240  # causes of death are stated beyond, too
NHANES_3 = 0  # its number in the column `wave`; the continuous surveys are 1 to 10
PUBLISHED = ("kdm0", "phenoage0")
WEIGHTS = ("survey_weight", "WTMEC2YR", "WTPFEX6")  # of the examined, as folders and frames call it
PHENOAGE_MARKERS = (
    "albumin",
    "creatinine",
    "glucose",
    "crp",
    "lymphocytes",
    "mean_cell_volume",
    "red_cell_width",
    "alkaline_phosphatase",
    "white_cells",
)


@dataclass(frozen=True)
class StudyPopulation:
    """People with their follow-up.

    Attributes
    ----------
    table : Table
        Biomarkers by registry key, canonical units; sex as its place among the choices.
    wave : ndarray of float64, shape (n_people,)
        0 is NHANES III, 1 to 10 are the surveys from 1999-2000 to 2017-2018.
    pregnant : ndarray of float64, shape (n_people,)
        1, 0, or NaN where it was not asked.
    time_months : ndarray of float64, shape (n_people,)
        From the examination to death or the end of follow-up; NaN without linkage.
    status : ndarray of float64, shape (n_people,)
        1 dead, 0 alive, as in the file.
    died : ndarray of float64, shape (n_people,)
        1 dead of any cause within `time_months`, 0 alive, NaN without linkage.
    ethnicity : ndarray of float64, shape (n_people,)
        As the file codes it: 1 white, 2 black, 3 Mexican American, 4 other; NaN where it does not.
    published : mapping of str to ndarray of float64, shape (n_people,)
        Clocks that the file holds already, in years.
    sha256 : str
        Of the file's bytes.
    weight : ndarray of float64, shape (n_people,)
        How many people of the population a person stands for, in any unit; NaN where the file does
        not say.
    """

    table: Table
    wave: FloatArray
    pregnant: FloatArray
    time_months: FloatArray
    status: FloatArray
    died: FloatArray
    ethnicity: FloatArray
    published: dict[str, FloatArray]
    sha256: str
    weight: FloatArray

    def __len__(self) -> int:
        return len(self.table)

    @property
    def age_years(self) -> FloatArray:
        """Chronological age, shape (n_people,); top-coded at 90, 85 or 80 by survey."""
        return self.table.chronological_age

    def rows(self, chosen: BoolArray | IntArray) -> "StudyPopulation":
        """Some of the people, by mask or by place."""
        columns = {key: column[chosen] for key, column in self.table.columns.items()}
        return replace(
            self,
            table=Table(columns, self.table.chronological_age[chosen]),
            wave=self.wave[chosen],
            pregnant=self.pregnant[chosen],
            time_months=self.time_months[chosen],
            status=self.status[chosen],
            died=self.died[chosen],
            ethnicity=self.ethnicity[chosen],
            published={name: years[chosen] for name, years in self.published.items()},
            weight=self.weight[chosen],
        )


def load(path: Path) -> StudyPopulation:
    """Read a study population: a frame of the R package BioAge, or a folder of NHANES public files.

    Raises
    ------
    InvalidInput
        If there is neither, it cannot be read, or lacks what every study population has.
    """
    if path.is_dir():
        return study_population_of(*read_folder(path))
    if not path.is_file():
        raise InvalidInput.at("data", f"there is no file {path}")
    return study_population_of(read_frame(path), hashlib.sha256(path.read_bytes()).hexdigest())


def load_validation(path: Path) -> StudyPopulation:
    """Read the study population that a trained clock is measured on.

    Raises
    ------
    InvalidInput
        As `load`, of the field `validation`; or if it is NHANES III, which every clock here learns
        from.
    """
    with validation_file():
        population = load(path)
    if len(population) and (population.wave == NHANES_3).all():
        raise InvalidInput.at(
            "validation",
            "is NHANES III (wave 0), which the clock learns from; it takes NHANES IV, surveys 1 to 6",
        )
    return population


def study_population_of(frame: pd.DataFrame, sha256: str) -> StudyPopulation:
    """The study population of a frame with the columns of the R package BioAge.

    Raises
    ------
    InvalidInput
        If age, sex or survey is missing, or a column that must be numbers is not.
    """
    required = ("gender", age_column(COLUMNS), "wave")
    if absent := [name for name in required if name not in frame]:
        raise InvalidInput.at("data", f"is no NHANES frame, it lacks: {', '.join(absent)}")
    columns = {}
    for key, entry in biomarkers().items():
        alias = _alias_in(entry, frame)
        if alias is not None:
            columns[key] = _canonical(entry, alias, _numbers(frame, alias.name))
    wave, status = _numbers(frame, "wave"), _numbers(frame, "status")
    return StudyPopulation(
        table=Table(columns, _numbers(frame, age_column(COLUMNS))),
        wave=wave,
        pregnant=_numbers(frame, "pregnant"),
        time_months=_numbers(frame, "time"),
        status=status,
        died=_died(frame, wave, status),
        ethnicity=_numbers(frame, "ethnicity"),
        published={name: _numbers(frame, name) for name in PUBLISHED if name in frame},
        sha256=sha256,
        weight=_numbers(frame, next((name for name in WEIGHTS if name in frame), WEIGHTS[0])),
    )


def _alias_in(entry: Biomarker, frame: pd.DataFrame) -> Alias | None:
    """Of several columns for one biomarker, the one that its registry entry names first."""
    aliases = (alias for alias in entry.aliases if alias.columns == COLUMNS)
    return next((alias for alias in aliases if alias.name in frame), None)


def _canonical(entry: Biomarker, alias: Alias, numbers: FloatArray) -> FloatArray:
    if entry.kind == "choice":
        return _choice_indices(entry, alias, numbers)
    if alias.transform == "expm1":
        numbers = np.expm1(numbers)
    unit = find_unit(entry.units, alias.unit)
    if unit is None:
        raise ValueError(f"{entry.key}: the registry has no unit {alias.unit}")
    return numbers * unit.factor + unit.offset


def _choice_indices(entry: Biomarker, alias: Alias, numbers: FloatArray) -> FloatArray:
    indices = np.full(len(numbers), np.nan)
    for code, choice in alias.codes:
        indices[numbers == float(code)] = entry.choices.index(choice)
    return indices


def _numbers(frame: pd.DataFrame, name: str) -> FloatArray:
    if name not in frame:
        return np.full(len(frame), np.nan)
    try:
        return frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InvalidInput.at("data", f"column {name} must be numbers: {error}") from error


def _died(frame: pd.DataFrame, wave: FloatArray, status: FloatArray) -> FloatArray:
    """Deaths of all causes: counted as such in the public files, rebuilt from the cause in the frames."""
    caused = ~np.isnan(_numbers(frame, "ucod_leading"))
    within = (_numbers(frame, "time") < CENSORED_MONTHS_3) | (wave != NHANES_3)
    dead = (caused & within) | ((wave == NHANES_3) & (status == 1))
    died = np.where(np.isnan(status), np.nan, dead.astype(float))
    counted_deaths = _numbers(frame, "mortstat")
    return np.where(np.isnan(counted_deaths), died, counted_deaths)
