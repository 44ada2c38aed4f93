"""Labels and text formatting of the cohort pages."""

import math
from collections.abc import Sequence

from agelens.charts import count, plain
from agelens.languages import N_, _, ngettext, pgettext

STATUSES = {
    "draft": N_("Draft"),
    "queued": N_("Waiting"),
    "running": N_("Scoring"),
    "succeeded": N_("Done"),
    "failed": N_("Failed"),
    "canceled": N_("Canceled"),
}
NAMINGS = {
    "agelens": N_("AgeLens (as in the template)"),
    "kaggle": N_("Kaggle's biological age data"),
    "bioage-r": N_("The R package BioAge (NHANES)"),
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


def rows(number: int) -> str:
    """ "1 row", "2,000 rows"."""
    return ngettext("{n} row", "{n} rows", number, n=count(number))


def columns(number: int) -> str:
    """ "1 column", "2,000 columns"."""
    return ngettext("{n} column", "{n} columns", number, n=count(number))


def size(n_bytes: int) -> str:
    """About how many bytes: "1.1 GB"."""
    for power, unit in ((3, N_("{n} GB")), (2, N_("{n} MB")), (1, N_("{n} kB"))):
        if n_bytes >= KILO**power:
            tenths = math.floor(10 * n_bytes / KILO**power) / 10  # a limit is not said to be more
            return _(unit, n=plain(tenths))
    return ngettext("{n} byte", "{n} bytes", n_bytes, n=count(n_bytes))


def sentence(text: str) -> str:
    """Words as a sentence."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '…')) else '.'}"


def joined(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)}{pgettext('list', ' and ')}{last}" if first else last


def example_rows(numbers: Sequence[int], n_rows: int) -> str:
    """Some of the rows that something is about: "3, 8, 30, …"."""
    row_numbers = ", ".join(map(count, numbers))
    return f"{row_numbers}, …" if n_rows > len(numbers) else row_numbers
