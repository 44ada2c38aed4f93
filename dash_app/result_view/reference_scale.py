"""A value on its reference range: a small scale, its text, and a badge that says how it stands."""

from agelens.languages import N_, _
from dash import html

from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor

ROOM = 0.6  # how much of the scale lies beyond the range, as a share of it
NARROWEST, WIDEST = 2.0, 98.0
SIGNS = {"in range": "✓", "above": "▲", "below": "▼"}
BADGES = {"in range": N_("in range"), "above": N_("above range"), "below": N_("below range")}
NOT_MEASURED, ASSUMED = N_("not measured"), N_("a value was assumed")
NO_RANGE = N_("no range given")


def standing(value: float, low: float | None, high: float | None) -> str:
    """Where a value lies."""
    if low is not None and value < low:
        return "below"
    return "above" if high is not None and value > high else "in range"


def standing_of(factor: DisplayedFactor) -> str | None:
    """Where a measured value lies; None where nobody says what is usual."""
    low, high = factor.usual
    if factor.number is None or (low is None and high is None):
        return None
    return standing(factor.number, low, high)


def badge(factor: DisplayedFactor) -> list[Content]:
    """How a value stands, in a word and a colour that is never that of older or younger."""
    if factor.contribution["imputed"]:
        return [
            html.Span(_(NOT_MEASURED), className="result-badge assumed"),
            html.Span(_(ASSUMED), className="result-faint"),
        ]
    standing_name = standing_of(factor)
    if standing_name is None:
        return []
    kind = "inside" if standing_name == "in range" else "outside"
    sign = html.Span(f"{SIGNS[standing_name]} ", **{"aria-hidden": "true"})
    return [html.Span([sign, _(BADGES[standing_name])], className=f"result-badge {kind}")]


def range_text(factor: DisplayedFactor) -> str:
    """The range as people say it."""
    low, high = (None if end is None else factor.rounded(end) for end in factor.usual)
    if low is None or high is None:
        return _("up to {high}", high=high) if low is None else _("from {low}", low=low)
    return _("{low} to {high}", low=low.removesuffix(factor.unit_text).strip(), high=high)


def cell(factor: DisplayedFactor) -> list[Content]:
    """The range and the value on it; nobody says what is usual of some."""
    low, high = factor.usual
    if low is None and high is None:
        return [html.Span(_(NO_RANGE), className="result-faint")]
    words = html.Span(range_text(factor), className="result-faint")
    if factor.number is None:
        return [words]
    return [scale(factor.number, low, high), words]


def scale(value: float, low: float | None, high: float | None) -> Component:
    """A line with the usual range on it, and a mark at the value."""
    start, end = _ends(low, high)
    left = 0.0 if low is None else _percent(low, start, end)
    right = 100.0 if high is None else _percent(high, start, end)
    at = min(WIDEST, max(NARROWEST, _percent(value, start, end)))
    return html.Span(
        [
            html.Span(style={"left": f"{left:.1f}%", "width": f"{right - left:.1f}%"}),
            html.I(style={"left": f"{at:.1f}%"}),
        ],
        className="result-scale",
        **{"aria-hidden": "true"},
    )


def _ends(low: float | None, high: float | None) -> tuple[float, float]:
    if low is not None and high is not None:
        room = ROOM * (high - low) or 1.0
        return low - room, high + room
    edge = (high if low is None else low) or 0.0
    room = ROOM * abs(edge) or 1.0
    return edge - room, edge + room


def _percent(value: float, start: float, end: float) -> float:
    return 100 * (value - start) / (end - start)
