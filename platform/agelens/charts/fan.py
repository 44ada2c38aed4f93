"""Fan chart: age against the clock's answer, with the percentiles of its reference people as bands."""

from collections.abc import Sequence

import plotly.graph_objects as go

from agelens.charts.axis_span import least_span
from agelens.charts.number_format import YEARS, Wire, number, ordinal, printed, share, whole
from agelens.charts.style import ESTIMATE, NEUTRAL, OLDER, YOUNGER, axis_title, figure, ink, small
from agelens.charts.verdicts import Verdict, typical_at
from agelens.languages import _

HEIGHT_PX = 340
AROUND_YEARS = 15.0  # of the person's age, to both sides
OUTER_COLOUR, INNER_COLOUR = "rgba(18, 184, 134, 0.16)", "rgba(18, 184, 134, 0.30)"
MEDIAN_COLOUR = "#0ca678"
BANDS = (("5", "95", OUTER_COLOUR), ("25", "75", INNER_COLOUR))
COLOURS = {"older": OLDER, "younger": YOUNGER, "unclear": NEUTRAL}
DOT_PX = 15


def fan(
    result: Wire,
    chronological_age: float,
    *,
    curve: Wire | None = None,
    verdict: Verdict | None = None,
) -> go.Figure:
    """The person as a dot among people of every age: half of them in the inner band, 90 % in the outer.

    Without a curve there are the dot, its interval, and the line on which both ages are the same.

    Parameters
    ----------
    result : mapping
        As the API tells it.
    chronological_age : float
        Years.
    curve : mapping, optional
        The clock's reference curve for the person's sex.
    verdict : Verdict, optional
        Gives the dot its colour; without one it is that of estimates.
    """
    unit = result["unit"]
    window = (max(0.0, chronological_age - AROUND_YEARS), chronological_age + AROUND_YEARS)
    visible = _within(curve, window)
    fig = figure(HEIGHT_PX, margin_t=8, margin_r=36)
    fig.update_xaxes(
        range=list(window), title_text=ink(_("Age (years)")), nticks=7, tickangle=0, fixedrange=True
    )
    fig.update_yaxes(
        range=_span(result, visible, window), title_text=ink(axis_title(unit)), nticks=7,
        fixedrange=True,
    )  # fmt: skip
    if visible:
        fig.add_traces(_bands(visible, unit))
    if unit == YEARS:
        fig.add_trace(_diagonal(window))
    fig.add_traces(_person(result, chronological_age, verdict))
    for line in ("5", "25", "50", "75", "95") if visible else ():
        fig.add_annotation(
            x=visible["ages"][-1], y=visible["percentiles"][line][-1],
            text=small(ordinal(int(line))), xanchor="left", xshift=4, showarrow=False,
        )  # fmt: skip
    return fig


def fan_text(result: Wire, chronological_age: float, curve: Wire | None = None) -> str:
    """The chart for those who do not see it."""
    unit = result["unit"]
    answer = f"{number(result['prediction'], unit)} {printed(unit)}"
    parts = [
        _("At age {age} your result is {answer}.", age=whole(chronological_age), answer=answer)
    ]
    percentiles = [
        typical_at(curve, chronological_age, line) for line in ("5", "25", "50", "75", "95")
    ]
    if None not in percentiles:
        lowest, low, median, high, highest = (
            number(percentile or 0.0, unit) for percentile in percentiles
        )
        parts.append(
            _(
                "Of the reference people of that age half are between {low} and {high}, 90 % "
                "between {lowest} and {highest}; the middle one is at {middle}.",
                low=low, high=high, lowest=lowest, highest=highest, middle=median,
            )
        )  # fmt: skip
    if interval := result["interval"]:
        low, high = (number(interval[side], unit) for side in ("low", "high"))
        level = share(interval["level"])
        parts.append(_("Your {level} range is {low} to {high}.", level=level, low=low, high=high))
    return " ".join(parts)


def _within(curve: Wire | None, window: Sequence[float]) -> Wire:
    """The curve at the ages that are shown; empty where there are none."""
    indices = (
        [n for n, age in enumerate(curve["ages"]) if window[0] <= age <= window[1]] if curve else []
    )
    if curve is None or not indices:
        return {}
    first, last = indices[0], indices[-1] + 1
    lines = {name: line[first:last] for name, line in curve["percentiles"].items()}
    return {"ages": curve["ages"][first:last], "percentiles": lines}


def _span(result: Wire, curve: Wire, window: Sequence[float]) -> list[float]:
    heights = [result["prediction"]]
    if interval := result["interval"]:
        heights += [interval["low"], interval["high"]]
    for line in curve.get("percentiles", {}).values():
        heights += line
    if not curve and result["unit"] == YEARS:
        heights += window
    low, high = min(heights), max(heights)
    room = max(0.05 * (high - low), (least_span(result["unit"], heights) - (high - low)) / 2)
    return [low - room, high + room]


def _bands(curve: Wire, unit: str) -> list[go.Scatter]:
    ages, lines = curve["ages"], curve["percentiles"]
    bands = [
        go.Scatter(
            x=[*ages, *reversed(ages)], y=[*lines[low], *reversed(lines[high])], mode="lines",
            fill="toself", fillcolor=colour, line={"width": 0}, hoverinfo="skip",
        )
        for low, high, colour in BANDS
    ]  # fmt: skip
    hover = [
        _(
            "Age {age}: the middle {half} are between {low} and {high}, the middle one is at {middle}",
            age=whole(age), half=share(0.5), low=number(lines["25"][n], unit),
            high=number(lines["75"][n], unit), middle=number(lines["50"][n], unit),
        )
        for n, age in enumerate(ages)
    ]  # fmt: skip
    middle = go.Scatter(
        x=ages, y=lines["50"], mode="lines", line={"color": MEDIAN_COLOUR, "width": 2},
        customdata=hover, hovertemplate="%{customdata}<extra></extra>",
    )  # fmt: skip
    return [*bands, middle]


def _diagonal(window: Sequence[float]) -> go.Scatter:
    return go.Scatter(
        x=list(window), y=list(window), mode="lines", hoverinfo="skip",
        line={"color": NEUTRAL, "width": 1, "dash": "dot"},
    )  # fmt: skip


def _person(result: Wire, age: float, verdict: Verdict | None) -> list[go.Scatter]:
    """The interval as a whisker, the answer as a dot on it."""
    unit, interval = result["unit"], result["interval"]
    colour = COLOURS[verdict.kind] if verdict else ESTIMATE
    answer = f"{number(result['prediction'], unit)} {printed(unit)}"
    hover = _("You: {answer} at age {age}", answer=answer, age=whole(age))
    parts = []
    if interval:
        bounds = [interval["low"], interval["high"]]
        low, high = (number(bound, unit) for bound in bounds)
        level = share(interval["level"])
        text = _("Your {level} range is {low} to {high}.", level=level, low=low, high=high)
        parts.append(
            go.Scatter(
                x=[age, age], y=bounds, mode="lines+markers", line={"color": colour, "width": 2.5},
                marker={"symbol": "line-ew-open", "size": 12, "color": colour},
                hovertemplate=text + "<extra></extra>",
            )
        )  # fmt: skip
    dot = go.Scatter(
        x=[age], y=[result["prediction"]], mode="markers+text", text=[ink(f"<b>{_('You')}</b>")],
        textposition="middle right", hovertemplate=hover + "<extra></extra>", cliponaxis=False,
        marker={"size": DOT_PX, "color": colour, "line": {"color": "#ffffff", "width": 2}},
    )  # fmt: skip
    return [*parts, dot]
