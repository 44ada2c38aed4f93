"""Figures that compare clocks on one study population, drawn with plotly."""

from collections.abc import Mapping
from itertools import cycle

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from agelens.clocks.bundles import SHIPPED
from plotly.subplots import make_subplots

from model_training.comparison import YEARS, ClockPredictions, ages_of
from model_training.comparison.deaths import REFERENCES
from model_training.plots.agreement import bland_altman_panels
from model_training.survival.comparison import AGE, ClockFigures

# One colour for each shipped clock, in their order.
PALETTE = ("#e08e2b", "#8f6fb5", "#35b779", "#31688e", "#d1495b", "#00798c", "#b5651d", "#5c4d7d")
NAMES = dict.fromkeys(directory.parent.name for directory in SHIPPED)
COLOURS = {**dict(zip(NAMES, cycle(PALETTE), strict=False)), AGE: "#4d4d4d"}
OTHER = "#7f7f7f"  # clocks that are not shipped
CHANCE, NO_EFFECT = 0.5, 1.0
LAYOUT = {"template": "plotly_white", "margin": {"l": 60, "r": 30, "t": 60, "b": 50}}
BAND_YEARS = 5
FIGURES = {
    "c": "Harrell's C",
    "stratified_c": "C, same age and sex",
    "hazard_ratio": "hazard ratio per SD",
}


def survey_shares(shares: pd.DataFrame) -> go.Figure:
    """Who can be scored, by survey and clock."""
    figure = go.Figure(
        go.Heatmap(
            z=100 * shares.to_numpy().T,
            x=[f"{survey:g}" for survey in shares.index],
            y=list(shares.columns),
            zmin=0,
            zmax=100,
            colorscale="Blues",
            texttemplate="%{z:.0f}",
            colorbar={"title": "% scored"},
        )
    )
    return figure.update_layout(
        title="Who can be scored",
        xaxis_title="survey (0: NHANES III)",
        yaxis_title="clock",
        **LAYOUT,
    )


def correlations(correlation: pd.DataFrame) -> go.Figure:
    """How the clocks' advances go together, beyond age and sex."""
    names = list(correlation.columns)
    figure = go.Figure(
        go.Heatmap(
            z=correlation.to_numpy(),
            x=names,
            y=names,
            zmin=-1,
            zmax=1,
            colorscale="RdBu_r",
            texttemplate="%{z:.2f}",
            colorbar={"title": "r"},
        )
    )
    figure.update_yaxes(autorange="reversed")
    title = "Correlation of advances, adjusted for age by sex"
    return figure.update_layout(title=title, xaxis_title="clock", yaxis_title="clock", **LAYOUT)


def advance_by_age(predictions: Mapping[str, ClockPredictions], age_years: np.ndarray) -> go.Figure:
    """Median advance at each age, with the middle 80 % of people; clocks in years that apply."""
    figure = go.Figure()
    band = np.floor(age_years / BAND_YEARS) * BAND_YEARS
    clocks_in_years = [each for each in predictions.values() if each.applies and each.unit == YEARS]
    for each in clocks_in_years:
        colour = COLOURS.get(each.name, OTHER)
        advance = (
            pd.Series(each.advance)
            .groupby(band)
            .quantile(np.array([0.1, 0.5, 0.9]))
            .unstack()
            .round(2)
        )
        middle = advance.index + BAND_YEARS / 2
        ends = np.concatenate([middle, middle[::-1]])
        around = np.concatenate([advance[0.9], advance[0.1][::-1]])
        fill = {"fill": "toself", "fillcolor": colour, "opacity": 0.15, "line": {"width": 0}}
        figure.add_scatter(
            x=ends, y=around, showlegend=False, hoverinfo="skip", mode="lines",
            legendgroup=each.name, **fill,
        )  # fmt: skip
        figure.add_scatter(
            x=middle, y=advance[0.5], name=each.name, legendgroup=each.name,
            line={"color": colour},
        )  # fmt: skip
    figure.add_hline(y=0, line={"dash": "dot", "color": "#888888"})
    return figure.update_layout(
        title="Advance by age: median and the middle 80 % of people",
        xaxis_title="chronological age, years",
        yaxis_title="prediction minus age, years",
        **LAYOUT,
    )


def bland_altman(predictions: Mapping[str, ClockPredictions]) -> go.Figure:
    """Every clock in years that applies against the first of them that is a reference.

    Clocks that score fewer than three of its people are left out; without any the figure is empty.
    """
    ages = ages_of(predictions)
    name = next((each for each in (*REFERENCES, *ages) if each in ages), "")
    differences = {
        each: years
        for each, years in ages.items()
        if each != name and (np.isfinite(years) & np.isfinite(ages[name])).sum() > 2
    }
    return bland_altman_panels(differences, ages[name], name) if differences else go.Figure()


def forest(compared: Mapping[str, ClockFigures]) -> go.Figure:
    """Discrimination and hazard ratio of every clock with their 95 % intervals.

    Dotted are the C of age alone, chance among people of one age and sex, and no effect.
    """
    lines = {"stratified_c": CHANCE, "hazard_ratio": NO_EFFECT}
    if AGE in compared:
        lines["c"] = compared[AGE].figures["c"].value
    figure = make_subplots(cols=len(FIGURES), shared_yaxes=True)
    for column, key in enumerate(FIGURES, start=1):
        figures = {name: c.figures[key] for name, c in compared.items() if key in c.figures}
        value = np.array([each.value for each in figures.values()])
        low, high = (
            np.array([getattr(f, end) for f in figures.values()]) for end in ("low", "high")
        )
        error = {"type": "data", "array": high - value, "arrayminus": value - low}
        figure.add_scatter(
            x=value, y=list(figures), error_x=error, mode="markers", showlegend=False,
            marker={"color": [COLOURS.get(name, OTHER) for name in figures], "size": 9},
            row=1, col=column,
        )  # fmt: skip
        figure.update_xaxes(title_text=FIGURES[key], row=1, col=column)
        if key in lines:
            figure.add_vline(x=lines[key], line={"dash": "dot", "color": "#888888"}, col=column)
    figure.update_yaxes(autorange="reversed")
    figure.update_yaxes(title_text="clock", col=1)
    title = "Death of any cause, 95 % bootstrap intervals; dotted: age alone, chance, no effect"
    return figure.update_layout(title=title, **LAYOUT)


def deaths(shares: pd.DataFrame) -> go.Figure:
    """Deaths within ten years by fifth of the adjusted advance."""
    figure = go.Figure()
    for name in shares.columns:
        figure.add_scatter(
            x=list(shares.index), y=100 * shares[name], name=name,
            mode="lines+markers", line={"color": COLOURS.get(name, OTHER)},
        )  # fmt: skip
    figure.update_xaxes(dtick=1)
    return figure.update_layout(
        title="Who died within ten years, by advance adjusted for age and sex",
        xaxis_title="fifth of the advance, from the youngest for their age",
        yaxis_title="died within ten years, %",
        **LAYOUT,
    )
