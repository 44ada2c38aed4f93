"""The waterfall chart: a start, one bar per factor, and an end."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import plotly.graph_objects as go

from agelens.charts.axis_span import zoomed
from agelens.charts.number_format import HUGE, escape, number, signed, unit_alone
from agelens.charts.style import FAINT, LINE_PX, NEUTRAL, colour, figure, ink, muted
from agelens.languages import N_, _

NAME_CHARACTERS = 20
NAME_LINES = 2
NOTE_IN_ROW_CHARACTERS = 25
AMOUNT_CHARACTER_PX = 8
ROW_GAP_PX = 12
AXIS_PX = 50
NOTE_CHARACTERS = 48
CLIPPED_SIGN = "†"
CLIPPED_WORDS = N_("Beyond the training data; counted at its limit")
IMPUTED_WORDS = N_("Not measured; the clock assumed a value")
HATCHED = N_("Hatched: not measured; the clock assumed a value")
BEYOND = N_("† Beyond the training data; counted at its limit")


@dataclass(frozen=True)
class Step:
    """One factor: by how much it moves the sum, and what is told of it."""

    name: str
    note: str
    change: float
    hover: str
    imputed: bool = False
    clipped: bool = False


@dataclass(frozen=True)
class End:
    """Where the steps start or arrive."""

    name: str
    note: str
    value: float
    hover: str


def staircase(
    start: End, steps: Sequence[Step], end: End, unit: str, notes: Sequence[str] = ()
) -> go.Figure:
    """The figure; the first row is the start, the last one the end."""
    sums = list(accumulate((step.change for step in steps), initial=start.value))
    labels = [label(start), *map(label, steps), label(end)]
    row_px = LINE_PX * max(text.count("<br>") + 1 for text in labels) + ROW_GAP_PX
    notes = [
        line for n in (*sign_notes(steps), *notes) for line in textwrap.wrap(n, NOTE_CHARACTERS)
    ]
    footer_px = AXIS_PX + LINE_PX * len(notes)
    fig = figure(row_px * len(labels) + footer_px + 8, barmode="overlay", bargap=0.4)
    fig.add_trace(_connectors(sums, end.value))
    fig.add_trace(_bars(steps, sums, unit))
    fig.add_trace(_ends(start, end, len(steps) + 1, unit))
    _axes(fig, labels, [*sums, end.value], unit)
    amounts = [number(start.value, unit), *(signed(s.change, unit) for s in steps)]
    amount_column(fig, [*amounts, number(end.value, unit)])
    footer(fig, notes, footer_px)
    return fig


def label(row: Step | End) -> str:
    """A row's name on at most two lines, and its note below it."""
    lines = textwrap.wrap(
        row.name, NAME_CHARACTERS, max_lines=NAME_LINES, placeholder="…", break_long_words=True
    )
    sign = CLIPPED_SIGN if isinstance(row, Step) and row.clipped else ""
    name = ink("<br>".join(map(escape, lines)) + sign)
    if isinstance(row, End):
        name = f"<b>{name}</b>"
    note = _balanced(row.note)
    return "<br>".join([name, *(muted(escape(line)) for line in note)])


def _balanced(note: str) -> list[str]:
    """At most two lines, about as long as each other: no single word is left over."""
    lines = textwrap.wrap(note, NOTE_IN_ROW_CHARACTERS, max_lines=2, placeholder="…")
    if len(lines) < 2:
        return lines
    widths = range(len(note) // 2, NOTE_IN_ROW_CHARACTERS)
    narrower = (textwrap.wrap(note, width) for width in widths)
    return next((candidate for candidate in narrower if len(candidate) == len(lines)), lines)


def _bars(steps: Sequence[Step], sums: Sequence[float], unit: str) -> go.Bar:
    colours = [colour(step.change) for step in steps]
    return go.Bar(
        orientation="h",
        y=list(range(1, len(steps) + 1)),
        base=sums[:-1],
        x=[step.change for step in steps],
        text=[signed(step.change, unit) for step in steps],
        textposition="none",
        customdata=[step.hover for step in steps],
        hovertemplate="%{customdata}<extra></extra>",
        marker={
            "color": colours,
            "line": {"color": colours, "width": 1.5},
            "pattern": {
                "shape": ["/" if step.imputed else "" for step in steps],
                "fillmode": "replace",
                "size": 7,
                "solidity": 0.4,
            },
        },
    )


def _connectors(sums: Sequence[float], end: float) -> go.Scatter:
    """Thin lines that carry each sum down to the next row."""
    at = [*sums[:-1], end]
    return go.Scatter(
        x=[x for each in at for x in (each, each, None)],
        y=[y for row in range(len(at)) for y in (row, row + 1, None)],
        mode="lines",
        line={"color": NEUTRAL, "width": 1},
        hoverinfo="skip",
    )


def _ends(start: End, end: End, last: int, unit: str) -> go.Scatter:
    return go.Scatter(
        x=[start.value, end.value],
        y=[0, last],
        mode="markers",
        marker={"symbol": ["diamond-open", "diamond"], "size": 13, "color": NEUTRAL},
        text=[number(start.value, unit), number(end.value, unit)],
        customdata=[start.hover, end.hover],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _axes(fig: go.Figure, labels: Sequence[str], sums: Sequence[float], unit: str) -> None:
    fig.update_xaxes(
        range=zoomed(sums, unit),
        title_text=ink(unit_alone(unit)),  # short: a telephone has little room beside the names
        nticks=5 if max(map(abs, sums)) < HUGE else 3,
        tickangle=0,
        fixedrange=True,
    )
    fig.update_yaxes(
        range=[len(labels) - 0.5, -0.5],
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        tickprefix="",
        ticksuffix="",
        ticklabelstandoff=6,
        showgrid=False,
        fixedrange=True,
    )


def amount_column(fig: go.Figure, amounts: Sequence[str]) -> None:
    """The amounts in a column of their own, which is there on a narrow screen as well.

    All are added at once: one by one they take longer than the rest of the figure.
    """
    width_px = AMOUNT_CHARACTER_PX * max(map(len, amounts))
    fig.update_layout(
        margin_r=16 + width_px,
        annotations=[
            {
                "x": 1, "xref": "paper", "xanchor": "right", "xshift": 8 + width_px,
                "y": row, "text": f"<b>{ink(text)}</b>", "showarrow": False, "align": "right",
            }
            for row, text in enumerate(amounts)
        ],
        shapes=[
            {
                "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": row + 0.5, "y1": row + 0.5,
                "line": {"color": FAINT, "width": 1}, "layer": "below",
            }
            for row in range(len(amounts))
        ],
    )  # fmt: skip


def sign_notes(steps: Sequence[Step]) -> list[str]:
    """What the signs mean that these rows have."""
    notes = {
        HATCHED: any(step.imputed for step in steps),
        BEYOND: any(step.clipped for step in steps),
    }
    return [_(note) for note, needed in notes.items() if needed]


def footer(fig: go.Figure, notes: Sequence[str], footer_px: int) -> None:
    """Notes below the axis, from the right edge, so that they may reach under the names."""
    fig.update_layout(margin_b=footer_px)
    if notes:
        fig.add_annotation(
            x=1, xref="paper", xanchor="right", xshift=fig.layout.margin.r - 8,
            y=0, yref="paper", yanchor="top", yshift=-AXIS_PX,
            text="<br>".join(muted(escape(line)) for line in notes), showarrow=False, align="right",
        )  # fmt: skip
