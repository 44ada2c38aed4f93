"""Compare the shipped clocks on one study population: coverage, agreement and mortality."""

from collections.abc import Mapping
from pathlib import Path

from model_training.comparison.agreement import (
    Agreement,
    adjusted_advances,
    ages_of,
    agreement,
    ahead_of_age,
    limits,
)
from model_training.comparison.clock_predictions import (
    YEARS,
    ClockPredictions,
    load_study_population,
    missing_counts,
    predictions_of,
    predictions_of_all,
    scored_by_survey,
    scored_counts,
    who_is_scored,
)
from model_training.comparison.deaths import (
    deaths_by_fifth,
    mortality,
    mortality_figures,
    mortality_table,
    why_no_deaths,
)
from model_training.survival.comparison import ClockFigures

__all__ = [
    "YEARS",
    "Agreement",
    "ClockPredictions",
    "adjusted_advances",
    "ages_of",
    "agreement",
    "ahead_of_age",
    "deaths_by_fifth",
    "limits",
    "load_study_population",
    "missing_counts",
    "mortality",
    "mortality_figures",
    "mortality_table",
    "predictions_of",
    "predictions_of_all",
    "scored_by_survey",
    "scored_counts",
    "who_is_scored",
    "why_no_deaths",
    "write_tables",
]


def write_tables(
    out: str | Path,
    predictions: Mapping[str, ClockPredictions],
    agreed: Agreement,
    compared: Mapping[str, ClockFigures],
) -> list[Path]:
    """The tables as files of a folder, made when absent, for programs to read.

    `mortality.csv` is missing when nothing was compared.
    """
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "who_is_scored": scored_counts(predictions),
        "missing_markers": missing_counts(predictions),
        "correlation": agreed.correlation,
        "mean_difference": agreed.mean_difference,
        "spread_of_difference": agreed.spread_of_difference,
        "limits_of_agreement": limits(predictions),
    }
    if compared:
        tables["mortality"] = mortality_figures(compared)
    for name, table in tables.items():
        named = table if table.index.names[0] else table.rename_axis("clock")
        named.to_csv(folder / f"{name}.csv", lineterminator="\n")
    return [folder / f"{name}.csv" for name in tables]
