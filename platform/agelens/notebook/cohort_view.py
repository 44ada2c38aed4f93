"""A file of people: looked at, paid for, followed while it is scored, and summed up."""

import os
import uuid
from io import BytesIO
from typing import Any

import ipywidgets as widgets

from agelens import charts
from agelens.client import Client, Cohort, Model, Preview
from agelens.notebook.cohort_words import ended_html, preview_html
from agelens.notebook.failures import words
from agelens.notebook.latest import Latest
from agelens.notebook.looks import credits, line, style
from agelens.notebook.page import Page
from agelens.notebook.stage import Stage

LOOK_SECONDS = 1.0
COLUMNS = ("agelens", "kaggle", "bioage-r")
FIGURES = {
    "Distribution": charts.distribution,
    "Gap by age": charts.gap_by_age,
    "Top factors": charts.top_factors,
}
ASK = "Choose a file: CSV, Parquet or JSON, one person a row."


class CohortView(Page):
    """Scores many people without leaving the notebook.

    `source` is a data frame, the path of a file, a cohort or a cohort's id; without one a file can
    be chosen. Check shows how it would be read and what it costs, and only Score pays.
    """

    def __init__(self, client: Client, source: Any = None, *, stage: Stage | None = None) -> None:
        self.client = client
        self.cohort: Cohort | None = None
        self.preview: Preview | None = None
        self._source = source
        self._key = uuid.uuid4().hex
        self._stage = stage or Stage()
        self._checking = Latest(self._check, self._failed)
        self._following = Latest(self._follow, self._failed)
        self._parts = (self._checking, self._following)
        self._asking = self._controls()
        self.told = widgets.HTML(line(ASK, "faint") if source is None else "")
        self.bar = widgets.FloatProgress(min=0, max=1, layout={"width": "98%", "display": "none"})
        self.figures = widgets.ToggleButtons(options=list(FIGURES), layout={"display": "none"})
        self.figures.style.button_width = "auto"
        parts = [*self._asking, self.bar, self.told, self.figures]
        super().__init__([style(), *parts, *([] if stage else [widgets.HBox([self._stage])])])
        self.add_class("agelens")
        self.figures.observe(lambda _: self._draw(), "value")
        self._begin(source)

    def _controls(self) -> list[widgets.Widget]:
        models: list[Model] = list(self.client.models)
        options = [(f"{model.title} ({model.name})", model.name) for model in models]
        wide: dict[str, Any] = {"layout": {"width": "96%"}}
        self.upload = widgets.FileUpload(accept=".csv,.parquet,.json,.ndjson", multiple=False)
        self.model = widgets.Dropdown(options=options, description="Clock", **wide)
        self.columns = widgets.Dropdown(options=COLUMNS, description="Columns", **wide)
        self.check_button = widgets.Button(description="Check", layout={"width": "auto"})
        self.score_button = widgets.Button(
            description="Score", button_style="primary", disabled=True, layout={"width": "auto"}
        )
        self.cancel_button = widgets.Button(
            description="Cancel", disabled=True, layout={"width": "auto"}
        )
        self.check_button.on_click(lambda _: self.check())
        self.score_button.on_click(lambda _: self._following.ask(self._run))
        self.cancel_button.on_click(lambda _: self._checking.ask(self._cancel))
        for widget in (self.model, self.columns, self.upload):
            widget.observe(lambda _: self._unchecked(), "value")
        buttons = widgets.HBox([self.check_button, self.score_button, self.cancel_button])
        return [self.upload, self.model, self.columns, buttons]

    def _begin(self, source: Any) -> None:
        if isinstance(source, Cohort):
            self._following.ask(lambda: source.refresh())
        elif isinstance(source, str) and not os.path.exists(source):
            self._following.ask(lambda: self.client.cohorts[source])
        elif source is not None:
            self.upload.layout.display = "none"

    def check(self) -> None:
        """Send the file as a draft, and show how it would be read and what it costs."""
        self._checking.ask(self._look)

    def score(self) -> None:
        """Pay for what was checked."""
        self._following.ask(self._run)

    def settled(self, timeout_seconds: float) -> bool:
        """Wait until nothing is under way; whether that came within the time."""
        return self._checking.settled(timeout_seconds) and self._following.settled(timeout_seconds)

    def _unchecked(self) -> None:
        """What was checked is not what stands here now."""
        self.preview = None
        self.score_button.disabled = True
        self.score_button.description = "Score"

    def _check(self, work: Any) -> None:
        work()

    def _look(self) -> None:
        people, told = self._people()
        if people is None:
            self.told.value = line(ASK, "problem")
            return
        self.told.value = line("Sending …", "faint")
        options: dict[str, Any] = {"model": self.model.value, "columns": self.columns.value}
        self.cohort = self.client.cohorts.submit(people, draft=True, **options, **told)
        self._previewed(self.cohort.preview(**options))

    def _previewed(self, preview: Preview) -> None:
        self.preview = preview
        self._key = uuid.uuid4().hex
        self.told.value = preview_html(preview)
        self.score_button.description = f"Score ({credits(preview.price)})"
        self.score_button.disabled = not preview.readable_rows

    def _people(self) -> tuple[Any, dict[str, Any]]:
        """What is to be scored, and what a file chosen in the browser is called."""
        if self._source is not None:
            return self._source, {}
        if not self.upload.value:
            return None, {}
        chosen = self.upload.value[0]
        ending = chosen["name"].rpartition(".")[2].lower()
        return BytesIO(bytes(chosen["content"])), {"name": chosen["name"], "format": ending}

    def _run(self) -> Cohort | None:
        """Hold the price; the same draft is paid once, however often this is asked."""
        cohort, preview = self.cohort, self.preview
        if cohort is None or preview is None:
            return None
        self.score_button.disabled = True
        options = {"model": preview.model.name, "columns": preview.columns}
        return cohort.run(idempotency_key=self._key, **options)

    def _cancel(self) -> None:
        if self.cohort is not None:
            self.cohort.cancel()

    def _follow(self, begin: Any) -> None:
        """In a thread: look again and again, the kernel stays free."""
        cohort = begin()
        if cohort is None:
            return
        self.cohort = cohort
        self._choose_as_in(cohort)
        if cohort.status == "draft":
            self._previewed(cohort.preview())
            return
        self.bar.layout.display = None
        self.cancel_button.disabled = cohort.is_finished
        while not cohort.is_finished:
            self._show_progress(cohort)
            cohort.refresh(wait=LOOK_SECONDS)
        self._show_progress(cohort)
        self.cancel_button.disabled = True
        self.told.value = ended_html(cohort, cohort.errors() if _has_results(cohort) else ())
        self._draw()

    def _choose_as_in(self, cohort: Cohort) -> None:
        """A cohort from elsewhere has its own clock and names of columns."""
        if cohort.model and cohort.model.name in {name for _, name in self.model.options}:
            self.model.value = cohort.model.name
        if cohort.columns in COLUMNS:
            self.columns.value = cohort.columns

    def _show_progress(self, cohort: Cohort) -> None:
        self.bar.value = cohort.progress
        self.told.value = line(f"{cohort.rows_done:,} of {cohort.rows:,} rows", "faint")

    def _draw(self) -> None:
        cohort = self.cohort
        if cohort is None or not cohort.summary:
            return
        self.figures.layout.display = None
        name = self.figures.value
        self._stage.draw(FIGURES[name](cohort.summary), line(name, "number"), by=self)

    def show(self) -> None:
        """Draw the summary again on a figure that showed something else meanwhile."""
        self._draw()

    def _failed(self, error: Exception) -> None:
        self.told.value = line(words(error), "problem")
        self.score_button.disabled = self.preview is None


def _has_results(cohort: Cohort) -> bool:
    return cohort.status == "succeeded" and cohort.rows_failed > 0
