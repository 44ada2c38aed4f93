"""The cohort widget: check a file, pay, follow progress, see the summary."""

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as widgets

from agelens import charts, wire
from agelens.client import Client, Cohort, Preview, RateLimited, Unavailable, Unreachable
from agelens.client.cohort_waiting import POLL_SECONDS, poll_waits
from agelens.languages import N_, _, translated
from agelens.notebook.cohort_controls import CohortControls
from agelens.notebook.cohort_source import (
    CohortSource,
    checked_source,
    is_id,
    people_of,
    uploaded_people,
)
from agelens.notebook.cohort_text import ended_html
from agelens.notebook.draft import CohortDraft
from agelens.notebook.error_text import error_text
from agelens.notebook.html_text import format_count, text_div
from agelens.notebook.latest_only_worker import LatestOnlyWorker
from agelens.notebook.previews import cohort_html, preview_html
from agelens.notebook.result_view import ResultView
from agelens.notebook.styles import style
from agelens.notebook.threaded_widgets import ThreadedBox
from agelens.notebook.widget_language import use_language

FIGURES = {
    N_("Distribution"): charts.distribution,
    N_("Gap by age"): charts.gap_by_age,
    N_("Top factors"): charts.top_factors,
    N_("Missing"): charts.missingness,
}
BY_AGE = N_("By age")
CHOOSE_FILE_HINT = N_("Choose a file: CSV, Parquet or JSON, one person per row.")
NOT_CHECKED = N_("Nothing checked yet.")
CHANGED_NOTE = N_("Something changed in the meantime. Press Check again.")
Work = Callable[[], None]


class CohortView(ThreadedBox):
    """Scores many people without leaving the notebook.

    `source` is a data frame, the path of a file, a cohort or a cohort's id; without one a file can
    be chosen. Check shows how it would be read and what it costs, and only Score pays. While one of
    the two is under way, both do nothing. `language` is as `set_language` takes it.

    Raises
    ------
    FileNotFoundError
        If there is no file of that path.
    """

    def __init__(
        self,
        client: Client,
        source: Any = None,
        *,
        stage: ResultView | None = None,
        language: str | None = None,
    ) -> None:
        use_language(language)
        is_cohort = isinstance(source, Cohort) or is_id(source)
        self._source = None if is_cohort else checked_source(source)
        self.client = client
        self.preview: Preview | None = None
        self._draft = CohortDraft(client)
        self._followed: Cohort | None = None
        self._scatter: wire.Scatter | None = None
        self._is_busy = False
        self._edits = 0
        self._result_view = stage or ResultView()
        self._worker: LatestOnlyWorker[Work] = LatestOnlyWorker(lambda work: work(), self._failed)
        self._cancel_worker: LatestOnlyWorker[Cohort] = LatestOnlyWorker(_cancel, self._failed)
        self._parts = (self._worker, self._cancel_worker)
        self.controls = CohortControls(
            client.models,
            edited=self._edited, check=self.check, score=self.score, cancel=self.cancel,
        )  # fmt: skip
        self.controls.file.layout.display = None if self._source is None else "none"
        self.message = widgets.HTML(
            text_div(_(CHOOSE_FILE_HINT), "faint") if source is None else ""
        )
        self.bar = widgets.FloatProgress(min=0, max=1, layout={"width": "98%", "display": "none"})
        self.figures = widgets.ToggleButtons(
            options=[(_(name), name) for name in (*FIGURES, BY_AGE)], layout={"display": "none"}
        )
        self.figures.style.button_width = "auto"
        parts = [self.controls, self.bar, self.message, self.figures]
        super().__init__([style(), *parts, *([] if stage else [widgets.HBox([self._result_view])])])
        self.add_class("agelens")
        self.figures.observe(lambda _: self.show(), "value")
        if is_cohort:
            self._begin(partial(self._find, source))

    @property
    def cohort(self) -> Cohort | None:
        """The draft that was checked, or else the cohort that is or was scored."""
        return self._draft.cohort or self._followed

    def check(self) -> None:
        """Have the service read the people, and show how and what they cost."""
        if not self._is_busy:
            self._edited()
            self._begin(partial(self._look, self.controls.options, self._edits))

    def score(self) -> None:
        """Pay for what was checked, and follow it."""
        draft, preview = self._draft.cohort, self.preview
        if draft is not None and preview is not None and not self._is_busy:
            self._begin(partial(self._run, draft, preview))

    def cancel(self) -> None:
        """End the cohort that is followed; it costs nothing then."""
        if self._followed is not None and not self._followed.is_finished:
            self._cancel_worker.submit(self._followed)

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Wait until nothing is under way; whether that came within the time."""
        return self._cancel_worker.wait_until_idle(
            timeout_seconds
        ) and self._worker.wait_until_idle(timeout_seconds)

    def show(self) -> None:
        """Draw the summary, also on a figure that showed something else meanwhile."""
        followed = self._followed
        if followed is not None and followed.summary:
            self.figures.layout.display = None
            name = self.figures.value
            if name == BY_AGE:
                fig = charts.age_scatter(translated(self._scatter or followed.scatter()))
            else:
                fig = FIGURES[name](translated(followed.summary))
            self._result_view.draw(fig, text_div(_(name), "number"), by=self)

    def _begin(self, work: Work) -> None:
        self._is_busy = True
        self._update_buttons()
        self._worker.submit(partial(self._run_work, work))

    def _run_work(self, work: Work) -> None:
        """In a thread: the kernel stays free."""
        try:
            work()
        finally:
            self._is_busy = False
            self._update_buttons()

    def _update_buttons(self) -> None:
        followed = self._followed
        is_under_way = self._is_busy and followed is not None and not followed.is_finished
        self.controls.allow(asking=not self._is_busy, preview=self.preview, canceling=is_under_way)

    def _edited(self) -> None:
        """What was checked is not what stands here now."""
        self._edits += 1
        self.preview = None
        self._update_buttons()

    def _look(self, options: dict[str, Any], edits: int) -> None:
        people = self._people()
        if people is None and self._draft.cohort is None:
            self.message.value = text_div(_(CHOOSE_FILE_HINT), "problem")
            return
        self.message.value = text_div(_("Sending …"), "faint")
        self._previewed(self._draft.preview(people, options), edits)

    def _people(self) -> CohortSource | None:
        """Who is to be scored now; nobody where a draft was found, and no file chosen."""
        if self._source is not None:
            return people_of(self._source)
        files = self.controls.upload.value
        return uploaded_people(files[0]) if files else None

    def _previewed(self, preview: Preview, edits: int) -> None:
        if edits != self._edits:
            self.message.value = text_div(_(CHANGED_NOTE))
            return
        self.preview = preview
        self.message.value = preview_html(preview)

    def _run(self, draft: Cohort, preview: Preview) -> None:
        """Hold the price; a draft is paid once, however often this is asked."""
        options = {"model": preview.model.name, "columns": preview.columns}
        key = "-".join([draft.id, *options.values()])
        cohort = draft.run(idempotency_key=key, **options)
        self._draft.release()
        self.preview = None
        self._follow(cohort)

    def _find(self, source: Cohort | str) -> None:
        cohort = self.client.cohorts[source] if isinstance(source, str) else source.refresh()
        if cohort.status != "draft":
            self._follow(cohort)
            return
        self._draft.adopt(cohort)
        preview = cohort.preview()
        self.controls.choose(preview.model.name, preview.columns)
        self._previewed(preview, self._edits)

    def _follow(self, cohort: Cohort) -> None:
        """Look again and again, also when the service is away in between, until it is closed."""
        self._followed = cohort
        self.controls.choose(cohort.model.name if cohort.model else None, cohort.columns)
        self.bar.layout.display = None
        self._show_progress(cohort)
        for asked_seconds in poll_waits(None, POLL_SECONDS):
            if cohort.is_finished or self._worker.has_ended:
                break
            try:
                self._show_progress(cohort.refresh(wait=asked_seconds))
            except (RateLimited, Unavailable, Unreachable) as error:
                self.message.value = text_div(
                    _("{problem} Trying again …", problem=error_text(error)), "problem"
                )
        if cohort.is_finished:
            self.show()
            self.message.value = ended_html(cohort, cohort.errors() if _has_results(cohort) else ())
            # here, in a thread, so that no click waits for it
            self._scatter = cohort.scatter() if cohort.status == "succeeded" else None

    def _show_progress(self, cohort: Cohort) -> None:
        self.bar.value = cohort.progress
        self.message.value = text_div(
            _("{n} of {all} rows", n=format_count(cohort.rows_done), all=format_count(cohort.rows)),
            "faint",
        )
        self._update_buttons()

    def _failed(self, error: Exception) -> None:
        self.message.value = text_div(error_text(error), "problem")

    def _repr_html_(self) -> str:
        cohort = self.cohort
        return text_div(_(NOT_CHECKED)) if cohort is None else cohort_html(cohort, self.preview)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The widget; for whoever cannot show it, the cohort as plain HTML."""
        bundle: dict[str, Any] = super()._repr_mimebundle_(**options)
        return bundle | {"text/html": self._repr_html_()}


def _cancel(cohort: Cohort) -> None:
    cohort.cancel()


def _has_results(cohort: Cohort) -> bool:
    return cohort.status == "succeeded" and cohort.rows_failed > 0
