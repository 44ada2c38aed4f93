"""Figures of an age predictor's training, drawn with plotly: older is red, younger is blue."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from agelens.domain.registry import biomarker
from plotly.subplots import make_subplots

from model_training.datasets.kaggle import SIGNALS, Dataset
from model_training.plots import grouped

OLDER, YOUNGER, NEUTRAL = "#c0392b", "#2471a3", "#31688e"
CHOICE_COLOURS = ("#35b779", "#e08e2b", "#8f6fb5", "#4d4d4d")
LAYOUT = {"template": "plotly_white", "margin": {"l": 60, "r": 30, "t": 60, "b": 50}}
BAND_YEARS = 5
AGE_STEP, CELLS = 2, 30


def ages(data: Dataset) -> go.Figure:
    """How many people are of each age."""
    years, people = np.unique(data.age, return_counts=True)
    figure = go.Figure(go.Bar(x=years, y=people, marker_color=NEUTRAL))
    return figure.update_layout(
        title="People by age", xaxis_title="age, years", yaxis_title="people", **LAYOUT
    )


def markers(data: Dataset) -> go.Figure:
    """The informative markers by age: how many people are where, and of choices the shares."""
    entries = [biomarker(key) for key in SIGNALS]
    figure = make_subplots(
        3, 3, subplot_titles=[entry.label for entry in entries], vertical_spacing=0.1
    )
    for index, entry in enumerate(entries):
        at = {"row": index // 3 + 1, "col": index % 3 + 1}
        values = data.table.column(entry.key)
        is_measured = ~np.isnan(values)
        if entry.kind == "number" and is_measured.any():
            step = grouped.round_step(values[is_measured], CELLS)
            cells = grouped.counted(data.age[is_measured], values[is_measured], AGE_STEP, step)
            figure.add_trace(cells.update(coloraxis="coloraxis"), **at)
        elif entry.kind == "choice":
            figure.add_traces(
                _shares(data.age, values, entry.choices), rows=at["row"], cols=at["col"]
            )
        title = entry.unit if entry.kind == "number" else "share, %"
        figure.update_yaxes(title_text=title, title_standoff=2, **at)
    figure.update_xaxes(title_text="age, years", row=3)
    bar = {"title": "people", "tickvals": [0, 1, 2], "ticktext": ["1", "10", "100"]}
    most = max(float(np.nanmax(each.z)) for each in figure.data if isinstance(each, go.Heatmap))
    return figure.update_layout(
        title="Informative markers by age: people counted in cells",
        height=850,
        coloraxis={"colorscale": "Blues", "cmin": -0.3, "cmax": max(1, most), "colorbar": bar},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": -0.07},
        **LAYOUT,
    )


def candidates(table: pd.DataFrame) -> go.Figure:
    """How far each candidate is behind the winner, with two standard errors."""
    compared = table.dropna()
    bars = {"type": "data", "array": 2 * compared["standard error"]}
    figure = go.Figure(
        go.Scatter(
            x=compared["behind"],
            y=compared.index,
            error_x=bars,
            mode="markers",
            marker_color=NEUTRAL,
        )
    )
    figure.add_vline(x=0, line_dash="dot")
    return figure.update_layout(
        title="Mean absolute error behind kaggle-age, +- 2 standard errors",
        xaxis_title="years behind kaggle-age",
        yaxis_title="candidate",
        **LAYOUT,
    )


def fit(predicted: pd.DataFrame) -> go.Figure:
    """Predicted by true age, out of fold: how many people are in each cell."""
    ends = [int(predicted["age"].min()), int(predicted["age"].max())]
    age, prediction = predicted["age"].to_numpy(), predicted["prediction"].to_numpy()
    equal = go.Scatter(
        x=ends, y=ends, mode="lines", line={"dash": "dot", "color": OLDER}, name="equal"
    )
    figure = go.Figure([grouped.counted(age, prediction, AGE_STEP, AGE_STEP), equal])
    return figure.update_layout(
        title="Predicted and true age, out of fold: people counted in cells of two years",
        xaxis_title="age, years",
        yaxis_title="predicted, years",
        legend={"orientation": "h"},
        **LAYOUT,
    )


def residuals(predicted: pd.DataFrame) -> go.Figure:
    """Prediction minus age, by five years of age."""
    bands = grouped.bands(predicted["age"].to_numpy(), BAND_YEARS)
    figure = go.Figure(grouped.boxes(predicted["gap"].to_numpy(), bands, NEUTRAL))
    figure.add_hline(y=0, line_dash="dot")
    figure.update_xaxes(type="category")
    return figure.update_layout(
        title="Prediction minus age, out of fold: quartiles, whiskers at 5 and 95 %",
        xaxis_title="age, years",
        yaxis_title="prediction minus age, years",
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
                names, (NEUTRAL, OLDER), ("circle", "square"), strict=False
            )
        ]
    )
    figure.add_hline(y=level, line_dash="dot")
    lowest = min(float((shares[n] - 2 * shares[f"{n}, standard error"]).min()) for n in names)
    figure.update_yaxes(tickformat=".0%", range=[min(0.75, lowest), 1])
    return figure.update_layout(
        title="Inside the interval, by age, +- 2 standard errors",
        xaxis_title="age, years",
        yaxis_title="people inside their interval",
        scattermode="group",
        **LAYOUT,
    )


def importances(sizes: pd.Series) -> go.Figure:
    """The mean size of each marker's contribution."""
    figure = go.Figure(go.Bar(x=sizes, y=sizes.index, orientation="h", marker_color=NEUTRAL))
    figure.update_yaxes(autorange="reversed")
    return figure.update_layout(
        title="Mean size of contributions",
        xaxis_title="years",
        yaxis_title="marker",
        **LAYOUT,
    )


def explanation(years: pd.Series, base_value: float, prediction: float) -> go.Figure:
    """From the base value to the prediction of one panel, marker by marker."""
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
    running_total = base_value + np.concatenate([[0.0], years.cumsum()])
    figure.update_xaxes(range=[running_total.min() - 3, running_total.max() + 3])
    figure.update_yaxes(autorange="reversed")
    return figure.update_layout(
        title=f"From {base_value:.1f} to {prediction:.1f} years",
        xaxis_title="age, years",
        yaxis_title="marker and its value",
        **LAYOUT,
    )


def widths(by_panel: pd.DataFrame, without: pd.Series) -> go.Figure:
    """How wide intervals are by the number of markers, and what each marker is worth."""
    titles = ("with so many markers, at random", "wider without this one")
    figure = make_subplots(1, 2, subplot_titles=titles, horizontal_spacing=0.25)
    for name in by_panel:
        line = {"color": NEUTRAL, "dash": "solid" if name == "median" else "dot"}
        figure.add_trace(go.Scatter(x=by_panel.index, y=by_panel[name], name=name, line=line), 1, 1)
    bars = go.Bar(
        x=without, y=without.index, orientation="h", marker_color=NEUTRAL, showlegend=False
    )
    figure.add_trace(bars, 1, 2)
    figure.update_yaxes(title_text="width, years", rangemode="tozero", row=1, col=1)
    figure.update_yaxes(autorange="reversed", row=1, col=2)
    figure.update_xaxes(title_text="markers", row=1, col=1)
    figure.update_xaxes(title_text="years wider", row=1, col=2)
    figure.update_yaxes(title_text="marker", row=1, col=2)
    return figure.update_layout(title="Width of the interval", **LAYOUT)


def _shares(age: np.ndarray, values: np.ndarray, choices: tuple[str, ...]) -> list[go.Scatter]:
    """Of those who answered, the share of each choice by age."""
    is_measured = ~np.isnan(values)
    if not is_measured.any():
        return []
    bands = grouped.bands(age[is_measured], BAND_YEARS)
    middle = [age[is_measured][rows].mean().round(1) for _, rows in bands]
    answers = values[is_measured]
    return [
        go.Scatter(
            x=middle,
            y=[round(100 * float((answers[rows] == code).mean()), 1) for _, rows in bands],
            name=name,
            mode="lines",
            line={"color": colour},
        )
        for code, (name, colour) in enumerate(zip(choices, CHOICE_COLOURS, strict=False))
    ]
