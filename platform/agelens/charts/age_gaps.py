"""Chart of mean age gaps by age group and sex."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import plotly.graph_objects as go

from agelens.charts.number_format import (
    NO_RESULTS,
    Wire,
    amount,
    choice,
    escape,
    number,
    people,
    plain,
    signed,
)
from agelens.charts.style import NEUTRAL, colour, figure, ink, small, without_data
from agelens.languages import N_, _

HEIGHT_PX = 320
NO_GAPS = N_("No ages were given")
CONFIDENCE_SD = 1.96  # of a mean, on both sides: 95 %
ALL_SEXES = "all"
SYMBOLS = ("circle", "square", "triangle-up")


def gap_by_age(summary: Wire) -> go.Figure:
    """The mean age gap of each age group, women and men apart, with its 95 % interval.

    Parameters
    ----------
    summary : mapping
        Of a cohort, as the API tells it; without age gaps the figure says so.
    """
    fig = figure(HEIGHT_PX, showlegend=True, margin_t=28)
    groups = (summary["age_gap"] or {}).get("groups") or []
    if not groups:
        return without_data(fig, _(NO_GAPS) if summary["scored"] else _(NO_RESULTS))
    ages = sorted({(group["age_from"], group["age_to"]) for group in groups}, key=_from)
    positions = {span: n for n, span in enumerate(ages)}
    sexes = sorted({group["sex"] or ALL_SEXES for group in groups})
    for number_of_sex, sex in enumerate(sexes):
        shift = 0.28 * (number_of_sex - (len(sexes) - 1) / 2)
        of_sex = [group for group in groups if (group["sex"] or ALL_SEXES) == sex]
        symbol = SYMBOLS[number_of_sex % len(SYMBOLS)]
        name = _sex(sex)
        fig.add_trace(_means(of_sex, positions, shift, name, symbol))
        fig.add_trace(_legend(name, symbol))
    fig.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    fig.update_xaxes(
        title_text=ink(_("Chronological age (years)")), range=[-0.6, len(ages) - 0.4],
        tickvals=list(positions.values()), ticktext=[small(_ages(span)) for span in ages],
        tickprefix="", ticksuffix="", tickangle=0, showgrid=False, fixedrange=True,
    )  # fmt: skip
    fig.update_yaxes(title_text=ink(_("Age gap (years)")), fixedrange=True, nticks=6)
    fig.add_hline(0, line={"color": NEUTRAL, "width": 1})
    return fig


def _sex(sex: str) -> str:
    label = _("all") if sex == ALL_SEXES else choice(sex)
    return label[:1].upper() + label[1:]


def _means(
    groups: Sequence[Wire], positions: Mapping[Any, int], shift: float, name: str, symbol: str
) -> go.Scatter:
    means = [group["mean"] for group in groups]
    colours = [colour(mean) for mean in means]
    return go.Scatter(
        x=[positions[group["age_from"], group["age_to"]] + shift for group in groups],
        y=means,
        mode="markers",
        showlegend=False,
        marker={"symbol": symbol, "size": 10, "color": colours},
        error_y={"array": [_halfwidth(group) for group in groups], "color": NEUTRAL, "width": 3},
        customdata=[_hover_text(group, name) for group in groups],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _legend(name: str, symbol: str) -> go.Scatter:
    """The sign alone: its colours mean older and younger, not a sex."""
    marker = {"symbol": symbol, "size": 10, "color": NEUTRAL}
    return go.Scatter(x=[None], y=[None], mode="markers", name=ink(name), marker=marker)


def _halfwidth(group: Wire) -> float | None:
    """One person has no spread, so that nothing is known of how sure the mean is."""
    if group["n"] < 2 or group["sd"] is None:
        return None
    return float(CONFIDENCE_SD * group["sd"] / sqrt(group["n"]))


def _hover_text(group: Wire, name: str) -> str:
    lines = [
        f"<b>{escape(name)}, {_ages((group['age_from'], group['age_to']))}</b>",
        _("mean {amount}", amount=amount(group["mean"])),
    ]
    if halfwidth := _halfwidth(group):
        ends = [signed(group["mean"] + sign * halfwidth) for sign in (-1, 1)]
        lines.append(_("95 % interval of the mean {low} to {high}", low=ends[0], high=ends[1]))
        lines.append(_("SD {sd}", sd=number(group["sd"])))
    return "<br>".join([*lines, people(group["n"])])


def _from(span: tuple[float | None, float | None]) -> float:
    return float("-inf") if span[0] is None else span[0]


def _ages(span: tuple[float | None, float | None]) -> str:
    """Whole years from `age_from` to below `age_to`."""
    low, high = span
    if low is None:
        return _("under {age}", age=plain(high or 0))
    if high is None:
        return _("{age} and over", age=plain(low))
    return f"{plain(low)}\N{EN DASH}{plain(high - 1)}"
