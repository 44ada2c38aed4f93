"""Chart of a cohort's top factors: mean absolute contributions."""

from collections.abc import Sequence

import plotly.graph_objects as go

from agelens.charts.number_format import (
    NO_RESULTS,
    YEARS,
    Wire,
    escape,
    number,
    printed,
    quantity,
    signed,
)
from agelens.charts.style import FAINT, LINE_PX, NEUTRAL, colour, figure, ink, muted, without_data
from agelens.charts.waterfall_steps import AMOUNT_CHARACTER_PX, AXIS_PX, ROW_GAP_PX, Step, label
from agelens.languages import N_, _

EMPTY_PX = 320
NO_EFFECT = N_("No factor has an effect")
TOP_PX = 34


def top_factors(summary: Wire, *, most: int = 10) -> go.Figure:
    """How far each factor moves a prediction, whichever way; a diamond at the mean with its sign.

    Parameters
    ----------
    summary : mapping
        Of a cohort, as the API tells it.
    most : int
        How many factors are shown; those that move nobody, as what was never measured, are not.
    """
    all_factors = summary["top_factors"] or []
    unit, factors = summary["unit"], [each for each in all_factors if each["mean_absolute"]][:most]
    if not factors:
        return without_data(figure(EMPTY_PX), _(NO_EFFECT) if summary["scored"] else _(NO_RESULTS))
    names = [label(Step(factor["label"], "", factor["mean_absolute"], "")) for factor in factors]
    row_px = LINE_PX * max(text.count("<br>") + 1 for text in names) + ROW_GAP_PX
    fig = figure(row_px * len(names) + AXIS_PX + TOP_PX, margin_t=TOP_PX, bargap=0.4)
    hover = [_hover_text(factor, unit) for factor in factors]
    rows = list(range(len(factors)))
    fig.add_trace(_moves(factors, rows, hover))
    fig.add_trace(_signed_means(factors, rows, hover))
    amounts = [number(factor["mean_absolute"], unit) for factor in factors]
    _rows(fig, names, amounts, unit)
    return fig


def _moves(factors: Sequence[Wire], rows: list[int], hover: list[str]) -> go.Bar:
    return go.Bar(
        orientation="h",
        x=[factor["mean_absolute"] for factor in factors],
        y=rows,
        marker={"color": FAINT, "line": {"color": NEUTRAL, "width": 1}},
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _signed_means(factors: Sequence[Wire], rows: list[int], hover: list[str]) -> go.Scatter:
    means = [factor["mean"] for factor in factors]
    return go.Scatter(
        x=means,
        y=rows,
        mode="markers",
        marker={"symbol": "diamond", "size": 11, "color": [colour(mean) for mean in means]},
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _rows(fig: go.Figure, names: list[str], amounts: list[str], unit: str) -> None:
    width_px = AMOUNT_CHARACTER_PX * max(map(len, amounts))
    fig.update_xaxes(title_text=ink(_effect(unit)), nticks=6, tickangle=0, fixedrange=True)
    fig.update_yaxes(
        range=[len(names) - 0.5, -0.5], tickvals=list(range(len(names))), ticktext=names,
        tickprefix="", ticksuffix="", ticklabelstandoff=6, showgrid=False, fixedrange=True,
    )  # fmt: skip
    fig.update_layout(margin_r=16 + width_px)
    for row, text in enumerate(amounts):
        fig.add_annotation(
            x=1, xref="paper", xanchor="right", xshift=8 + width_px, y=row,
            text=f"<b>{ink(text)}</b>", showarrow=False, align="right",
        )  # fmt: skip
    fig.add_annotation(
        x=1, xref="paper", xanchor="right", xshift=8 + width_px, y=1, yref="paper",
        yanchor="bottom", text=muted(_("bar: mean absolute effect · ◆ mean effect")), showarrow=False,
    )  # fmt: skip


def _effect(unit: str) -> str:
    if unit == YEARS:
        return _("Effect (years)")
    return _("Effect ({unit})", unit=escape(printed(unit)))


def _hover_text(factor: Wire, unit: str) -> str:
    effect = number(factor["mean_absolute"], unit)
    return "<br>".join(
        [
            f"<b>{escape(factor['label'])}</b>",
            _("moves the result by {amount} on average", amount=escape(quantity(effect, unit))),
            _("mean effect {amount}", amount=signed(factor["mean"], unit)),
        ]
    )
