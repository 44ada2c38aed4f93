"""The result view: text and figure, shared by all tabs."""

from collections.abc import Mapping
from html import escape
from threading import RLock
from typing import Any

import ipywidgets as widgets
import plotly.graph_objects as go

from agelens import charts
from agelens.client.warning_text import labelled_warning
from agelens.languages import _, translated
from agelens.notebook.figure_widget import InPlaceFigureWidget
from agelens.notebook.html_text import text_div
from agelens.notebook.resize_observer import ResizeObserver
from agelens.notebook.result_figure import result_figure
from agelens.notebook.styles import DISCLAIMER

Wire = Mapping[str, Any]
# nothing in it takes the keyboard: where it would scroll, those without a mouse could not
LAYOUT = {"flex": "1 1 0", "min_width": "360px", "overflow": "visible"}


class ResultView(widgets.VBox):
    """One figure for all tabs; threads may draw on it, one after the other; `front` is that tab."""

    def __init__(self) -> None:
        self._one_at_a_time = RLock()
        self.text = widgets.HTML()
        self.front: widgets.Widget | None = None
        self._figure: InPlaceFigureWidget | None = None
        super().__init__([self.text], layout=LAYOUT)

    def draw(self, figure: go.Figure, parts: str, *, by: widgets.Widget) -> None:
        """Show a figure, and the HTML above it; not while another tab than `by` is in front."""
        with self._one_at_a_time:
            if self.front in (None, by):
                self.text.value = parts
                self._put(figure)

    @property
    def figure(self) -> InPlaceFigureWidget:
        """The figure widget, which is there once something was drawn."""
        if self._figure is None:
            raise LookupError("nothing was drawn yet")
        return self._figure

    def _put(self, figure: go.Figure) -> None:
        """The widget begins with its first figure: what it is told before a page has loaded its
        script is lost."""
        if self._figure is None:
            self._figure = InPlaceFigureWidget(figure)
            self.children = [self.text, ResizeObserver(), self._figure]
        else:
            self._figure.draw(figure)

    def show_result(
        self,
        result: Wire,
        *,
        by: widgets.Widget,
        note: str = "",
        before: Wire | None = None,
        **options: Any,
    ) -> None:
        """Show a result; `before` is the one that it varies, `options` go to `result_figure`."""
        result, before = translated(result), translated(before)
        parts = [headline(result, before), text_div(note, "faint") if note else ""]
        parts += [text_div(charts.sentence(result, options.get("chronological_age")))]
        parts += [text_div(risk)] if (risk := charts.risk_sentence(result)) else []
        labels = {row["feature"]: row["label"] for row in result["contributions"]}
        parts += [
            text_div(_("Warning: {warning}", warning=labelled_warning(warning, labels)))
            for warning in result["warnings"]
        ]
        parts += [text_div(_(DISCLAIMER), "faint")]
        self.draw(result_figure(result, before=before, **options), "".join(parts), by=by)


def headline(result: Wire, before: Wire | None) -> str:
    """The number; of a varied one also what it was and by how much it differs."""
    unit = result["unit"]
    now = charts.number(result["prediction"], unit)
    if before is None:
        return text_div(f"{now} {charts.printed(unit)}", "number")
    was = charts.number(before["prediction"], unit)
    change = result["prediction"] - before["prediction"]
    kind = "older" if change > 0 else "younger" if change < 0 else "faint"
    message = f'<span class="agelens-{kind}">{escape(charts.amount(change, unit))}</span>'
    text = _("now {now}, was {was}: {change}", now=now, was=was, change=message)
    return f'<div class="agelens-number">{text}</div>'
