"""Figures of a training of mortality-age, drawn with plotly."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from agelens.domain.registry import biomarker
from plotly.subplots import make_subplots

from model_training.mortality import notebook_tables
from model_training.mortality.clock_comparison import ClockComparison
from model_training.mortality.training import Training
from model_training.mortality_scorecard import RATIO
from model_training.plots import grouped
from model_training.plots.comparison import COLOURS, LAYOUT
from model_training.plots.subgroups import forest

OWN_COLOUR, AHEAD_COLOUR = COLOURS["mortality-age"], "#c0392b"
STEPS = ("#9ecae1", "#6b9dc7", "#41729f", "#6a4c93", "#b5305c")  # youngest to oldest
MALE = {"women": 0.0, "men": 1.0}
COLUMNS = 4
LEAST_RISK = 1e-3
RISKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)


def age_and_mortality_age(comparison: ClockComparison) -> go.Figure:
    """Chronological age against mortality-age: how many people are where, by whole years."""
    rows = np.isfinite(comparison.years)
    age, years = comparison.people.age[rows], comparison.years[rows]
    figure = go.Figure(grouped.counted(np.floor(age), years, 1, 1))
    ends = [int(age.min()), int(age.max())]
    figure.add_scatter(
        x=ends, y=ends, mode="lines", showlegend=False, line={"dash": "dot", "color": AHEAD_COLOUR}
    )
    return figure.update_layout(
        title="Mortality-age and chronological age: people counted in cells of one year",
        xaxis_title="chronological age, years",
        yaxis_title="mortality-age, years",
        **LAYOUT,
    )


def marker_functions(
    training: Training, ages: Sequence[float] = (40, 60, 80), sex: str = "women"
) -> go.Figure:
    """What every value of every marker adds, against peers of three ages; heaviest marker first."""
    keys = list(notebook_tables.importances(training).index)
    rows = math.ceil(len(keys) / COLUMNS)
    titles = [f"{biomarker(key).label}, {notebook_tables.unit(key)}" for key in keys]
    figure = make_subplots(rows=rows, cols=COLUMNS, subplot_titles=titles, vertical_spacing=0.05)
    for panel, key in enumerate(keys):
        for colour, age in zip(STEPS[::2], ages, strict=False):
            values, years = notebook_tables.marker_function(training, key, age, MALE[sex])
            figure.add_scatter(
                x=values, y=years, mode="lines", line={"color": colour}, name=f"aged {age:g}",
                legendgroup=f"{age:g}", showlegend=panel == 0,
                row=panel // COLUMNS + 1, col=panel % COLUMNS + 1,
            )  # fmt: skip
    figure.update_annotations(font_size=11)
    figure.update_yaxes(title_text="years", col=1)
    figure.update_layout(title=f"Years added by each marker, {sex}", **LAYOUT)
    return figure.update_layout(height=210 * rows)


def importances(training: Training) -> go.Figure:
    """The mean absolute contribution of every marker."""
    weights = notebook_tables.importances(training)[::-1]
    labels = [biomarker(key).label for key in weights.index]
    figure = go.Figure(go.Bar(x=weights, y=labels, orientation="h", marker_color=OWN_COLOUR))
    return figure.update_layout(
        title="Mean absolute contribution",
        xaxis_title="years",
        yaxis_title="marker",
        height=600,
        **LAYOUT,
    )


def calibration(comparison: ClockComparison, whom: str) -> go.Figure:
    """Ten-year risk, predicted and observed, by tenth of the predicted; the title says on whom.

    Bars are the 95 % interval of Kaplan-Meier.
    """
    groups = comparison.calibration
    predicted = [max(group.predicted, LEAST_RISK) for group in groups]
    observed = [max(group.observed, LEAST_RISK) for group in groups]
    low = [max(group.low, LEAST_RISK) for group in groups]
    bars = {
        "type": "data",
        "array": [group.high - at for group, at in zip(groups, observed, strict=True)],
        "arrayminus": [at - end for end, at in zip(low, observed, strict=True)],
    }
    tenths = {"mode": "markers+lines", "name": "tenths", "line": {"color": OWN_COLOUR}}
    figure = go.Figure(go.Scatter(x=predicted, y=observed, error_y=bars, **tenths))
    ends = [min(*predicted, *observed), 1]
    figure.add_scatter(x=ends, y=ends, mode="lines", name="equal", line={"dash": "dot"})
    figure.update_xaxes(type="log", tickvals=RISKS, tickformat=".1~%")
    figure.update_yaxes(type="log", tickvals=RISKS, tickformat=".1~%")
    return figure.update_layout(
        title=f"Dying within ten years, by tenth of the predicted risk: {whom}",
        xaxis_title="predicted risk",
        yaxis_title="observed, Kaplan-Meier",
        **LAYOUT,
    )


def groups(table: pd.DataFrame, whom: str) -> go.Figure:
    """C and calibration by sex, age band and ethnicity; the title says on whom."""
    everybody = float(table["C"].iloc[0])
    panels = (("C", "Harrell's C", everybody), (RATIO, "ten-year risk, predicted/observed", 1.0))
    return forest(table, panels, f"C and calibration by group, with 95 % intervals: {whom}")


def survival(comparison: ClockComparison) -> go.Figure:
    """How many are still alive, by fifth of the advance adjusted for age and sex."""
    figure = go.Figure()
    for colour, (name, curve) in zip(
        STEPS, notebook_tables.survival_by_fifth(comparison).items(), strict=False
    ):
        months, alive = curve
        figure.add_scatter(
            x=np.concatenate([[0.0], months]) / 12, y=100 * np.concatenate([[1.0], alive]),
            name=name, mode="lines", line={"color": colour, "shape": "hv"},
        )  # fmt: skip
    return figure.update_layout(
        title="Survival by fifth of the advance, adjusted for age and sex",
        xaxis_title="years since the examination",
        yaxis_title="alive, %",
        **LAYOUT,
    )


def missing_markers(training: Training) -> go.Figure:
    """What is left, and whether the interval knows it, when markers are missing."""
    table = notebook_tables.missing_table(training)
    share_left, error, inside = list(table.columns)[1:4]
    figure = make_subplots(cols=3, horizontal_spacing=0.1)
    columns = (table[share_left], table[error], table.loc[table.index > 0, inside])
    for column, shares in enumerate(columns, start=1):
        figure.add_scatter(
            x=list(shares.index), y=shares, mode="lines+markers", showlegend=False,
            marker={"color": OWN_COLOUR}, row=1, col=column,
        )  # fmt: skip
    figure.add_hline(y=50, line={"dash": "dot"}, row=1, col=1)
    figure.add_hline(y=90, line={"dash": "dot"}, row=1, col=3)
    figure.update_yaxes(range=[80, 100], row=1, col=3)
    figure.update_xaxes(title_text="markers missing")
    for column, title in enumerate((share_left, error, inside), start=1):
        figure.update_yaxes(title_text=title, row=1, col=column)
    return figure.update_layout(title="Markers missing at random, out of fold", **LAYOUT)


def interval_widths(training: Training) -> go.Figure:
    """How wide the interval of complete panels is, by age."""
    people = training.people
    rows = np.flatnonzero(people.complete(training.plan))
    age, widths = people.age[rows], notebook_tables.interval_widths(training, rows)
    figure = go.Figure(grouped.boxes(widths, grouped.bands(age, 10), OWN_COLOUR))
    figure.update_xaxes(type="category")
    return figure.update_layout(
        title="Width of the 90 % interval, complete panels: quartiles, whiskers at 5 and 95 %",
        xaxis_title="age, years",
        yaxis_title="width, years",
        **LAYOUT,
    )
