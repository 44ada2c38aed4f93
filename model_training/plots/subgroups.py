"""Errors and coverage of groups of people, drawn with plotly."""

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

COLOUR, REFERENCE = "#31688e", "#c0392b"
ROW_PIXELS = 22
LAYOUT = {"template": "plotly_white", "margin": {"l": 60, "r": 30, "t": 80, "b": 50}}
Panel = tuple[str, str, float]  # column, title of its axis, reference line


def forest(table: pd.DataFrame, panels: tuple[Panel, ...], title: str) -> go.Figure:
    """A row for each group and a panel for each figure, with its 95 % interval.

    Parameters
    ----------
    table : DataFrame
        Indexed by what divides people and by group. Next to a column either `COLUMN, standard error`
        or both `COLUMN, low` and `COLUMN, high`.
    panels : tuple of (column, axis title, reference)
        The reference is drawn as a dotted line.
    title : str
    """
    figure = make_subplots(cols=len(panels), shared_yaxes=True, horizontal_spacing=0.04)
    by, group = (table.index.get_level_values(level) for level in (0, 1))
    names = [f"{each} ({people:,})" for each, people in zip(group, table["people"], strict=True)]
    rows = [list(by), names]
    for panel, (column, axis, reference) in enumerate(panels, start=1):
        low, high = _interval(table, column)
        error = {"type": "data", "array": high - table[column], "arrayminus": table[column] - low}
        figure.add_scatter(
            x=table[column], y=rows, error_x=error, mode="markers", showlegend=False,
            marker={"color": COLOUR, "size": 7}, row=1, col=panel,
        )  # fmt: skip
        figure.add_vline(x=reference, line={"dash": "dot", "color": REFERENCE}, col=panel)
        figure.update_xaxes(title_text=axis, row=1, col=panel)
    figure.update_yaxes(range=[len(table) - 0.5, -0.5], dividercolor="#cccccc")
    figure.update_yaxes(title_text="group (people)", row=1, col=1)
    return figure.update_layout(title=title, height=160 + ROW_PIXELS * len(table), **LAYOUT)


def errors_and_coverage(table: pd.DataFrame, level: float) -> go.Figure:
    """The clock's error and the coverage of its interval, by group; dotted: everybody, the level."""
    percent = table.copy()
    for column in ("coverage", "coverage, standard error"):
        percent[column] = 100 * percent[column]
    panels = (
        ("MAE", "mean absolute error, years", float(table["MAE"].iloc[0])),
        ("coverage", "inside the interval, %", 100 * level),
    )
    title = "Errors and coverage by group, out of fold, with 95 % intervals"
    return forest(percent, panels, title)


def _interval(table: pd.DataFrame, column: str) -> tuple[pd.Series, pd.Series]:
    if f"{column}, low" in table:
        return table[f"{column}, low"], table[f"{column}, high"]
    wide = 1.96 * table[f"{column}, standard error"]
    return table[column] - wide, table[column] + wide
