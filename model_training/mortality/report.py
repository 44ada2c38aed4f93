"""Tables of the training notebook."""

import numpy as np
import pandas as pd
from agelens.clocks.base import FloatArray, IntArray
from agelens.clocks.kinds.gompertz import score_columns
from agelens.domain.registry import biomarker

from model_training.mortality.clock_comparison import Measured
from model_training.mortality.training import Training
from model_training.survival.comparison import Figure, FollowUp
from model_training.survival.kaplan_meier import survival_curve
from model_training.survival.table import COLUMNS

FIFTHS = ("youngest fifth", "second", "middle", "fourth", "oldest fifth")
POINTS = 120


def importances(training: Training) -> pd.Series:
    """The mean absolute contribution of every marker where it was measured, years; largest first."""
    people, parameters = training.people, training.parameters
    columns = parameters.peer_model.columns(people.table)
    years = score_columns(parameters, columns, people.age, people.male).contributions
    known = np.where(np.isnan(columns), np.nan, np.abs(years))
    named = pd.Series(np.nanmean(known, axis=1), index=list(parameters.features), name="years")
    return named.sort_values(ascending=False)


def marker_function(
    training: Training, key: str, age_years: float, male: float
) -> tuple[FloatArray, FloatArray]:
    """A marker's values within its limits, and what each contributes at an age, in years."""
    parameters = training.parameters
    place = parameters.features.index(key)
    low, high = parameters.peer_model.low[place], parameters.peer_model.high[place]
    values = np.linspace(low, high, POINTS)
    columns = np.full((len(parameters.features), POINTS), np.nan)
    columns[place] = values
    whose = np.full(POINTS, age_years), np.full(POINTS, male)
    return values, score_columns(parameters, columns, *whose).contributions[place]


def candidates_table(training: Training) -> pd.DataFrame:
    """The candidates and how likely they made what happened to people held out; best first."""
    likelihoods = pd.Series(training.candidates).sort_values(ascending=False)
    behind = likelihoods - likelihoods.iloc[0]
    return pd.DataFrame({"log likelihood, nats": likelihoods, "behind the best": behind.round(2)})


def comparison_frame(measured: Measured) -> pd.DataFrame:
    """One row per clock, every figure with its interval."""
    rows = {}
    for name, clock in measured.clocks.items():
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
        }
        for each in training.missing
    }
    return pd.DataFrame(rows).T.rename_axis("markers missing")


def unit(key: str) -> str:
    """A marker's unit as people write it."""
    written = biomarker(key).unit.replace("umol", "µmol")
    return written.replace("10^9", "10⁹").replace("10^12", "10¹²")


def markers_table(training: Training) -> pd.DataFrame:
    """Every marker with its unit, limits, how it is read and what it weighs; heaviest first."""
    peer_model, weights = training.parameters.peer_model, importances(training)
    rows = {
        peer_model.features[place]: {
            "marker": biomarker(peer_model.features[place]).label,
            "unit": biomarker(peer_model.features[place]).unit,
            "counts from": peer_model.low[place],
            "to": peer_model.high[place],
            "read as": "logarithm" if peer_model.logarithm[place] else "as it is",
        }
        for place in range(len(peer_model.features))
    }
    frame = pd.DataFrame(rows).T.loc[weights.index]
    return frame.assign(**{"weight, years": weights.round(2)})


def shown_markers(training: Training) -> pd.DataFrame:
    """The same by the marker's label, with units as people write them."""
    frame = markers_table(training)
    return frame.assign(unit=[unit(key) for key in frame.index]).set_index("marker")


def survival_by_fifth(measured: Measured) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Months and the share alive, for each fifth of the advance adjusted for age and sex."""
    rows = np.isfinite(measured.years)
    people, years = measured.people.follow_up.rows(rows), measured.years[rows]
    fifth = pd.qcut(adjusted_advance(people, years), 5, labels=False)
    return {
        name: survival_curve(people.time_months[fifth == place], people.died[fifth == place])
        for place, name in enumerate(FIFTHS)
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
    columns = training.parameters.peer_model.columns(people.table)
    return 2 * score_columns(training.parameters, columns, people.age, people.male).half_width


def _figure_text(figure: Figure | None, sign: str = "") -> str:
    if figure is None:
        return "-"
    value, low, high = (f"{each:{sign}.3f}" for each in (figure.value, figure.low, figure.high))
    return f"{value} ({low} to {high})"
