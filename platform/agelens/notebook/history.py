"""The History tab: earlier results by the day of measurement, and their trend."""

from collections.abc import Callable
from itertools import pairwise

import ipywidgets as widgets

from agelens import charts, wire
from agelens.client import Client, Task, TimelineEntry, TimelineResult, Trend
from agelens.languages import N_, _
from agelens.notebook.error_text import error_text
from agelens.notebook.html_text import text_div
from agelens.notebook.latest_only_worker import LatestOnlyWorker
from agelens.notebook.result_view import ResultView
from agelens.notebook.styles import with_hidden_label
from agelens.notebook.threaded_widgets import ThreadedBox

PAGE_SIZE = 25
MOST_VERSIONS = 10
MOST_CLOCKS = 3  # a drawing has seats for so many traces
NO_PREDICTIONS = N_("No predictions yet.")


class HistoryTab(ThreadedBox):
    """One's results, newest measured first; a chosen one goes back into the controls."""

    def __init__(
        self, client: Client, result_view: ResultView, opened: Callable[[Task], None]
    ) -> None:
        self.client = client
        self.result_view = result_view
        self.results: list[tuple[TimelineEntry, TimelineResult]] = []
        self._opened = opened
        self._cursor: str | None = None
        self._list_worker = LatestOnlyWorker(self._look, self._failed)
        self._open_worker = LatestOnlyWorker(self._load, self._failed)
        self._parts = (self._list_worker, self._open_worker)
        self.list = with_hidden_label(
            widgets.Select(rows=14, layout={"width": "98%"}), _("Earlier predictions")
        )
        self.open_button = widgets.Button(description=_("Open"), button_style="primary")
        self.more_button = widgets.Button(description=_("More"))
        self.message = widgets.HTML()
        buttons = widgets.HBox([self.open_button, self.more_button])
        super().__init__([self.message, self.list, buttons])
        self.open_button.on_click(lambda _button: self._open())
        self.more_button.on_click(lambda _button: self._list_worker.submit(True))
        self._show()

    def look(self) -> None:
        """Ask anew, from the newest on, and draw how it went."""
        self._list_worker.submit(False)

    def _look(self, further: bool) -> None:
        cursor = self._cursor if further else None
        page = self.client.timeline.page(status="succeeded", cursor=cursor, limit=PAGE_SIZE)
        results = [
            (e, each) for e in page.items for each in e.results if each.prediction is not None
        ]
        self.results = [*(self.results if further else []), *results]
        self._cursor = page.next_cursor
        self._show()
        if not further:
            self._draw(self.client.timeline.trend())

    def _show(self) -> None:
        task_id = self.list.value
        self.list.options = [(_row(*each), each[1].task_id) for each in self.results]
        if self.results:
            ids = [result.task_id for _entry, result in self.results]
            self.list.value = task_id if task_id in ids else ids[0]
        self.more_button.disabled = self._cursor is None
        self.open_button.disabled = not self.results
        self.message.value = text_div("" if self.results else _(NO_PREDICTIONS), "faint")

    def _draw(self, trend: Trend) -> None:
        """All clocks that answer in the unit of the newest result; others need an axis of their own."""
        unit = trend.clocks[0]["unit"] if trend.clocks else "years"
        clocks = [_last_versions(clock) for clock in trend.clocks if clock["unit"] == unit]
        clocks = clocks[:MOST_CLOCKS]
        title = _("Results over time") if clocks else ""
        self.result_view.draw(charts.trend(clocks, unit=unit), text_div(title, "number"), by=self)

    def _open(self) -> None:
        if self.list.value is not None:
            self._open_worker.submit(self.list.value)

    def _load(self, task_id: str) -> None:
        self._opened(self.client.task(task_id))

    def _failed(self, error: Exception) -> None:
        self.message.value = text_div(error_text(error), "problem")


def _row(entry: TimelineEntry, result: TimelineResult) -> str:
    """When it was measured, which clock, what it said."""
    result_text = (
        f"{charts.number(result.prediction or 0.0, result.unit)} {charts.printed(result.unit)}"
    )
    return f"{entry.measured_on} · {result.model.name} {result.model.version} · {result_text}"


def _last_versions(clock: wire.ClockTrend) -> wire.ClockTrend:
    """Those of the last versions, each of which has a mark of its own."""
    points = clock["points"]
    version_starts = [
        n
        for n, (before, after) in enumerate(pairwise(points), 1)
        if before["version"] != after["version"]
    ]
    if len(version_starts) < MOST_VERSIONS:
        return clock
    return {**clock, "points": points[version_starts[-MOST_VERSIONS] :]}
