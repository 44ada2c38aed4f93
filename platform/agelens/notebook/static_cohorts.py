"""The cohort view without widgets."""

from typing import Any

from agelens.client import Client, Cohort, Preview
from agelens.languages import N_, _
from agelens.notebook.cohort_source import checked_source, is_id, people_of
from agelens.notebook.draft import CohortDraft
from agelens.notebook.html_text import text_div
from agelens.notebook.previews import cohort_html
from agelens.notebook.widget_language import use_language

NOT_CHECKED = N_(
    "Nothing checked yet. check() shows how the file would be read; score() pays for it."
)
BUTTONS_NEED_PACKAGE = N_(
    "Buttons need {package}, which is not installed: pip install 'agelens[notebook]', then start the "
    "kernel again."
)


class StaticCohortView:
    """Shows a cohort; `check` and `score` do what the buttons of the view with widgets do.

    Its arguments are those of that view, which the package `missing` is for.
    """

    missing = "ipywidgets"

    def __init__(self, client: Client, source: Any = None, *, language: str | None = None) -> None:
        use_language(language)
        is_cohort = isinstance(source, Cohort) or is_id(source)
        self._source = None if is_cohort else checked_source(source)
        self.client = client
        self.preview: Preview | None = None
        self._draft = CohortDraft(client)
        self._options: dict[str, Any] = {}
        self._scored: Cohort | None = None
        if is_cohort:
            self._find(client.cohorts[source] if isinstance(source, str) else source)

    @property
    def cohort(self) -> Cohort | None:
        """The draft that was checked, or else the cohort that was scored."""
        return self._draft.cohort or self._scored

    def check(self, **options: Any) -> Preview:
        """How the people would be read, and what they cost; `options` (model, columns, mapping,
        units, id_column) are those of `client.cohorts.submit`."""
        people = None if self._source is None else people_of(self._source)
        self._options = options
        self.preview = self._draft.preview(people, options)
        return self.preview

    def score(self) -> Cohort:
        """Pay for what was checked, and wait until it is done; raises what `Cohort.wait` raises."""
        draft = self._draft.cohort
        if draft is None or self.preview is None:
            raise LookupError(
                "nothing checked yet: check() shows how it would be read, and the price"
            )
        self._scored = draft.run(**self._options)
        self._draft.release()
        return self._scored.wait(progress=False)

    def _find(self, cohort: Cohort) -> None:
        if cohort.status != "draft":
            self._scored = cohort
            return
        self._draft.adopt(cohort)
        self.preview = cohort.preview()

    def _repr_html_(self) -> str:
        cohort = self.cohort
        cohort_part = (
            text_div(_(NOT_CHECKED)) if cohort is None else cohort_html(cohort, self.preview)
        )
        return text_div(_(BUTTONS_NEED_PACKAGE, package=self.missing)) + cohort_part
