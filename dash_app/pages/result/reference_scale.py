"""A value on its reference range: a small scale and its text."""

from dash import html

from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor

ROOM = 0.6  # how much of the scale lies beyond the range, as a share of it
NARROWEST, WIDEST = 2.0, 98.0
SIGNS = {"in range": "✓", "above": "▲", "below": "▼"}


def standing(value: float, low: float | None, high: float | None) -> str:
    """Where a value lies."""
    if low is not None and value < low:
        return "below"
    return "above" if high is not None and value > high else "in range"


def range_text(factor: DisplayedFactor) -> str:
    """The range as people say it."""
    low, high = (None if end is None else factor.rounded(end) for end in factor.usual)
    if low is None or high is None:
        return f"up to {high}" if low is None else f"from {low}"
    return f"{low.removesuffix(factor.unit_text).strip()} to {high}"


def cell(factor: DisplayedFactor) -> list[Content]:
    """The scale and the words beside it; a dash where nobody says what is usual."""
    low, high = factor.usual
    if low is None and high is None:
        return [html.Span("no range given", className="result-faint")]
    range_words = range_text(factor)
    if factor.number is None:
        return [html.Span(range_words)]
    where = standing(factor.number, low, high)
    return [
        scale(factor.number, low, high),
        html.Span([html.Span(f"{SIGNS[where]} ", **{"aria-hidden": "true"}), where]),
        html.Span(f" · {range_words}", className="result-faint"),
    ]


def scale(value: float, low: float | None, high: float | None) -> Component:
    """A line with the usual range on it, and a mark at the value."""
    start, end = _ends(low, high)
    left = 0.0 if low is None else _place(low, start, end)
    right = 100.0 if high is None else _place(high, start, end)
    at = min(WIDEST, max(NARROWEST, _place(value, start, end)))
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


def _place(value: float, start: float, end: float) -> float:
    return 100 * (value - start) / (end - start)
