"""How clocks go with dying, on the same people."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from model_training.comparison.agreement import adjusted_advances
from model_training.comparison.told import Told
from model_training.datasets.nhanes import Cohort
from model_training.mortality_association import follow_up, followed
from model_training.survival.auc import TEN_YEARS
from model_training.survival.comparison import Bootstrap, ClockFigures, Figure, compare
from model_training.survival.kaplan_meier import survival_at
from model_training.survival.table import COLUMNS

FIFTHS = 5


def mortality(
    told: Mapping[str, Told], cohort: Cohort, *, reference: str = "phenoage", draws: int = 100
) -> dict[str, ClockFigures]:
    """How well the clocks that apply order deaths, against a reference on the same people.

    Raises
    ------
    InvalidInput
        If nobody of the cohort was followed as the protocol wants.
    """
    kept = followed(cohort)
    applying = {name: each for name, each in told.items() if each.applies}
    applying = {reference: applying[reference]} | applying  # it comes first
    return compare(
        follow_up(cohort.rows(kept)),
        {name: each.prediction[kept] for name, each in applying.items()},
        reference=reference,
        advances={name: each.advance[kept] for name, each in applying.items()},
        bootstrap=Bootstrap(n_draws=draws),
    )


def deaths_by_fifth(
    told: Mapping[str, Told], cohort: Cohort, horizon_months: float = TEN_YEARS
) -> pd.DataFrame:
    """The share who died within ten years, by fifth of the advance adjusted for age by sex.

    One column per clock that applies, one row per fifth, from the youngest for their age; Kaplan-Meier
    on the people of the protocol.
    """
    kept = cohort.rows(followed(cohort))
    ahead = adjusted_advances(told, cohort)
    shares = {}
    for name, advance in ahead.items():
        own = advance[followed(cohort)]
        scored = np.isfinite(own)
        people, order = kept.rows(scored), np.argsort(own[scored], kind="stable")
        shares[name] = [
            1 - survival_at(people.time_months[fifth], people.died[fifth], horizon_months)
            for fifth in np.array_split(order, FIFTHS)
        ]
    return pd.DataFrame(shares, index=range(1, FIFTHS + 1)).rename_axis("fifth")


def mortality_table(compared: Mapping[str, ClockFigures]) -> pd.DataFrame:
    """The figures with their 95 % intervals as text, one row per clock."""
    rows = {
        name: {"people": f"{clock.n_people:,}", "deaths": f"{clock.n_deaths:,}"}
        | {label: _figure(clock.figures.get(key)) for key, label in COLUMNS.items()}
        | {"reference ahead in C by": _figure(clock.ahead)}
        for name, clock in compared.items()
    }
    return pd.DataFrame(rows).T.rename_axis("clock")


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"
