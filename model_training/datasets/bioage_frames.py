"""Frames of the R package BioAge: its own .rda files, or copies as .rds, Parquet or CSV.

.rda and .rds are read by the library rdata, which interprets them and runs nothing that they hold.
"""

import warnings
from pathlib import Path

import pandas as pd
from agelens.domain.errors import InvalidInput

SUFFIXES = (".parquet", ".csv", ".rda", ".rdata", ".rds")
REQUIRED_COLUMNS = ("gender", "age", "wave")
FILES = "NHANES3.rda or NHANES4.rda of the R package BioAge, or such a frame as Parquet or CSV"


def read_frame(path: Path) -> pd.DataFrame:
    """The people of a file under the package's column names.

    Raises
    ------
    InvalidInput
        Naming `data`: if it is no such file, cannot be read, or holds no or several such frames.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidInput.at("data", f"{path.name} is none of: {', '.join(SUFFIXES)} ({FILES})")
    try:
        frame = _read_table(path, suffix)
    except InvalidInput:
        raise
    except Exception as error:  # a damaged file makes rdata raise whatever it stumbles upon
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InvalidInput.at("data", f"{path.name} cannot be read: {reason}") from error
    if absent := [name for name in REQUIRED_COLUMNS if name not in frame]:
        raise InvalidInput.at(
            "data", f"{path.name} is no NHANES frame, it lacks: {', '.join(absent)} ({FILES})"
        )
    if frame.empty:
        raise InvalidInput.at("data", f"{path.name} has no people")
    return frame


def _read_table(path: Path, suffix: str) -> pd.DataFrame:
    if suffix == ".parquet":
        return pd.read_parquet(path)
    if suffix == ".csv":
        return pd.read_csv(path)
    return _one_frame(path, _read_objects(path, suffix))


def _read_objects(path: Path, suffix: str) -> dict[str, object]:
    """What an R file holds, by name; an .rds file has one object without a name."""
    try:
        import rdata  # only these formats need it
    except ModuleNotFoundError as error:
        message = f"reading {suffix} needs the package rdata: install agelens[train]"
        raise InvalidInput.at("data", message) from error
    with warnings.catch_warnings():
        # that a tibble is read as the data frame it is
        warnings.simplefilter("ignore", UserWarning)
        if suffix == ".rds":
            return {path.stem: rdata.read_rds(path)}
        return dict(rdata.read_rda(path))


def _one_frame(path: Path, objects: dict[str, object]) -> pd.DataFrame:
    frames = {name: each for name, each in objects.items() if isinstance(each, pd.DataFrame)}
    if len(frames) != 1:
        names = ", ".join(frames) or "none"
        raise InvalidInput.at("data", f"{path.name} must hold one data frame; it holds: {names}")
    return next(iter(frames.values())).reset_index(drop=True)
