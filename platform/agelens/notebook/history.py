"""The History tab: earlier predictions and their trend."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import ipywidgets as widgets

from agelens import charts
from agelens.client import Client, Task
from agelens.notebook.error_messages import error_text
from agelens.notebook.html_text import line
from agelens.notebook.latest_only_worker import Latest
from agelens.notebook.result_view import ResultView
from agelens.notebook.styles import named
from agelens.notebook.threaded_widgets import Page

PAGE = 25
MOST_VERSIONS = 10
Point = dict[str, Any]
EMPTY = "No predictions yet."


class History(Page):
    """One's predictions, newest first; a chosen one goes back into the controls."""

    def __init__(self, client: Client, stage: ResultView, opened: Callable[[Task], None]) -> None:
        self.client = client
        self.stage = stage
        self.tasks: list[Task] = []
        self._opened = opened
        self._cursor: str | None = None
        self._looking = Latest(self._look, self._failed)
        self._opening = Latest(opened, self._failed)
        self._parts = (self._looking, self._opening)
        self.list = named(widgets.Select(rows=14, layout={"width": "98%"}), "Earlier predictions")
        self.open_button = widgets.Button(description="Open", button_style="primary")
        self.more_button = widgets.Button(description="More")
        self.message = widgets.HTML()
        buttons = widgets.HBox([self.open_button, self.more_button])
        super().__init__([self.message, self.list, buttons])
        self.open_button.on_click(lambda _: self._open())
        self.more_button.on_click(lambda _: self._looking.ask(True))
        self._show()

    def look(self) -> None:
        """Ask anew, from the newest on, and draw how it went."""
        self._looking.ask(False)

    def _look(self, further: bool) -> None:
        cursor = self._cursor if further else None
        page = self.client.history_page(status="succeeded", cursor=cursor, limit=PAGE)
        self.tasks = [*(self.tasks if further else []), *page.items]
        self._cursor = page.next_cursor
        self._show()
        self._draw()

    def _show(self) -> None:
        chosen = self.list.value
        self.list.options = [(_row(task), task.id) for task in self.tasks]
        if self.tasks:
            ids = [task.id for task in self.tasks]
            self.list.value = chosen if chosen in ids else ids[0]
        self.more_button.disabled = self._cursor is None
        self.open_button.disabled = not self.tasks
        self.message.value = line("" if self.tasks else EMPTY, "faint")

    def _draw(self) -> None:
        """The clock that answered last, over time: others may be in other units."""
        newest = next(iter(self.tasks), None)
        same = [task for task in self.tasks if newest and task.model.name == newest.model.name]
        unit = same[0].wire_result["unit"] if same and same[0].wire_result else "years"
        title = f"{newest.model.name} over time" if newest else ""
        made = charts.trend(_lately(_points(same)), unit=unit).update_xaxes(type="date")
        self.stage.draw(made, line(title, "number"), by=self)

    def _open(self) -> None:
        task = next((task for task in self.tasks if task.id == self.list.value), None)
        if task is not None:
            self._opening.ask(task)

    def _failed(self, error: Exception) -> None:
        self.message.value = line(error_text(error), "problem")


def _row(task: Task) -> str:
    """When, which clock, what it said."""
    wire = task.wire_result
    message = f"{charts.number(wire['prediction'], wire['unit'])} {wire['unit']}" if wire else ""
    return f"{task.created_at:%Y-%m-%d %H:%M} · {task.model.name} {task.model.version} · {message}"


def _lately(points: Sequence[Point]) -> Sequence[Point]:
    """Those of the last versions, each of which is a line of its own."""
    begins = [
        place
        for place, (before, after) in enumerate(pairwise(points), 1)
        if before["version"] != after["version"]
    ]
    return points[begins[-MOST_VERSIONS] :] if len(begins) >= MOST_VERSIONS else points


def _points(tasks: Sequence[Task]) -> list[Point]:
    """Oldest first, as the trend takes them."""
    points = []
    for task in reversed(tasks):
        wire = task.wire
        interval = wire["interval"] or {"low": None, "high": None}
        points.append(
            {
                "when": task.created_at, "prediction": wire["prediction"], "id": task.id,
                "low": interval["low"], "high": interval["high"],
                "version": task.model.version, "chronological_age": task.chronological_age,
            }
        )  # fmt: skip
    return points
