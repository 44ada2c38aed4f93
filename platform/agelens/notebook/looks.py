"""How the widgets look: in the colours of the page around them, light or dark."""

import ipywidgets as widgets

from agelens import charts

# Voila and Notebook have the same variables; without them the page's own colour holds.
INK = "var(--jp-ui-font-color1, var(--jp-widgets-color, currentColor))"
STYLE = f"""<style>
.agelens {{ color: {INK}; }}
.agelens .widget-html, .agelens .widget-html-content, .agelens .js-plotly-plot {{ color: {INK}; }}
.agelens .widget-html-content {{ line-height: 1.45; }}
.agelens .agelens-number {{ font-size: 22px; font-weight: 600; }}
.agelens .agelens-older {{ color: {charts.OLDER}; }}
.agelens .agelens-younger {{ color: {charts.YOUNGER}; }}
.agelens .agelens-problem {{ color: {charts.OLDER}; margin-left: 4px; }}
.agelens .agelens-faint {{ opacity: 0.8; }}
.agelens table {{ border-collapse: collapse; color: inherit; }}
.agelens th, .agelens td {{ text-align: left; padding: 2px 12px 2px 0; vertical-align: top; }}
</style>"""
DISCLAIMER = "Not medical advice."


def style() -> widgets.HTML:
    """The rules, for the page that shows the widget."""
    return widgets.HTML(STYLE, layout={"display": "none"})
