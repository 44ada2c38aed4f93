"""Tables of the training notebook."""

import numpy as np
import pandas as pd
from agelens.clocks.base import FloatArray, IntArray
from agelens.clocks.kinds.additive_mortality import score_columns
from agelens.clocks.marker_tables import surface
from agelens.clocks.mortality_requirements import NORMAL_90
from agelens.domain.registry import biomarker

from model_training.mortality.clock_comparison import ClockComparison
from model_training.mortality.training import Training
from model_training.survival.comparison import Figure, FollowUp
from model_training.survival.kaplan_meier import survival_curve
from model_training.survival.table import COLUMNS

FIFTHS = ("youngest fifth", "second", "middle", "fourth", "oldest fifth")
POINTS = 120


def importances(training: Training) -> pd.Series:
    """The mean absolute contribution of every marker where it was measured, years; largest first."""
    people, value_knots = training.people, training.parameters.knots
    columns = value_knots.columns(people.table, slice(None))
    years = surface(training.parameters.years, value_knots.cells(columns, people.age, people.male))
    sizes = np.where(np.isnan(columns), np.nan, np.abs(years))
    by_marker = pd.Series(np.nanmean(sizes, axis=1), index=list(value_knots.features), name="years")
    return by_marker.sort_values(ascending=False)


def marker_function(
    training: Training, key: str, age_years: float, male: float
) -> tuple[FloatArray, FloatArray]:
    """A marker's values within its limits, and what each contributes at an age, in years."""
    value_knots = training.parameters.knots
    marker = value_knots.features.index(key)
    values = np.linspace(value_knots.low[marker], value_knots.high[marker], POINTS)
    columns = np.broadcast_to(values, (len(value_knots.features), POINTS))
    cells = value_knots.cells(columns, np.full(POINTS, age_years), np.full(POINTS, male))
    return values, surface(training.parameters.years, cells)[marker]


def candidates_table(training: Training) -> pd.DataFrame:
    """The candidates and how likely they made what happened to people held out; best first."""
    likelihoods = pd.Series(training.selection.likelihoods).sort_values(ascending=False)
    behind = likelihoods - likelihoods.iloc[0]
    return pd.DataFrame({"log likelihood, nats": likelihoods, "behind the best": behind.round(2)})


def subgroups_table(training: Training) -> pd.DataFrame:
    """C and ten-year calibration in groups of people."""
    rows = {
        each.name: {
            "people": f"{each.n_people:,}",
            "deaths": f"{each.n_deaths:,}",
            "C": f"{each.c:.3f}",
            "C of PhenoAge": "-" if each.c_phenoage is None else f"{each.c_phenoage:.3f}",
            "predicted": f"{each.predicted:.1%}",
            "observed": f"{each.observed:.1%}",
            "ratio": f"{each.ratio:.2f}",
        }
        for each in training.subgroups
    }
    return pd.DataFrame(rows).T.rename_axis("people of")


def comparison_frame(comparison: ClockComparison) -> pd.DataFrame:
    """One row per clock, every figure with its interval."""
    rows = {}
    for name, clock in comparison.clocks.items():
        figures = {title: _figure_text(clock.figures.get(key)) for key, title in COLUMNS.items()}
        figures["mortality-age ahead in C by"] = _figure_text(clock.ahead, sign="+")
        rows[name] = {"people": f"{clock.n_people:,}", "deaths": f"{clock.n_deaths:,}", **figures}
    return pd.DataFrame(rows).T.rename_axis("clock")


def missing_table(training: Training) -> pd.DataFrame:
    """What is left of a prediction when markers are missing."""
    rows = {
        each.n_missing: {
            "C in strata": round(each.stratified_c, 3),
            "left of what markers add, %": round(100 * each.left, 1),
            "error, years": round(each.error_years, 2),
            "inside the interval, %": round(100 * each.inside, 1),
            "inside its missing part, %": round(100 * each.inside_part, 1),
        }
        for each in training.missing.by_count
    }
    return pd.DataFrame(rows).T.rename_axis("markers missing")


def unit(key: str) -> str:
    """A marker's unit as people write it."""
    unit_text = biomarker(key).unit.replace("umol", "µmol")
    return unit_text.replace("10^9", "10⁹").replace("10^12", "10¹²")


def markers_table(training: Training) -> pd.DataFrame:
    """Every marker with its unit, limits, how it is read and what it weighs; heaviest first."""
    value_knots, weights = training.parameters.knots, importances(training)
    rows = {
        value_knots.features[marker]: {
            "marker": biomarker(value_knots.features[marker]).label,
            "unit": biomarker(value_knots.features[marker]).unit,
            "counts from": value_knots.low[marker],
            "to": value_knots.high[marker],
            "read as": "logarithm" if value_knots.logarithm[marker] else "as it is",
        }
        for marker in range(len(value_knots.features))
    }
    frame = pd.DataFrame(rows).T.loc[weights.index]
    return frame.assign(**{"weight, years": weights.round(2)})


def shown_markers(training: Training) -> pd.DataFrame:
    """The same by the marker's label, with units as people write them."""
    frame = markers_table(training)
    return frame.assign(unit=[unit(key) for key in frame.index]).set_index("marker")


def survival_by_fifth(comparison: ClockComparison) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Months and the share alive, for each fifth of the advance adjusted for age and sex."""
    rows = np.isfinite(comparison.years)
    people, years = comparison.people.follow_up.rows(rows), comparison.years[rows]
    fifth = pd.qcut(adjusted_advance(people, years), 5, labels=False)
    return {
        name: survival_curve(people.time_months[fifth == number], people.died[fifth == number])
        for number, name in enumerate(FIFTHS)
    }


def adjusted_advance(people: FollowUp, years: FloatArray) -> FloatArray:
    """What is left of the advance after its line in age, by sex; years."""
    advance = years - people.age_years
    for of_sex in (people.male == 1, people.male == 0):
        if of_sex.sum() > 1:
            slope, level = np.polyfit(people.age_years[of_sex], advance[of_sex], 1)
            advance[of_sex] -= level + slope * people.age_years[of_sex]
    return advance


def interval_widths(training: Training, rows: IntArray) -> FloatArray:
    """How wide the interval of some of the training people is, years."""
    people = training.people.rows(rows)
    columns = training.parameters.knots.columns(people.table, slice(None))
    scored = score_columns(training.parameters, columns, people.age, people.male)
    return 2 * NORMAL_90 * np.sqrt(scored.variance)


def _figure_text(figure: Figure | None, sign: str = "") -> str:
    if figure is None:
        return "-"
    value, low, high = (f"{each:{sign}.3f}" for each in (figure.value, figure.low, figure.high))
    return f"{value} ({low} to {high})"
