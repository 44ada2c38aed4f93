"""Bland-Altman plots, drawn with plotly."""

import math
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from agelens.clocks.base import FloatArray
from plotly.subplots import make_subplots

from model_training.bland_altman import (
    LimitsOfAgreement,
    difference_and_mean,
    limits_of_agreement,
)
from model_training.plots import grouped

STEP_YEARS = 2
COLUMNS = 2
PANEL_PIXELS = 340
BIAS_COLOUR, LIMIT_COLOUR = "#c0392b", "#4d4d4d"
LAYOUT = {"template": "plotly_white", "margin": {"l": 60, "r": 30, "t": 80, "b": 50}}


def bland_altman(first: FloatArray, second: FloatArray, names: tuple[str, str]) -> go.Figure:
    """Difference against mean, years, with the bias and the 95 % limits of agreement.

    Parameters
    ----------
    first, second : ndarray of float64, shape (n_people,)
        Years; NaN where there is none.
    names : pair of str
        What the two are called.
    """
    return bland_altman_panels({names[0]: first}, second, names[1])


def bland_altman_panels(
    numbers: Mapping[str, FloatArray], reference: FloatArray, name: str
) -> go.Figure:
    """The same for several against one reference, a panel each; people are counted in cells."""
    n_columns = min(COLUMNS, len(numbers))
    rows = math.ceil(len(numbers) / n_columns)
    figure = make_subplots(
        rows,
        n_columns,
        subplot_titles=[
            f"{each} minus {name}<br>{_text(limits_of_agreement(years, reference))}"
            for each, years in numbers.items()
        ],
        vertical_spacing=0.35 / rows,
        horizontal_spacing=0.12,
    )
    for panel, (each, years) in enumerate(numbers.items()):
        at = {"row": panel // n_columns + 1, "col": panel % n_columns + 1}
        _panel(figure, years, reference, at)
        figure.update_xaxes(title_text=f"mean of {each} and {name}, years", **at)
        figure.update_yaxes(title_text="difference, years", title_standoff=2, **at)
    most = max(float(np.nanmax(each.z)) for each in figure.data)
    bar = {
        "title": "people", "tickvals": [0, 1, 2, 3], "ticktext": ["1", "10", "100", "1,000"],
        "lenmode": "pixels", "len": 260, "y": 1, "yanchor": "top",
    }  # fmt: skip
    figure.update_annotations(font_size=12)
    return figure.update_layout(
        title="Bland-Altman: bias (solid) and 95 % limits of agreement (dashed)",
        height=120 + PANEL_PIXELS * rows,
        coloraxis={"colorscale": "Blues", "cmin": -0.3, "cmax": max(1, most), "colorbar": bar},
        **LAYOUT,
    )


def _panel(figure: go.Figure, years: FloatArray, reference: FloatArray, at: dict[str, int]) -> None:
    have_both = np.isfinite(years) & np.isfinite(reference)
    difference, mean = difference_and_mean(years[have_both], reference[have_both])
    cells = grouped.counted(mean, difference, STEP_YEARS, STEP_YEARS)
    figure.add_trace(cells.update(coloraxis="coloraxis"), **at)
    limits = limits_of_agreement(years, reference)
    lines = (
        (limits.bias, BIAS_COLOUR, "solid"),
        (limits.low, LIMIT_COLOUR, "dash"),
        (limits.high, LIMIT_COLOUR, "dash"),
    )
    for level, colour, dash in lines:
        figure.add_hline(y=round(level, 2), line={"color": colour, "dash": dash}, **at)


def _text(limits: LimitsOfAgreement) -> str:
    bias, low, high = (f"{round(each, 2):+.2f}" for each in (limits.bias, limits.low, limits.high))
    return f"{limits.n_people:,} people, bias {bias}, limits {low} to {high} years"
