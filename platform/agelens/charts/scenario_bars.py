"""Bar chart of a what-if: what each factor does before and after, in rows that stay where they are."""

import textwrap
from collections.abc import Collection, Mapping, Sequence

import plotly.graph_objects as go

from agelens.charts import scenarios
from agelens.charts.number_format import Wire, escape, printed, value_text
from agelens.charts.style import FAINT, LINE_PX, NEUTRAL, colour, figure, ink
from agelens.charts.waterfall_steps import (
    AXIS_PX,
    NOTE_CHARACTERS,
    ROW_GAP_PX,
    Step,
    amount_column,
    footer,
    label,
    sign_notes,
)
from agelens.languages import N_, _

LEGEND_NOTE = N_("Pale: before. Solid: after your changes")
BEFORE_WIDTH, AFTER_WIDTH = 0.8, 0.4  # of a row


def scenario_bars(
    before: Wire,
    after: Wire,
    *,
    most: int = 8,
    values: tuple[Mapping[str, str], Mapping[str, str]] | None = None,
) -> go.Figure:
    """The largest factors of the first result and all whose value has changed, each in its row.

    Parameters
    ----------
    before, after : mapping
        The results, as the API tells them.
    most : int
        How many factors have a bar of their own although their value is the same; see `own_rows`.
    values : tuple of two mappings of str to str, optional
        What to show, by feature, instead of the canonical values before and after.
    """
    unit = before["unit"]
    factors = scenarios.scenario(before, after, own_rows(before, after, most))
    steps = [_step(each, before, after, values or ({}, {})) for each in factors]
    labels = [label(step) for step in steps]
    row_px = LINE_PX * max([1, *(text.count("<br>") + 1 for text in labels)]) + ROW_GAP_PX
    notes = [
        part
        for note in (_(LEGEND_NOTE), *sign_notes(steps))
        for part in textwrap.wrap(note, NOTE_CHARACTERS)
    ]
    footer_px = AXIS_PX + LINE_PX * len(notes)
    fig = figure(row_px * len(labels) + footer_px + 8, barmode="overlay", bargap=0.2)
    fig.add_trace(_bars([each.before for each in factors], [FAINT] * len(factors), BEFORE_WIDTH))
    fig.add_trace(_bars([each.after for each in factors], _colours(factors), AFTER_WIDTH, steps))
    fig.update_xaxes(
        range=scenarios.axis(factors),
        title_text=ink(_("Effect ({unit})", unit=printed(unit))),
        zeroline=True,
        zerolinecolor=NEUTRAL,
        nticks=5,
        tickangle=0,
        fixedrange=True,
    )
    fig.update_yaxes(
        range=[len(labels) - 0.5, -0.5],
        tickvals=list(range(len(labels))),
        ticktext=labels,
        tickprefix="",
        ticksuffix="",
        ticklabelstandoff=6,
        showgrid=False,
        fixedrange=True,
    )
    amount_column(fig, [scenarios.effect_text(each, unit) for each in factors])
    footer(fig, notes, footer_px)
    return fig


def own_rows(before: Wire, after: Wire, most: int) -> Collection[str]:
    """The factors with a row of their own: none that has been moved is hidden among the others."""
    values_before, values_after = (
        {row["feature"]: row["value"] for row in side["contributions"]} for side in (before, after)
    )
    keys = [row["feature"] for row in scenarios.in_order(before, after)]
    return {*keys[:most], *(key for key in keys if values_before.get(key) != values_after.get(key))}


def _step(
    factor: scenarios.Factor,
    before: Wire,
    after: Wire,
    values: tuple[Mapping[str, str], Mapping[str, str]],
) -> Step:
    """A row's name, its value before and after, and what the end of the row and a pointer tell."""
    rows = [_row(side, factor.key) for side in (before, after)]
    value_texts = [
        texts.get(row["feature"]) or value_text(row)
        for row, texts in zip(rows, values, strict=True)
        if row is not None
    ]
    note = " → ".join(dict.fromkeys(value_texts))
    head = f"<b>{escape(factor.label)}</b>" + (f": {escape(note)}" if note else "")
    hover = f"{head}<br>{scenarios.effect_text(factor, before['unit'])} {escape(printed(before['unit']))}"
    now = rows[1]
    signs = (now["imputed"], now["clipped"]) if now else (False, False)
    return Step(factor.label, note, factor.after, hover, *signs)


def _row(result: Wire, key: str | None) -> Wire | None:
    return next((row for row in result["contributions"] if row["feature"] == key), None)


def _colours(factors: Sequence[scenarios.Factor]) -> list[str]:
    return [colour(each.after) for each in factors]


def _bars(
    effects: Sequence[float], colours: Sequence[str], width: float, steps: Sequence[Step] = ()
) -> go.Bar:
    """Bars from zero; those with `steps` tell a pointer what they are."""
    hover = {
        "customdata": [step.hover for step in steps],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    pattern = {
        "shape": ["/" if step.imputed else "" for step in steps],
        "fillmode": "replace",
        "size": 7,
        "solidity": 0.4,
    }
    return go.Bar(
        orientation="h",
        x=list(effects),
        y=list(range(len(effects))),
        width=width,
        marker={"color": list(colours), **({"pattern": pattern} if steps else {})},
        **(hover if steps else {"hoverinfo": "skip"}),
    )
