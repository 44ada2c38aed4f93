"""Association of the clocks with mortality, on the same people."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from agelens.domain.errors import InvalidInput

from model_training.comparison.agreement import adjusted_advances
from model_training.comparison.clock_predictions import ClockPredictions
from model_training.datasets.nhanes import StudyPopulation
from model_training.mortality_association import follow_up, followed
from model_training.survival.auc import TEN_YEARS
from model_training.survival.comparison import Bootstrap, ClockFigures, Figure, compare
from model_training.survival.kaplan_meier import survival_at
from model_training.survival.table import COLUMNS

FIFTHS = 5
REFERENCES = ("mortality-age", "phenoage")  # the first that applies


def mortality(
    predictions: Mapping[str, ClockPredictions],
    population: StudyPopulation,
    *,
    reference: str | None = None,
    draws: int = 100,
) -> dict[str, ClockFigures]:
    """How well the clocks that apply order deaths, against a reference on the same people.

    The reference is the first of `REFERENCES` that applies, unless it is named.

    Raises
    ------
    InvalidInput
        If nobody of the study population was followed as the protocol wants.
    """
    is_followed = followed(population)
    applying = {name: each for name, each in predictions.items() if each.applies}
    reference = reference or next(name for name in (*REFERENCES, *applying) if name in applying)
    applying = {reference: applying[reference]} | applying  # it comes first
    return compare(
        follow_up(population.rows(is_followed)),
        {name: each.prediction[is_followed] for name, each in applying.items()},
        reference=reference,
        advances={name: each.advance[is_followed] for name, each in applying.items()},
        bootstrap=Bootstrap(n_draws=draws),
    )


def why_no_deaths(population: StudyPopulation) -> str:
    """Why a study population says nothing of who dies; empty when it does."""
    try:
        followed(population)
    except InvalidInput:
        return (
            "Nothing is said here of this cohort: it holds nobody of NHANES IV, surveys 1 to 6, with "
            "PhenoAge's nine markers and follow-up."
        )
    return ""


def deaths_by_fifth(
    predictions: Mapping[str, ClockPredictions],
    population: StudyPopulation,
    horizon_months: float = TEN_YEARS,
) -> pd.DataFrame:
    """The share who died within ten years, by fifth of the advance adjusted for age by sex.

    One column per clock that applies, one row per fifth, from the youngest for their age; Kaplan-Meier
    on the people of the protocol.
    """
    followed_people = population.rows(followed(population))
    ahead = adjusted_advances(predictions, population)
    shares = {}
    for name, advance in ahead.items():
        advances = advance[followed(population)]
        scored = np.isfinite(advances)
        people, order = followed_people.rows(scored), np.argsort(advances[scored], kind="stable")
        shares[name] = [
            1 - survival_at(people.time_months[fifth], people.died[fifth], horizon_months)
            for fifth in np.array_split(order, FIFTHS)
        ]
    return pd.DataFrame(shares, index=range(1, FIFTHS + 1)).rename_axis("fifth")


def mortality_table(compared: Mapping[str, ClockFigures]) -> pd.DataFrame:
    """The figures with their 95 % intervals as text, one row per clock."""
    rows = {
        name: {"people": f"{clock.n_people:,}", "deaths": f"{clock.n_deaths:,}"}
        | {label: figure_text(clock.figures.get(key)) for key, label in COLUMNS.items()}
        | {ahead_in_c(compared): figure_text(clock.ahead, sign="+")}
        for name, clock in compared.items()
    }
    return pd.DataFrame(rows).T.rename_axis("clock")


def mortality_figures(compared: Mapping[str, ClockFigures]) -> pd.DataFrame:
    """The same for programs: one row per clock and figure, with the ends of its 95 % interval.

    `reference_ahead_c` is how much higher the C of the reference is, on the same people.
    """
    rows = [
        {"clock": name, "people": clock.n_people, "deaths": clock.n_deaths, "figure": key}
        | {"value": figure.value, "low": figure.low, "high": figure.high}
        for name, clock in compared.items()
        for key, figure in {**clock.figures, "reference_ahead_c": clock.ahead}.items()
        if figure is not None
    ]
    return pd.DataFrame(rows).set_index(["clock", "figure"])


def ahead_in_c(compared: Mapping[str, ClockFigures]) -> str:
    """The heading of the column that compares with the reference."""
    reference = next(name for name, clock in compared.items() if clock.ahead is None)
    return f"{reference} ahead in C by"


def figure_text(figure: Figure | None, sign: str = "") -> str:
    """A figure with its interval."""
    if figure is None:
        return "-"
    value, low, high = (f"{each:{sign}.3f}" for each in vars(figure).values())
    return f"{value} ({low} to {high})"
