"""Forest plot: what several clocks say of one panel, a row each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from agelens.charts.axis_span import zoomed
from agelens.charts.forest_rows import Row, hover_text, title_text, value_text
from agelens.charts.number_format import YEARS, Wire, number, whole
from agelens.charts.style import (
    AXIS,
    FAINT,
    NEUTRAL,
    axis_title,
    figure,
    ink,
    without_data,
)
from agelens.charts.verdicts import Verdict, peer_verdict
from agelens.languages import _

ROW_PX, AXIS_PX, AGE_PX, BETWEEN_PX = 60, 66, 26, 24
TEXT_OFFSET = 0.19  # of a row: where its words end over its mark
AGE_LINE_OFFSET = 0.33  # of a row: how far the line of the age goes under its mark
RANK_TICKS = (5, 25, 50, 75, 95)
EDGE_SHARE = 0.75  # of the axis


def forest(
    results: Mapping[str, Wire],
    *,
    chronological_age: float | None = None,
    verdicts: Mapping[str, Verdict | None] | None = None,
) -> go.Figure:
    """A row for each clock: its answer, the interval where there is one, and the person's age as a line.

    Clocks that do not measure an age are below, by their percentile among others. Red is older and
    blue younger than people of the same age and sex, whose usual answer is a small line on the row;
    grey is what may be chance.

    Parameters
    ----------
    results : mapping of str to wire.Result
        By the title of their clock, in the order of the rows.
    chronological_age : float, optional
        In years; that of the results when absent.
    verdicts : mapping of str to Verdict, optional
        By title; made from the results alone when absent.
    """
    age = age_of(list(results.values())) if chronological_age is None else chronological_age
    if verdicts is None:
        verdicts = {title: peer_verdict(result, age) for title, result in results.items()}
    rows = [Row(title, result, verdicts.get(title), age) for title, result in results.items()]
    ages, others = [r for r in rows if r.is_age], [r for r in rows if not r.is_age]
    layout = _Layout.of(ages, others)
    fig = figure(layout.height, margin={"l": 8, "r": 8, "t": 0, "b": 0})
    if not rows:
        return without_data(fig, _("No results yet"))
    if ages:
        _draw_ages(fig, ages, age, layout)
    if others:
        _draw_others(fig, others, layout)
    return fig


def age_of(results: Sequence[Wire]) -> float | None:
    """The age that results were computed with, where one of them says it."""
    gaps = [(r["prediction"], r["age_gap"]) for r in results if r["age_gap"] and r["unit"] == YEARS]
    return next((prediction - gap["raw"] for prediction, gap in gaps), None)


@dataclass(frozen=True)
class _Layout:
    """Heights in pixels, and the parts of the figure that its two axes take."""

    height: int
    ages: tuple[float, float]
    others: tuple[float, float]

    @classmethod
    def of(cls, ages: Sequence[Row], others: Sequence[Row]) -> "_Layout":
        has_ranks = any(row.rank is not None for row in others)
        above = AGE_PX + ROW_PX * len(ages) + AXIS_PX if ages else 0
        below = ROW_PX * len(others) + (AXIS_PX if has_ranks else 8) if others else 0
        between = BETWEEN_PX if ages and others else 0
        height = max(above + between + below, 120)
        top = (height - AGE_PX) / height if ages else 1.0
        return cls(
            height,
            (top - ROW_PX * len(ages) / height, top),
            ((below - ROW_PX * len(others)) / height, below / height),
        )


def _draw_ages(fig: go.Figure, rows: Sequence[Row], age: float | None, layout: _Layout) -> None:
    fig.update_layout(
        xaxis={
            "range": _span(rows, age), "fixedrange": True, "nticks": 7, "tickangle": 0, "anchor": "y",
            "title": _axis_title(_years_title(rows)), "automargin": False,
        },
        yaxis=_rows_axis(rows, layout.ages),
    )  # fmt: skip
    if age is not None:
        _draw_age(fig, age, _span(rows, age), layout, len(rows))
    fig.add_traces([*_usual_marks(rows), *_intervals(rows), _points(rows, "x", "y")])
    _write(fig, rows, "y")


def _axis_title(text: str) -> dict[str, object]:
    return {**AXIS["title"], "text": text, "standoff": 4}


def _years_title(rows: Sequence[Row]) -> str:
    """With what the small lines are, where there are any."""
    title = axis_title(YEARS)
    if all(row.usual is None for row in rows):
        return ink(title)
    return f"{ink(title)}<br>{ink(_('│ usual for people like you'))}"


def _span(rows: Sequence[Row], age: float | None) -> list[float]:
    """At least 20 years, or a difference of two would look like one of twenty."""
    points = [row.result["prediction"] for row in rows] + ([] if age is None else [age])
    for row in rows:
        interval = row.result["interval"]
        points += [interval["low"], interval["high"]] if interval else []
        points += [] if row.usual is None else [row.usual]
    return zoomed(points, YEARS)


def _rows_axis(rows: Sequence[Row], domain: tuple[float, float]) -> dict[str, object]:
    """From the first row at the top down; the words above a row belong to it."""
    return {
        "range": [len(rows) - 1 + 0.35, -0.65], "visible": False, "fixedrange": True,
        "domain": list(domain),
    }  # fmt: skip


def _draw_age(
    fig: go.Figure, age: float, span: Sequence[float], layout: _Layout, n_rows: int
) -> None:
    """The line, which spares the words of the rows, and its own, which lean inwards near the edges."""
    position = (age - span[0]) / (span[1] - span[0])
    leaning = (
        "right" if position > EDGE_SHARE else "left" if position < 1 - EDGE_SHARE else "center"
    )
    for n in range(n_rows):
        fig.add_shape(
            type="line", x0=age, x1=age, xref="x", y0=n - TEXT_OFFSET, y1=n + AGE_LINE_OFFSET,
            yref="y", line={"color": NEUTRAL, "width": 1.5, "dash": "dot"}, layer="below",
        )  # fmt: skip
    fig.add_annotation(
        x=age, y=layout.ages[1], xref="x", yref="paper", yanchor="bottom", xanchor=leaning,
        showarrow=False, text=ink(_("Your age {age}", age=whole(age))),
    )  # fmt: skip


def _usual_marks(rows: Sequence[Row]) -> list[go.Scatter]:
    marks = [(n, row.usual) for n, row in enumerate(rows) if row.usual is not None]
    hover = [
        _("Usual on this clock for people like you: {age} years", age=number(usual))
        for _n, usual in marks
    ]
    return [
        go.Scatter(
            x=[usual for _n, usual in marks], y=[n for n, _usual in marks],
            mode="markers", hoverinfo="text", hovertext=hover,
            marker={"symbol": "line-ns-open", "size": 20, "color": NEUTRAL, "line": {"width": 2}},
        )
    ] if marks else []  # fmt: skip


def _intervals(rows: Sequence[Row]) -> list[go.Scatter]:
    """One trace for each colour: figures in notebooks have few seats for traces."""
    by_shade: dict[str, list[tuple[int, Wire]]] = {}
    for n, row in enumerate(rows):
        if interval := row.result["interval"]:
            by_shade.setdefault(row.shade, []).append((n, interval))
    return [
        go.Scatter(
            x=[x for _n, interval in intervals for x in (interval["low"], interval["high"], None)],
            y=[y for n, _interval in intervals for y in (n, n, None)],
            mode="lines", line={"color": shade, "width": 5}, hoverinfo="skip",
        )
        for shade, intervals in by_shade.items()
    ]  # fmt: skip


def _points(rows: Sequence[Row], xaxis: str, yaxis: str) -> go.Scatter:
    """Predictions, or the percentiles of answers that are no age."""
    is_age = xaxis == "x"
    visible = [(n, row) for n, row in enumerate(rows) if is_age or row.rank is not None]
    return go.Scatter(
        x=[row.result["prediction"] if is_age else row.rank for _n, row in visible],
        y=[n for n, _row in visible],
        mode="markers", xaxis=xaxis, yaxis=yaxis, hoverinfo="text",
        hovertext=[hover_text(row) for _n, row in visible],
        marker={
            "symbol": "diamond", "size": 15, "color": [row.shade for _n, row in visible],
            "line": {"color": "#ffffff", "width": 2},
        },
    )  # fmt: skip


def _draw_others(fig: go.Figure, rows: Sequence[Row], layout: _Layout) -> None:
    ranked = [n for n, row in enumerate(rows) if row.rank is not None]
    fig.update_layout(
        xaxis2={
            **AXIS, "range": [-3, 103], "fixedrange": True, "tickvals": list(RANK_TICKS),
            "anchor": "y2", "ticktext": [ink(str(rank)) for rank in RANK_TICKS], "tickangle": 0,
            "visible": bool(ranked), "automargin": False,
            "title": _axis_title(ink(_("Percentile among others"))),
        },
        yaxis2={**AXIS, **_rows_axis(rows, layout.others), "anchor": "x2"},
    )  # fmt: skip
    for ranks, width in ((RANK_TICKS[0::4], 4), (RANK_TICKS[1::2], 10)):
        fig.add_trace(
            go.Scatter(
                x=[*ranks, None] * len(ranked), y=[y for n in ranked for y in (n, n, None)],
                mode="lines", xaxis="x2", yaxis="y2", hoverinfo="skip",
                line={"color": FAINT, "width": width},
            )
        )  # fmt: skip
    # also where nobody has a rank: an axis is drawn with data only
    fig.add_trace(_points(rows, "x2", "y2"))
    _write(fig, rows, "y2")


def _write(fig: go.Figure, rows: Sequence[Row], axis: str) -> None:
    """Above each mark its clock on the left, and the number on the right."""
    for n, row in enumerate(rows):
        for x, anchor, text in ((0, "left", title_text(row)), (1, "right", ink(value_text(row)))):
            fig.add_annotation(
                x=x, xref="paper", xanchor=anchor, y=n - TEXT_OFFSET, yref=axis, yanchor="bottom",
                text=text, showarrow=False, font={"size": 12}, align=anchor,
            )  # fmt: skip
