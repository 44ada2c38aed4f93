"""A folder of NHANES public files, 1999-2000 to 2017-2018, as a frame like the R package BioAge's.

`nhanes_variables` says which variable goes where. As in the R package: adults of 20 and over, the
linked mortality file beside its survey (or none at all), creatinine standardised across surveys.
Unlike there, values more than five standard deviations from the mean stay.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from agelens.domain.errors import InvalidInput

from model_training.datasets import bioage_columns as columns
from model_training.datasets.mortality_files import find_mortality_files, read_mortality
from model_training.datasets.nhanes_variables import (
    COMPONENTS,
    CONVERSIONS,
    DEMOGRAPHY,
    Component,
)
from model_training.datasets.transport_files import read_transport

SOURCE = (
    "they come from the National Center for Health Statistics, wwwn.cdc.gov/nchs/nhanes, and its "
    "linked mortality files from the same agency"
)
ADULT_YEARS = 20
PREGNANT = 1  # the code of RIDEXPRG; unsure and not asked count as no
NHANES_III_FILES = ("adult.dat", "exam.dat", "lab.dat")
PRESSURES = ("sbp", "dbp")
DESIGN = ("ethnicity", "survey_weight")  # where the demography file has them
ETHNICITY = {3: 1, 4: 2, 1: 3, 2: 4, 5: 4}  # of RIDRETH1, as the R package's frames code it
FIRST_FOUR_YEARS = (1, 2)  # whose weights are those of both surveys together


def read_folder(folder: Path) -> tuple[pd.DataFrame, str]:
    """The people of every survey in a folder or in folders in it, and the SHA-256 of the files read.

    Raises
    ------
    InvalidInput
        Naming `data`: if a file is absent, twice there, damaged or of a survey not known here, or a
        file lacks a variable.
    """
    paths = (*folder.glob("*"), *folder.glob("*/*"))
    files = sorted(path for path in paths if path.is_file())
    tables = _by_stem(files)
    waves = [wave for wave, stem in DEMOGRAPHY.files.items() if stem in tables]
    _check_surveys(files, tables, waves)
    deaths = find_mortality_files(files, waves)
    read_files: list[Path] = []
    people = [_survey(wave, tables, deaths.get(wave), read_files) for wave in waves]
    frame = pd.concat(people, ignore_index=True)
    if frame.empty:
        raise InvalidInput.at("data", f"the folder has nobody of {ADULT_YEARS} years or more")
    digest = hashlib.sha256()
    for path in read_files:
        digest.update(path.name.upper().encode() + b"\0" + path.read_bytes())
    return columns.with_derived(frame), digest.hexdigest()


def _by_stem(files: Iterable[Path]) -> dict[str, Path]:
    tables: dict[str, Path] = {}
    for path in files:
        if path.suffix.lower() != ".xpt":
            continue
        if other := tables.get(path.stem.upper()):
            raise InvalidInput.at("data", f"{path.stem}.XPT is there twice: {other} and {path}")
        tables[path.stem.upper()] = path
    return tables


def _check_surveys(files: list[Path], tables: dict[str, Path], waves: list[int]) -> None:
    known_surveys = set(DEMOGRAPHY.files.values())
    unknown = [s for s in tables if re.search(r"(^|_)DEMO(_|$)", s) and s not in known_surveys]
    if unknown:
        message = (
            f"{unknown[0]}.XPT is of a survey that is not known here (1999-2000 to 2017-2018 are)"
        )
        raise InvalidInput.at("data", message)
    if waves:
        return
    if any(path.name.lower() in NHANES_III_FILES for path in files):
        message = (
            "NHANES III's own fixed-width files are not read; "
            "use NHANES3.rda of the R package BioAge, or the same frame as Parquet or CSV"
        )
        raise InvalidInput.at("data", message)
    examples = ", ".join(f"{stem}.XPT" for stem in known_files(1)[:3])
    message = f"the folder has no NHANES files (such as {examples}, ... of 1999-2000); {SOURCE}"
    raise InvalidInput.at("data", message)


def known_files(wave: int) -> list[str]:
    """The files that a survey must have, by their names without suffix."""
    parts = (DEMOGRAPHY, *COMPONENTS)
    return list(dict.fromkeys(p.files[wave] for p in parts if p.required and wave in p.files))


def _survey(
    wave: int, tables: dict[str, Path], deaths: Path | None, read_files: list[Path]
) -> pd.DataFrame:
    year = columns.FIRST_YEARS[wave]
    if absent := [f"{stem}.XPT" for stem in known_files(wave) if stem not in tables]:
        message = f"{year}-{year + 1} lacks the files: {', '.join(absent)}; {SOURCE}"
        raise InvalidInput.at("data", message)
    parts = [part for part in COMPONENTS if part.files.get(wave) in tables]
    stems = dict.fromkeys(part.files[wave] for part in (DEMOGRAPHY, *parts))
    tables_by_stem = {stem: read_transport(tables[stem]) for stem in stems}
    read_files += [tables[stem] for stem in stems]
    people = _columns(DEMOGRAPHY, wave, tables_by_stem).join(
        _design(wave, tables_by_stem[DEMOGRAPHY.files[wave]])
    )
    people = people[people["age"] >= ADULT_YEARS]
    people["pregnant"] = (people["pregnant"] == PREGNANT).astype(float)
    frame = pd.concat(
        [people, *(_columns(p, wave, tables_by_stem).reindex(people.index) for p in parts)], axis=1
    )
    if deaths is not None:
        read_files.append(deaths)
        frame = frame.join(_follow_up(deaths, frame.index))
    frame = frame.reset_index().assign(wave=float(wave), year=float(year))
    frame["sampleID"] = columns.sample_id(frame["year"], frame["SEQN"])
    design = [name for name in DESIGN if name in frame]
    return frame.reindex(columns=[*columns.MEASURED, *design, *(["mortstat"] if deaths else [])])


def _design(wave: int, demography: pd.DataFrame) -> pd.DataFrame:
    """Who somebody is among the population, as far as the file says.

    Weights of two years add up to the population in each survey. Those of 1999-2002 are made of both
    surveys' four-year weights, doubled, for their two-year weights were computed for another census.

    Source
    ------
    National Center for Health Statistics, NHANES Analytic Guidelines, 1999-2010, section 2.
    """
    by_column = {}
    if "RIDRETH1" in demography:
        by_column["ethnicity"] = demography["RIDRETH1"].map(ETHNICITY)
    if wave in FIRST_FOUR_YEARS and "WTMEC4YR" in demography:
        by_column["survey_weight"] = 2 * demography["WTMEC4YR"]
    elif "WTMEC2YR" in demography:
        by_column["survey_weight"] = demography["WTMEC2YR"]
    return pd.DataFrame(by_column, index=demography.index)


def _follow_up(path: Path, people: pd.Index) -> pd.DataFrame:
    follow_up = read_mortality(path)
    if len(people) and not people.isin(follow_up.index).any():
        raise InvalidInput.at("data", f"{path.name} is of other people than its survey's DEMO file")
    return follow_up


def _columns(part: Component, wave: int, tables_by_stem: dict[str, pd.DataFrame]) -> pd.DataFrame:
    stem = part.files[wave]
    table, by_column = tables_by_stem[stem], {}
    for column, variables in part.names(wave).items():
        if absent := [name for name in variables if name not in table]:
            message = f"{stem}.XPT lacks the variables: {', '.join(absent)} ({part.title})"
            raise InvalidInput.at("data", message)
        values = table[list(variables)].mean(axis=1)
        factor, offset = CONVERSIONS.get((column, wave), (1.0, 0.0))
        values = values * factor + offset
        by_column[column] = values.mask(values == 0) if column in PRESSURES else values
    return pd.DataFrame(by_column)
