"""SAS transport files (XPORT, .XPT), in which NHANES is published."""

import warnings
from pathlib import Path

import pandas as pd
from agelens.domain.errors import InvalidInput

SMALLEST = 1e-70  # pandas reads the zero of a transport file as 5.4e-79


def read_transport(path: Path) -> pd.DataFrame:
    """A SAS transport file as a frame; SEQN must name each person once.

    Raises
    ------
    InvalidInput
        Naming `data`: if it is no such file, or a damaged one.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # pandas only warns of a file that was cut off
            frame = pd.read_sas(path, format="xport", encoding="iso-8859-1")
    except Exception as error:  # a damaged file makes pandas raise whatever it stumbles upon
        reason = " ".join(str(error).split()) or "it is empty"
        message = f"{path.name} is no readable SAS transport file: {reason}"
        raise InvalidInput.at("data", message) from error
    if "SEQN" not in frame or frame["SEQN"].isna().any() or frame["SEQN"].duplicated().any():
        raise InvalidInput.at("data", f"{path.name} does not name each person once by SEQN")
    numbers = frame.select_dtypes("number")
    return numbers.mask(numbers.abs() < SMALLEST, 0.0).set_index("SEQN")
