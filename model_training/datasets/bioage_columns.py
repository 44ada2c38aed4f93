"""The column names of the R package BioAge, and the columns that follow from others.

`creat` is standardised across surveys there and `pulse` is pulse pressure; the logarithms are of one
plus the value, except `lnhba1c`, which after NHANES III is the plain logarithm.
"""

import numpy as np
import pandas as pd

PEOPLE = ("sampleID", "year", "wave", "gender", "age", "pregnant")
BODY = ("height", "weight", "waist", "bmi", "sbp", "dbp", "fev")
CHEMISTRY = ("albumin", "alp", "bun", "creat", "glucose", "ttbl", "uap", "ggt")
LIPIDS = ("totchol", "hdl", "trig")
BLOOD_COUNT = ("lymph", "mcv", "rbc", "rdw", "wbc")
FOLLOW_UP = ("eligstat", "status", "ucod_leading", "permth_int", "time")
MEASURED = (*PEOPLE, *BODY, *CHEMISTRY, *LIPIDS, *BLOOD_COUNT, "crp", "hba1c", *FOLLOW_UP)

CREATININE_UMOL = 88.4017  # umol/L in one mg/dL
GLUCOSE_MMOL = 0.0555  # mmol/L in one mg/dL, as the R package rounds it
NHANES_III = 0
FIRST_YEARS = {0: 1991, **{wave: 1997 + 2 * wave for wave in range(1, 11)}}
# The cause counts as not aged: accidents, influenza and pneumonia, all other causes.
CAUSES_NOT_COUNTED = (4, 8, 10)


def with_derived(frame: pd.DataFrame) -> pd.DataFrame:
    """The measured columns and all that follow from them.

    Parameters
    ----------
    frame : DataFrame
        The columns of `MEASURED`: albumin in g/dL; creat, glucose, bun, ttbl, uap, lipids and crp in
        mg/dL; alp and ggt in U/L; pressures in mmHg; lengths in cm; fev in mL.
    """
    natural = frame["wave"] == NHANES_III
    derived = {
        "albumin_gL": frame["albumin"] * 10,
        "creat_umol": frame["creat"] * CREATININE_UMOL,
        "glucose_mmol": frame["glucose"] * GLUCOSE_MMOL,
        "fev_1000": frame["fev"] / 1000,
        "meanbp": frame["dbp"] + (frame["sbp"] - frame["dbp"]) / 3,
        "pulse": frame["sbp"] - frame["dbp"],
    }
    frame = frame.assign(**derived)
    logarithms = ("albumin", "alp", "bun", "creat", "creat_umol", "uap", "crp")
    logs = {f"ln{name}": np.log1p(frame[name]) for name in logarithms if name != "albumin"}
    return frame.assign(**logs, lnhba1c=np.log(frame["hba1c"] + natural))


def sample_id(year: pd.Series, sequence_number: pd.Series) -> pd.Series:
    """The survey's first year and the person's number in it, written one after the other."""
    return (year.astype(int).astype(str) + sequence_number.astype(int).astype(str)).astype(float)
