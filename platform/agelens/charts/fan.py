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
OUTER, INNER = "rgba(18, 184, 134, 0.16)", "rgba(18, 184, 134, 0.30)"
MIDDLE = "#0ca678"
BANDS = (("5", "95", OUTER), ("25", "75", INNER))
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
    shown = _within(curve, window)
    made = figure(HEIGHT_PX, margin_t=8, margin_r=36)
    made.update_xaxes(
        range=list(window), title_text=ink(_("Age (years)")), nticks=7, tickangle=0, fixedrange=True
    )
    made.update_yaxes(
        range=_span(result, shown, window), title_text=ink(axis_title(unit)), nticks=7,
        fixedrange=True,
    )  # fmt: skip
    if shown:
        made.add_traces(_bands(shown, unit))
    if unit == YEARS:
        made.add_trace(_diagonal(window))
    made.add_traces(_person(result, chronological_age, verdict))
    for line in ("5", "25", "50", "75", "95") if shown else ():
        made.add_annotation(
            x=shown["ages"][-1], y=shown["percentiles"][line][-1], text=small(ordinal(int(line))),
            xanchor="left", xshift=4, showarrow=False,
        )  # fmt: skip
    return made


def fan_text(result: Wire, chronological_age: float, curve: Wire | None = None) -> str:
    """The chart for those who do not see it."""
    unit = result["unit"]
    answer = f"{number(result['prediction'], unit)} {printed(unit)}"
    parts = [
        _("At age {age} your result is {answer}.", age=whole(chronological_age), answer=answer)
    ]
    ends = [typical_at(curve, chronological_age, line) for line in ("5", "25", "50", "75", "95")]
    if None not in ends:
        lowest, low, middle, high, highest = (number(end or 0.0, unit) for end in ends)
        parts.append(
            _(
                "Of the reference people of that age half are between {low} and {high}, 90 % "
                "between {lowest} and {highest}; the middle one is at {middle}.",
                low=low, high=high, lowest=lowest, highest=highest, middle=middle,
            )
        )  # fmt: skip
    if interval := result["interval"]:
        low, high = (number(interval[end], unit) for end in ("low", "high"))
        level = share(interval["level"])
        parts.append(_("Your {level} range is {low} to {high}.", level=level, low=low, high=high))
    return " ".join(parts)


def _within(curve: Wire | None, window: Sequence[float]) -> Wire:
    """The curve at the ages that are shown; empty where there are none."""
    places = (
        [n for n, age in enumerate(curve["ages"]) if window[0] <= age <= window[1]] if curve else []
    )
    if curve is None or not places:
        return {}
    first, last = places[0], places[-1] + 1
    lines = {name: line[first:last] for name, line in curve["percentiles"].items()}
    return {"ages": curve["ages"][first:last], "percentiles": lines}


def _span(result: Wire, shown: Wire, window: Sequence[float]) -> list[float]:
    seen = [result["prediction"]]
    if interval := result["interval"]:
        seen += [interval["low"], interval["high"]]
    for line in shown.get("percentiles", {}).values():
        seen += line
    if not shown and result["unit"] == YEARS:
        seen += window
    low, high = min(seen), max(seen)
    room = max(0.05 * (high - low), (least_span(result["unit"], seen) - (high - low)) / 2)
    return [low - room, high + room]


def _bands(shown: Wire, unit: str) -> list[go.Scatter]:
    ages, lines = shown["ages"], shown["percentiles"]
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
        x=ages, y=lines["50"], mode="lines", line={"color": MIDDLE, "width": 2}, customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
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
    painted = COLOURS[verdict.kind] if verdict else ESTIMATE
    answer = f"{number(result['prediction'], unit)} {printed(unit)}"
    hover = _("You: {answer} at age {age}", answer=answer, age=whole(age))
    parts = []
    if interval:
        ends = [interval["low"], interval["high"]]
        low, high = (number(end, unit) for end in ends)
        level = share(interval["level"])
        words = _("Your {level} range is {low} to {high}.", level=level, low=low, high=high)
        parts.append(
            go.Scatter(
                x=[age, age], y=ends, mode="lines+markers", line={"color": painted, "width": 2.5},
                marker={"symbol": "line-ew-open", "size": 12, "color": painted},
                hovertemplate=words + "<extra></extra>",
            )
        )  # fmt: skip
    dot = go.Scatter(
        x=[age], y=[result["prediction"]], mode="markers+text", text=[ink(f"<b>{_('You')}</b>")],
        textposition="middle right", hovertemplate=hover + "<extra></extra>", cliponaxis=False,
        marker={"size": DOT_PX, "color": painted, "line": {"color": "#ffffff", "width": 2}},
    )  # fmt: skip
    return [*parts, dot]
