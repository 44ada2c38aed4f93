"""Aggregate people into counts and bands, so that figures store nobody's own data."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from agelens.clocks.base import FloatArray

FEWEST = 5  # a band of fewer people is not summarised
DIGITS = 2
TICKS = (1, 10, 100, 1000)
ROUND_STEPS = (1, 2, 2.5, 5, 10)


def bands(age_years: FloatArray, width_years: int) -> list[tuple[str, np.ndarray]]:
    """Bands of age in whole years, named by their first and last, with the rows of their people."""
    least, most = int(np.floor(age_years.min())), int(np.floor(age_years.max()))
    firsts = range(least // width_years * width_years, most + 1, width_years)
    names = []
    for first in firsts:
        rows = np.flatnonzero((age_years >= first) & (age_years < first + width_years))
        ends = max(first, least), min(first + width_years - 1, most)
        if len(rows) >= FEWEST:
            names.append((f"{ends[0]}-{ends[1]}" if ends[0] < ends[1] else f"{ends[0]}", rows))
    return names


def boxes(values: FloatArray, groups: Sequence[tuple[str, np.ndarray]], colour: str) -> go.Box:
    """The quartiles of each group, with whiskers at 5 and 95 %, computed before they are drawn."""
    quantiles = [np.quantile(values[rows], (0.05, 0.25, 0.5, 0.75, 0.95)) for _, rows in groups]
    low, first, middle, third, high = np.round(np.array(quantiles).reshape(-1, 5), DIGITS).T
    return go.Box(
        x=[name for name, _ in groups], q1=first, median=middle, q3=third, lowerfence=low,
        upperfence=high, marker_color=colour, showlegend=False,
    )  # fmt: skip


def counted(x: FloatArray, y: FloatArray, x_step: float, y_step: float) -> go.Heatmap:
    """How many people are in each cell of a grid; colours by the logarithm of the count."""
    edges = [_edges(x, x_step), _edges(y, y_step)]
    counts, *_ = np.histogram2d(x, y, bins=edges)
    log_counts = np.where(counts > 0, np.log10(np.maximum(counts, 1)), np.nan)
    ticks = [each for each in TICKS if each <= max(counts.max(), 10)]
    return go.Heatmap(
        z=np.round(log_counts.T, 3),
        x0=edges[0][0] + x_step / 2, dx=x_step, y0=edges[1][0] + y_step / 2, dy=y_step,
        customdata=counts.T.astype(int), hovertemplate="%{x}, %{y}: %{customdata}<extra></extra>",
        colorscale="Blues", zmin=-0.3, zmax=max(1, float(np.log10(counts.max()))),
        colorbar={"title": "people", "tickvals": np.log10(ticks), "ticktext": list(map(str, ticks))},
    )  # fmt: skip


def round_step(values: FloatArray, cells: int) -> float:
    """A round number that cuts the range of some values into at most so many cells."""
    rough_step = (np.ptp(values) or 1.0) / cells
    power = 10.0 ** np.floor(np.log10(rough_step))
    return float(
        next(each * power for each in ROUND_STEPS if each * power >= rough_step * (1 - 1e-9))
    )


def _edges(values: FloatArray, step: float) -> FloatArray:
    first, last = np.floor(values.min() / step), np.floor(values.max() / step) + 1
    return np.arange(first, last + 1) * step
