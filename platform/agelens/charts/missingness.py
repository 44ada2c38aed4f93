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
GAP = 0.4  # between the shares of all rows and the patterns
UNKNOWN = N_("This cohort was scored before AgeLens counted what is missing")
COMPLETE = N_("Nothing is missing")
MOST_PATTERNS = 12
SHORTENED = 26


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
    told = summary.get("missingness")
    if not told:
        return without_data(figure(EMPTY_PX), _(UNKNOWN))
    features = [each for each in told["features"] if each["rows"]]
    if not features:
        return without_data(figure(EMPTY_PX), _(COMPLETE))
    made = figure(AXIS_PX + ROW_PX * len(features), margin_t=AXIS_PX - 32)
    shown = told["patterns"][:patterns]
    made.add_trace(_shares(features, told["rows"]))
    made.add_trace(_patterns(features, shown, told["rows"]))
    _axes(made, features, shown, told["rows"])
    return made


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


def _patterns(features: list[Wire], shown: list[Wire], rows: int) -> go.Heatmap:
    hover = [_pattern_text(features, each, rows) for each in shown]
    return _map(
        x=[_place(number) for number in range(len(shown))],
        z=[[float(f["feature"] in each["features"]) for each in shown] for f in features],
        customdata=[hover for _feature in features],
        colorscale=[[0, FAINT], [1, ESTIMATE]],
    )


def _map(**parts: Any) -> go.Heatmap:
    return go.Heatmap(
        zmin=0, zmax=1, showscale=False, xgap=2, ygap=2,
        hovertemplate="%{customdata}<extra></extra>", **parts,
    )  # fmt: skip


def _place(number: int) -> float:
    return number + 1 + GAP


def _pattern_text(features: list[Wire], pattern: Wire, rows: int) -> str:
    """Who lacks exactly this; `features` is in the order of the rows."""
    labels = [escape(f["label"]) for f in features if f["feature"] in pattern["features"]]
    what = "<br>".join(labels) if labels else _(COMPLETE)
    return f"<b>{people(pattern['rows'])}, {part_of(pattern['rows'], rows)}</b><br>{what}"


def _axes(made: go.Figure, features: list[Wire], shown: list[Wire], rows: int) -> None:
    places = [_place(number) for number in range(len(shown))]
    texts = [small(part_of(each["rows"], rows)) for each in shown]
    made.update_xaxes(
        side="top", showgrid=False, fixedrange=True, tickprefix="", ticksuffix="",
        tickvals=[0.0, *places], ticktext=[small(_("All")), *texts], tickangle=0, ticks="",
        range=[-0.6, (places[-1] if places else 0) + 0.6],
    )  # fmt: skip
    made.update_yaxes(
        range=[len(features) - 0.5, -0.5], showgrid=False, fixedrange=True, ticks="",
        tickvals=list(range(len(features))), tickprefix="", ticksuffix="",
        ticktext=[ink(escape(_shortened(each["label"]))) for each in features],
    )  # fmt: skip
    made.add_annotation(
        x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom",
        yshift=AXIS_PX - 32 - LINE_PX - 4, showarrow=False, font={"color": NEUTRAL},
        text=muted(_("all {rows} rows, then what is missing together", rows=count(rows))),
    )  # fmt: skip


def _shortened(label: str) -> str:
    """A label that leaves room on a phone; the whole one is in the hover."""
    text = label.partition(" (")[0]
    return text if len(text) <= SHORTENED else f"{text[: SHORTENED - 1].rstrip()}…"


def part_of(some: int, rows: int) -> str:
    """A whole percentage of rows, that says neither none nor all where it is not so: "<1 %"."""
    percent = 100 * some / rows
    if 0 < percent < 1 or 99 < percent < 100:
        sign = "<" if percent < 1 else ">"
        return f"{sign}{share(0.01 if percent < 1 else 0.99)}"
    return share(round(percent) / 100)
