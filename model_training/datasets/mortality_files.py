"""The public-use linked mortality files of the National Center for Health Statistics.

Fixed width, one line per person; columns of the releases of 2015 and 2019, counted from 1:
SEQN 1-6, ELIGSTAT 15, MORTSTAT 16, UCOD_LEADING 17-19, PERMTH_INT 43-45, PERMTH_EXM 46-48. A point or
nothing is missing. Earlier releases have other columns and are refused.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from agelens.domain.errors import InvalidInput

from model_training.datasets.bioage_columns import CAUSES_NOT_COUNTED, FIRST_YEARS

NAME = re.compile(r"NHANES_(\d{4})_(\d{4})_MORT_(\d{4})_PUBLIC\.DAT", re.IGNORECASE)
RELEASES = {"2015": 8, "2019": 10}  # and the last survey that each links
COLUMNS = {
    "SEQN": (0, 6),
    "eligstat": (14, 15),
    "mortstat": (15, 16),
    "ucod_leading": (16, 19),
    "permth_int": (42, 45),
    "time": (45, 48),
}
ELIGIBLE_CODES = (1, 2, 3)


def find_mortality_files(files: Iterable[Path], waves: Iterable[int]) -> dict[int, Path]:
    """The mortality file of each survey: one release, and either of all surveys that it links or of none.

    Raises
    ------
    InvalidInput
        Naming `data`: if the files are of several releases or an unknown one, or one is absent.
    """
    files_by_wave: dict[str, dict[int, Path]] = {}
    wave_of = {str(year): wave for wave, year in FIRST_YEARS.items() if wave}
    for path in files:
        name = NAME.fullmatch(path.name)
        if name and name[1] in wave_of:
            files_by_wave.setdefault(name[3], {})[wave_of[name[1]]] = path
    if not files_by_wave:
        return {}
    if len(files_by_wave) > 1 or not set(files_by_wave) <= set(RELEASES):
        message = f"needs mortality files of one release, 2015 or 2019; found: {', '.join(sorted(files_by_wave))}"
        raise InvalidInput.at("data", message)
    [(release, linked)] = files_by_wave.items()
    _check_complete(release, linked, waves)
    return linked


def read_mortality(path: Path) -> pd.DataFrame:
    """Follow-up by SEQN under the R package's names: `time` is in months from the examination.

    `status` counts accidents, influenza and "other" as alive, as the package does; `mortstat` counts
    every death.

    Raises
    ------
    InvalidInput
        Naming `data`: if the lines are not those of a linked mortality file.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        rows = [
            [_number(line[first:end]) for first, end in COLUMNS.values()]
            for line in lines
            if line.strip()
        ]
    except ValueError as error:
        raise InvalidInput.at(
            "data", f"{path.name} is no linked mortality file: {error}"
        ) from error
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype="float64")
    if frame.empty or not frame["eligstat"].isin(ELIGIBLE_CODES).all():
        message = (
            f"{path.name} is no linked mortality file: ELIGSTAT in column 15 must be 1, 2 or 3"
        )
        raise InvalidInput.at("data", message)
    if frame["SEQN"].isna().any() or frame["SEQN"].duplicated().any():
        raise InvalidInput.at("data", f"{path.name} does not name each person once by SEQN")
    not_counted = frame["ucod_leading"].isin(CAUSES_NOT_COUNTED)
    return frame.assign(status=frame["mortstat"].mask(not_counted, 0.0)).set_index("SEQN")


def _number(cell: str) -> float:
    cell = cell.strip()
    return float(cell) if cell not in {"", "."} else float("nan")


def _check_complete(release: str, linked: dict[int, Path], waves: Iterable[int]) -> None:
    absent = [wave for wave in waves if wave <= RELEASES[release] and wave not in linked]
    if absent:
        names = ", ".join(mortality_name(wave, release) for wave in absent)
        raise InvalidInput.at("data", f"lacks mortality files: {names}")


def mortality_name(wave: int, release: str) -> str:
    """What the agency calls the file of a survey."""
    year = FIRST_YEARS[wave]
    return f"NHANES_{year}_{year + 1}_MORT_{release}_PUBLIC.dat"
