"""CSS of the widgets, for light and dark pages."""

from typing import Any

import ipywidgets as widgets

from agelens import charts
from agelens.languages import N_

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
.agelens .agelens-named > .widget-label {{
  position: absolute; width: 1px; height: 1px; margin: 0; clip-path: inset(50%);
}}
.agelens .widget-checkbox {{ height: auto; }}
.agelens .widget-checkbox .widget-label-basic {{
  display: flex; align-items: center; height: auto; line-height: 1.25;
}}
.agelens .widget-checkbox input {{ flex: none; align-self: center; margin-right: 6px; }}
.agelens .widget-checkbox span {{ white-space: normal; }}
.agelens .agelens-band {{ position: relative; height: 5px; }}
.agelens .agelens-band span {{ position: absolute; top: 0; bottom: 0; }}
.agelens .agelens-trained {{ background: rgba(134, 142, 150, 0.35); }}
.agelens .agelens-hatched {{
  background: repeating-linear-gradient(45deg, #868e96 0 1px, transparent 1px 4px);
}}
.agelens .agelens-chips {{ display: flex; flex-wrap: wrap; gap: 4px 8px; margin: 4px 0; }}
.agelens .agelens-chip {{ border: 1px solid currentColor; border-radius: 12px; padding: 0 10px; }}
.agelens table {{ border-collapse: collapse; color: inherit; }}
.agelens th, .agelens td {{ text-align: left; padding: 2px 12px 2px 0; vertical-align: top; }}
</style>"""
DISCLAIMER = N_("Not medical advice.")


def style() -> widgets.HTML:
    """The rules, for the page that shows the widget."""
    return widgets.HTML(STYLE, layout={"display": "none"})


def with_hidden_label(widget: Any, name: str) -> Any:
    """A widget with a name for who cannot see what stands beside it; it takes no room."""
    widget.description = widget.tooltip = name
    widget.add_class("agelens-named")
    return widget
