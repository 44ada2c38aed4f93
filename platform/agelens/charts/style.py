"""Shared style of all charts: colours, fonts, light and dark."""

from typing import Any

import plotly.graph_objects as go

from agelens.languages import _, pgettext

# Each has a contrast of at least 3:1 on white and on #1a1b1e, and both differ to colour-blind eyes.
OLDER = "#e03131"
YOUNGER = "#1c7ed6"
NEUTRAL = "#868e96"
ESTIMATE = "#7950f2"
FAINT = "rgba(134, 142, 150, 0.3)"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
FONT_PX = 13
LINE_PX = 16

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "displayModeBar": False,
    "responsive": True,
    "showSendToCloud": False,
    "plotlyServerURL": "",
}
NO_BUTTONS = ["zoom", "pan", "select", "lasso", "zoomin", "zoomout", "autoscale", "resetscale"]


# The day before the month, as everywhere here; what stays the same is said once, on a second line
DATES: dict[str, Any] = {
    "tickformatstops": [
        {"dtickrange": [None, 86_399_999], "value": "%H:%M\n%-d %b"},
        {"dtickrange": [86_400_000, "M1"], "value": "%-d %b\n%Y"},
        {"dtickrange": ["M1", "M6"], "value": "%b\n%Y"},
        {"dtickrange": ["M12", None], "value": "%Y"},
    ],
    "hoverformat": "%-d %b %Y, %H:%M",
}


def figure(height: int, **layout: Any) -> go.Figure:
    """An empty figure of the house; put together at once, which is quicker than step by step."""
    defaults = {
        "template": "none",
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": FONT_PX, "color": NEUTRAL},
        "hoverlabel": {
            "bgcolor": "#212529",
            "align": "left",
            "font": {"color": "#ffffff", "family": FONT, "size": FONT_PX - 1},
        },
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "dragmode": False,
        "showlegend": False,
        "modebar": {"remove": NO_BUTTONS, "bgcolor": "rgba(0,0,0,0)", "color": NEUTRAL},
        "xaxis": AXIS,
        "yaxis": AXIS,
    }
    fig = go.Figure(layout=defaults)
    fig.update_layout(**layout)
    return fig


AXIS: dict[str, Any] = {
    "title": {"standoff": 6, "font": {"size": FONT_PX}},
    "gridcolor": FAINT,
    "zeroline": False,
    "automargin": True,
    "tickprefix": '<span style="color:currentColor">',
    "ticksuffix": "</span>",
}


def without_data(fig: go.Figure, message: str) -> go.Figure:
    """The figure with words where its data would be."""
    fig.update_xaxes(visible=False)
    fig.update_yaxes(visible=False)
    return fig.add_annotation(
        text=ink(message), x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False
    )


def ink(text: str) -> str:
    """Text in the colour of the page around it: black on white, white on dark."""
    return f'<span style="color:currentColor">{text}</span>'


def small(text: str) -> str:
    """Smaller text of the page's colour."""
    return f'<span style="color:currentColor;font-size:11px">{text}</span>'


def muted(text: str) -> str:
    """Smaller and paler text, still of the page's colour."""
    return f'<span style="color:currentColor;fill-opacity:0.75;font-size:11px">{text}</span>'


def colour(change: float) -> str:
    """Red for older, blue for younger."""
    return OLDER if change > 0 else YOUNGER if change < 0 else NEUTRAL


def axis_title(unit: str) -> str:
    """What the numbers of an axis are."""
    if unit == "years":
        return _("Biological age (years)")
    return _("Result ({unit})", unit=pgettext("unit", unit))
