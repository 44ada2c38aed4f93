"""Figures of an age predictor's training, drawn with plotly: older is red, younger is blue."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from agelens.domain.registry import biomarker
from plotly.subplots import make_subplots

from model_training.datasets.kaggle import SIGNALS, Dataset

OLDER, YOUNGER, PLAIN, FAINT = "#c0392b", "#2471a3", "#31688e", "rgba(49,104,142,0.35)"
LAYOUT = {"template": "plotly_white", "margin": {"l": 60, "r": 30, "t": 60, "b": 50}}
POINTS = 800  # more would make the page heavy and the picture no clearer
BAND_YEARS = 5


def ages(data: Dataset) -> go.Figure:
    """How many people are of each age."""
    years, people = np.unique(data.age, return_counts=True)
    figure = go.Figure(go.Bar(x=years, y=people, marker_color=PLAIN))
    return figure.update_layout(
        title="People by age", xaxis_title="age, years", yaxis_title="people", **LAYOUT
    )


def markers(data: Dataset) -> go.Figure:
    """The informative markers against age."""
    entries = [biomarker(key) for key in SIGNALS]
    figure = make_subplots(3, 3, subplot_titles=[entry.label for entry in entries])
    some = _some(len(data))
    for place, entry in enumerate(entries):
        values = data.table.column(entry.key)[some]
        row, column = place // 3 + 1, place % 3 + 1
        shown = values if entry.kind == "number" else _named(values, entry.choices)
        points = go.Scatter(
            x=data.age[some], y=shown, mode="markers", marker={"size": 3, "color": FAINT}
        )
        figure.add_trace(points, row, column)
        figure.update_yaxes(title_text=entry.unit or None, row=row, col=column)
    return figure.update_layout(
        title="Informative markers by age", height=750, showlegend=False, **LAYOUT
    )


def candidates(table: pd.DataFrame) -> go.Figure:
    """How far each candidate is behind the winner, with two standard errors."""
    others = table.dropna()
    bars = {"type": "data", "array": 2 * others["standard error"]}
    figure = go.Figure(
        go.Scatter(
            x=others["behind"], y=others.index, error_x=bars, mode="markers", marker_color=PLAIN
        )
    )
    figure.add_vline(x=0, line_dash="dot")
    return figure.update_layout(
        title="Mean absolute error behind kaggle-age, +- 2 standard errors",
        xaxis_title="years",
        **LAYOUT,
    )


def fit(told: pd.DataFrame) -> go.Figure:
    """Predicted against true age, out of fold."""
    some = told.iloc[_some(len(told))]
    ends = [told["age"].min(), told["age"].max()]
    figure = go.Figure(
        [
            go.Scatter(
                x=some["age"],
                y=some["prediction"],
                mode="markers",
                marker={"size": 4, "color": FAINT},
                name="people",
            ),
            go.Scatter(x=ends, y=ends, mode="lines", line={"dash": "dot"}, name="equal"),
        ]
    )
    return figure.update_layout(
        title="Predicted and true age, out of fold",
        xaxis_title="age, years",
        yaxis_title="predicted, years",
        **LAYOUT,
    )


def residuals(told: pd.DataFrame) -> go.Figure:
    """Prediction minus age, by five years of age."""
    band = (told["age"] // BAND_YEARS * BAND_YEARS).astype(int)
    figure = go.Figure(
        [
            go.Box(y=gaps, name=f"{first}", marker_color=PLAIN, boxpoints=False)
            for first, gaps in told["gap"].groupby(band)
        ]
    )
    figure.add_hline(y=0, line_dash="dot")
    return figure.update_layout(
        title="Prediction minus age, out of fold",
        xaxis_title=f"age in bands of {BAND_YEARS} years, by the first",
        yaxis_title="years",
        showlegend=False,
        **LAYOUT,
    )


def coverage(shares: pd.DataFrame, level: float) -> go.Figure:
    """The share of people inside their interval by decade, with two standard errors."""
    names = [name for name in map(str, shares) if not name.endswith("standard error")]
    figure = go.Figure(
        [
            go.Scatter(
                x=shares.index,
                y=shares[name],
                name=name,
                mode="markers",
                marker={"color": colour, "symbol": symbol, "size": 9},
                error_y={"type": "data", "array": 2 * shares[f"{name}, standard error"]},
            )
            for name, colour, symbol in zip(
                names, (PLAIN, OLDER), ("circle", "square"), strict=False
            )
        ]
    )
    figure.add_hline(y=level, line_dash="dot")
    figure.update_yaxes(tickformat=".0%")
    return figure.update_layout(
        title="Inside the interval, by age, +- 2 standard errors", scattermode="group", **LAYOUT
    )


def importances(sizes: pd.Series) -> go.Figure:
    """The mean size of each marker's contribution."""
    figure = go.Figure(go.Bar(x=sizes, y=sizes.index, orientation="h", marker_color=PLAIN))
    figure.update_yaxes(autorange="reversed")
    return figure.update_layout(title="Mean size of contributions", xaxis_title="years", **LAYOUT)


def explanation(years: pd.Series, base_value: float, prediction: float) -> go.Figure:
    """From the base value to one person's prediction, marker by marker."""
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            base=base_value,
            x=years,
            y=years.index,
            text=[f"{each:+.1f}" for each in years],
            increasing={"marker": {"color": OLDER}},
            decreasing={"marker": {"color": YOUNGER}},
        )
    )
    path = base_value + np.concatenate([[0.0], years.cumsum()])
    figure.update_xaxes(range=[path.min() - 3, path.max() + 3])
    figure.update_yaxes(autorange="reversed")
    return figure.update_layout(
        title=f"From {base_value:.1f} to {prediction:.1f} years", xaxis_title="years", **LAYOUT
    )


def widths(by_panel: pd.DataFrame, without: pd.Series) -> go.Figure:
    """How wide intervals are by the number of markers, and what each marker is worth."""
    titles = ("with so many markers, at random", "wider without this one")
    figure = make_subplots(1, 2, subplot_titles=titles, horizontal_spacing=0.25)
    for name in by_panel:
        figure.add_trace(go.Scatter(x=by_panel.index, y=by_panel[name], name=name), 1, 1)
    bars = go.Bar(x=without, y=without.index, orientation="h", marker_color=PLAIN, showlegend=False)
    figure.add_trace(bars, 1, 2)
    figure.update_yaxes(title_text="width, years", rangemode="tozero", row=1, col=1)
    figure.update_yaxes(autorange="reversed", row=1, col=2)
    figure.update_xaxes(title_text="markers", row=1, col=1)
    figure.update_xaxes(title_text="years", row=1, col=2)
    return figure.update_layout(title="Width of the interval", **LAYOUT)


def _some(n_people: int) -> np.ndarray:
    return np.unique(np.linspace(0, n_people - 1, min(n_people, POINTS)).astype(int))


def _named(values: np.ndarray, choices: tuple[str, ...]) -> list[str | None]:
    return [None if np.isnan(value) else choices[int(value)] for value in values]
