"""Labels and text formatting of the cohort pages."""

import math
from collections.abc import Sequence

STATUSES = {
    "draft": "Draft",
    "queued": "Waiting",
    "running": "Scoring",
    "succeeded": "Done",
    "failed": "Failed",
    "canceled": "Canceled",
}
NAMINGS = {
    "agelens": "AgeLens (as in the template)",
    "kaggle": "Kaggle's biological age data",
    "bioage-r": "The R package BioAge (NHANES)",
}
FORMATS = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet", "json": "JSON"}
KINDS = {
    "csv": "CSV",
    "excel": "Excel",
    "parquet": "Parquet",
    "json": "JSON",
    "stata": "Stata",
    "spss": "SPSS",
    "sas": "SAS",
    "feather": "Feather",
}
KILO = 1000


def counted(number: int, thing: str, things: str | None = None) -> str:
    """ "1 row", "2,000 rows"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def size(count: int) -> str:
    """About how many bytes: "1.1 GB"."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "kB")):
        if count >= KILO**power:
            tenths = math.floor(10 * count / KILO**power) / 10  # a limit is not said to be more
            return f"{tenths:g} {unit}"
    return counted(count, "byte")


def sentence(text: str) -> str:
    """Words as a sentence."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def inside(label: str) -> str:
    """A label in the middle of a sentence: small, but for abbreviations."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def joined(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
