"""Heat map of what is missing in a cohort, alone and together."""

from typing import Any

import plotly.graph_objects as go

from agelens.charts.number_format import Wire, count, escape, people, share
from agelens.charts.style import (
    ESTIMATE,
    FAINT,
    LINE_PX,
    NEUTRAL,
    figure,
    ink,
    muted,
    small,
    without_data,
)
from agelens.languages import N_, _

EMPTY_PX, ROW_PX, AXIS_PX = 160, 22, 80
COLUMN_GAP = 0.4  # between the shares of all rows and the patterns
NOT_COUNTED = N_("This cohort was scored before AgeLens counted what is missing")
NOTHING_MISSING = N_("Nothing is missing")
MOST_PATTERNS = 12
LABEL_CHARACTERS = 26


def missingness(summary: Wire, *, patterns: int = MOST_PATTERNS) -> go.Figure:
    """How many rows lack each biomarker, and which are missing together.

    On the left is the share of all rows, darker where more lack it; each further column is a
    combination of what is missing, the most frequent first, under its share of the rows.

    Parameters
    ----------
    summary : mapping
        Of a cohort, as the API tells it; results of AgeLens 0.4 and before do not say.
    patterns : int
        How many combinations are shown.
    """
    counts = summary.get("missingness")
    if not counts:
        return without_data(figure(EMPTY_PX), _(NOT_COUNTED))
    features = [each for each in counts["features"] if each["rows"]]
    if not features:
        return without_data(figure(EMPTY_PX), _(NOTHING_MISSING))
    fig = figure(AXIS_PX + ROW_PX * len(features), margin_t=AXIS_PX - 32)
    visible = counts["patterns"][:patterns]
    fig.add_trace(_shares(features, counts["rows"]))
    fig.add_trace(_patterns(features, visible, counts["rows"]))
    _axes(fig, features, visible, counts["rows"])
    return fig


def _shares(features: list[Wire], rows: int) -> go.Heatmap:
    texts = [part_of(each["rows"], rows) for each in features]
    hover = [
        f"<b>{escape(each['label'])}</b><br>"
        + _("missing in {people}, {share}", people=people(each["rows"]), share=text)
        for each, text in zip(features, texts, strict=True)
    ]
    return _map(
        x=[0.0],
        z=[[each["rows"] / rows] for each in features],
        text=[[ink(text)] for text in texts],
        texttemplate="%{text}",
        customdata=[[text] for text in hover],
        # pale enough for what is written on it
        colorscale=[[0, "rgba(121, 80, 242, 0.04)"], [1, "rgba(121, 80, 242, 0.55)"]],
    )


def _patterns(features: list[Wire], patterns: list[Wire], rows: int) -> go.Heatmap:
    hover = [_pattern_text(features, each, rows) for each in patterns]
    return _map(
        x=[_column_position(number) for number in range(len(patterns))],
        z=[[float(f["feature"] in each["features"]) for each in patterns] for f in features],
        customdata=[hover for _feature in features],
        colorscale=[[0, FAINT], [1, ESTIMATE]],
    )


def _map(**parts: Any) -> go.Heatmap:
    return go.Heatmap(
        zmin=0, zmax=1, showscale=False, xgap=2, ygap=2,
        hovertemplate="%{customdata}<extra></extra>", **parts,
    )  # fmt: skip


def _column_position(number: int) -> float:
    return number + 1 + COLUMN_GAP


def _pattern_text(features: list[Wire], pattern: Wire, rows: int) -> str:
    """Who lacks exactly this; `features` is in the order of the rows."""
    labels = [escape(f["label"]) for f in features if f["feature"] in pattern["features"]]
    names = "<br>".join(labels) if labels else _(NOTHING_MISSING)
    return f"<b>{people(pattern['rows'])}, {part_of(pattern['rows'], rows)}</b><br>{names}"


def _axes(fig: go.Figure, features: list[Wire], patterns: list[Wire], rows: int) -> None:
    positions = [_column_position(number) for number in range(len(patterns))]
    texts = [small(part_of(each["rows"], rows)) for each in patterns]
    fig.update_xaxes(
        side="top", showgrid=False, fixedrange=True, tickprefix="", ticksuffix="",
        tickvals=[0.0, *positions], ticktext=[small(_("All")), *texts], tickangle=0, ticks="",
        range=[-0.6, (positions[-1] if positions else 0) + 0.6],
    )  # fmt: skip
    fig.update_yaxes(
        range=[len(features) - 0.5, -0.5], showgrid=False, fixedrange=True, ticks="",
        tickvals=list(range(len(features))), tickprefix="", ticksuffix="",
        ticktext=[ink(escape(_shortened(each["label"]))) for each in features],
    )  # fmt: skip
    fig.add_annotation(
        x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom",
        yshift=AXIS_PX - 32 - LINE_PX - 4, showarrow=False, font={"color": NEUTRAL},
        text=muted(_("all {rows} rows, then what is missing together", rows=count(rows))),
    )  # fmt: skip


def _shortened(label: str) -> str:
    """A label that leaves room on a phone; the whole one is in the hover."""
    text = label.partition(" (")[0]
    return text if len(text) <= LABEL_CHARACTERS else f"{text[: LABEL_CHARACTERS - 1].rstrip()}…"


def part_of(some: int, rows: int) -> str:
    """A whole percentage of rows, that says neither none nor all where it is not so: "<1 %"."""
    percent = 100 * some / rows
    if 0 < percent < 1 or 99 < percent < 100:
        sign = "<" if percent < 1 else ">"
        return f"{sign}{share(0.01 if percent < 1 else 0.99)}"
    return share(round(percent) / 100)
