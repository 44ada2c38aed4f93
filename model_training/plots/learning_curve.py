"""Learning curves, drawn with plotly."""

from collections.abc import Mapping
from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

COLOURS = ("#31688e", "#e08e2b", "#8f6fb5")
LAYOUT = {"template": "plotly_white", "margin": {"l": 60, "r": 30, "t": 60, "b": 50}}


def learning_curves(
    curves: Mapping[str, pd.DataFrame],
    figure_name: str,
    unit: str,
    references: Mapping[str, float] | None = None,
) -> go.Figure:
    """A figure on held-out people, +- one standard deviation over the folds, and on training people.

    Parameters
    ----------
    curves : mapping of str to DataFrame
        By model, as `model_training.learning_curve.learning_curve` gives them.
    figure_name, unit : str
        What is measured, such as "mean absolute error" and "years".
    references : mapping of str to float, optional
        What others reach that were not trained here; drawn as lines.
    """
    figure = go.Figure()
    for (name, curve), colour in zip(curves.items(), cycle(COLOURS), strict=False):
        bars = {"type": "data", "array": curve["SD over folds"].round(4)}
        figure.add_scatter(
            x=curve.index, y=curve["held out"].round(4), name=f"{name}, held out",
            mode="lines+markers", line={"color": colour}, error_y=bars,
        )  # fmt: skip
        figure.add_scatter(
            x=curve.index, y=curve["training"].round(4), name=f"{name}, training people",
            mode="lines", line={"color": colour, "dash": "dot"},
        )  # fmt: skip
    for name, level in (references or {}).items():
        line = {"color": "#888888", "dash": "dash", "width": 1}
        figure.add_hline(y=round(level, 4), line=line, annotation_text=name)
    ticks = sorted({int(count) for curve in curves.values() for count in curve.index})
    figure.update_xaxes(type="log", tickvals=ticks, ticktext=[f"{count:,}" for count in ticks])
    return figure.update_layout(
        title=f"Learning curve: {figure_name} by the number of people trained on",
        xaxis_title="people trained on (logarithmic scale)",
        yaxis_title=f"{figure_name}, {unit}" if unit else figure_name,
        **LAYOUT,
    )
