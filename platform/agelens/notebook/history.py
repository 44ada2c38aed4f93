"""The History tab: earlier results by the day of measurement, and their trend."""

from collections.abc import Callable
from itertools import pairwise

import ipywidgets as widgets

from agelens import charts, wire
from agelens.client import Client, Task, TimelineEntry, TimelineResult, Trend
from agelens.languages import N_, _
from agelens.notebook.error_messages import error_text
from agelens.notebook.html_text import line
from agelens.notebook.latest_only_worker import Latest
from agelens.notebook.result_view import ResultView
from agelens.notebook.styles import named
from agelens.notebook.threaded_widgets import Page

PAGE = 25
MOST_VERSIONS = 10
MOST_CLOCKS = 3  # a drawing has seats for so many traces
EMPTY = N_("No predictions yet.")


class History(Page):
    """One's results, newest measured first; a chosen one goes back into the controls."""

    def __init__(self, client: Client, stage: ResultView, opened: Callable[[Task], None]) -> None:
        self.client = client
        self.stage = stage
        self.results: list[tuple[TimelineEntry, TimelineResult]] = []
        self._opened = opened
        self._cursor: str | None = None
        self._looking = Latest(self._look, self._failed)
        self._opening = Latest(self._load, self._failed)
        self._parts = (self._looking, self._opening)
        self.list = named(
            widgets.Select(rows=14, layout={"width": "98%"}), _("Earlier predictions")
        )
        self.open_button = widgets.Button(description=_("Open"), button_style="primary")
        self.more_button = widgets.Button(description=_("More"))
        self.message = widgets.HTML()
        buttons = widgets.HBox([self.open_button, self.more_button])
        super().__init__([self.message, self.list, buttons])
        self.open_button.on_click(lambda _button: self._open())
        self.more_button.on_click(lambda _button: self._looking.ask(True))
        self._show()

    def look(self) -> None:
        """Ask anew, from the newest on, and draw how it went."""
        self._looking.ask(False)

    def _look(self, further: bool) -> None:
        cursor = self._cursor if further else None
        page = self.client.timeline.page(status="succeeded", cursor=cursor, limit=PAGE)
        found = [(e, each) for e in page.items for each in e.results if each.prediction is not None]
        self.results = [*(self.results if further else []), *found]
        self._cursor = page.next_cursor
        self._show()
        if not further:
            self._draw(self.client.timeline.trend())

    def _show(self) -> None:
        chosen = self.list.value
        self.list.options = [(_row(*each), each[1].task_id) for each in self.results]
        if self.results:
            ids = [result.task_id for _entry, result in self.results]
            self.list.value = chosen if chosen in ids else ids[0]
        self.more_button.disabled = self._cursor is None
        self.open_button.disabled = not self.results
        self.message.value = line("" if self.results else _(EMPTY), "faint")

    def _draw(self, trend: Trend) -> None:
        """All clocks that answer in the unit of the newest result; others need an axis of their own."""
        unit = trend.clocks[0]["unit"] if trend.clocks else "years"
        shown = [_lately(clock) for clock in trend.clocks if clock["unit"] == unit]
        shown = shown[:MOST_CLOCKS]
        title = _("Results over time") if shown else ""
        self.stage.draw(charts.trend(shown, unit=unit), line(title, "number"), by=self)

    def _open(self) -> None:
        if self.list.value is not None:
            self._opening.ask(self.list.value)

    def _load(self, task_id: str) -> None:
        self._opened(self.client.task(task_id))

    def _failed(self, error: Exception) -> None:
        self.message.value = line(error_text(error), "problem")


def _row(entry: TimelineEntry, result: TimelineResult) -> str:
    """When it was measured, which clock, what it said."""
    shown = f"{charts.number(result.prediction or 0.0, result.unit)} {charts.printed(result.unit)}"
    return f"{entry.measured_on} · {result.model.name} {result.model.version} · {shown}"


def _lately(clock: wire.ClockTrend) -> wire.ClockTrend:
    """Those of the last versions, each of which has a mark of its own."""
    points = clock["points"]
    begins = [
        place
        for place, (before, after) in enumerate(pairwise(points), 1)
        if before["version"] != after["version"]
    ]
    if len(begins) < MOST_VERSIONS:
        return clock
    return {**clock, "points": points[begins[-MOST_VERSIONS] :]}
