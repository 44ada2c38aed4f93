"""All shipped clocks on one cohort: whom each can score, how they agree, and who dies."""

from collections.abc import Mapping
from pathlib import Path

from model_training.comparison.agreement import (
    Agreement,
    adjusted_advances,
    agreement,
    ahead_of_age,
)
from model_training.comparison.deaths import deaths_by_fifth, mortality, mortality_table
from model_training.comparison.told import (
    YEARS,
    Told,
    load_cohort,
    scored_by_survey,
    told_by,
    told_by_all,
    who_is_scored,
)
from model_training.survival.comparison import ClockFigures

__all__ = [
    "YEARS",
    "Agreement",
    "Told",
    "adjusted_advances",
    "agreement",
    "ahead_of_age",
    "deaths_by_fifth",
    "load_cohort",
    "mortality",
    "mortality_table",
    "scored_by_survey",
    "told_by",
    "told_by_all",
    "who_is_scored",
    "write_tables",
]


def write_tables(
    out: str | Path,
    told: Mapping[str, Told],
    agreed: Agreement,
    compared: Mapping[str, ClockFigures],
) -> list[Path]:
    """The tables as files of a folder, made when absent."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "who_is_scored": who_is_scored(told),
        "correlation": agreed.correlation,
        "mean_difference": agreed.mean_difference,
        "mortality": mortality_table(compared),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", lineterminator="\n")
    return [folder / f"{name}.csv" for name in tables]
