"""The explorer widget: a form and its explained result, all clocks on one panel, history, cohorts."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from agelens.client import Assessment, Client, Result, Task
from agelens.languages import N_, _
from agelens.notebook.all_clocks_tab import AllClocksTab
from agelens.notebook.answers import Answer, checked_answers
from agelens.notebook.cohort_view import CohortView
from agelens.notebook.explorer_tab import ExplorerTab
from agelens.notebook.figure_widget import InPlaceFigureWidget
from agelens.notebook.history import HistoryTab
from agelens.notebook.result_view import ResultView
from agelens.notebook.styles import style
from agelens.notebook.threaded_widgets import ThreadedBox
from agelens.notebook.widget_language import use_language

TITLES = (N_("Explore"), N_("All clocks"), N_("History"), N_("Cohort"))
EXPLORE, ALL_CLOCKS = 0, 1


class Explorer(ThreadedBox):
    """A clock's biomarkers as controls, and one figure that follows them.

    `model` is a clock's name, or `name@version`, the default one when absent; `answers` are canonical values by
    biomarker, `chronological_age` may be among them; what is None or NaN was not measured. Without
    answers it begins with the clock's example. Nothing is paid before Predict is pressed, and what is
    varied afterwards is free. `language` is as `set_language` takes it.

    Raises
    ------
    InvalidInput
        Naming answers that the clock does not know.
    """

    def __init__(
        self,
        client: Client,
        model: str | None = None,
        answers: Mapping[str, Answer] | None = None,
        *,
        language: str | None = None,
    ) -> None:
        use_language(language)
        self.client = client
        models = list(client.models)
        first_model = client.models[model] if model else models[0]
        clock = first_model.pinned if model and "@" in model else first_model.name
        canonical_answers = None if answers is None else checked_answers(answers, first_model)
        self._result_view = ResultView()
        self._explorer_tab = ExplorerTab(
            client,
            self._result_view,
            {each.name: each for each in models} | {clock: first_model},
            clock,
        )
        self._history_tab = HistoryTab(client, self._result_view, self._open)
        self._cohort_view = CohortView(client, stage=self._result_view)
        self._all_clocks_tab = AllClocksTab(client, self._result_view, models)
        self._parts = (
            self._explorer_tab,
            self._all_clocks_tab,
            self._history_tab,
            self._cohort_view,
        )
        self._tabs = widgets.Tab(self._parts, titles=[_(title) for title in TITLES])
        self._tabs.layout = widgets.Layout(flex="1 1 0", min_width="430px")
        self._tabs.observe(lambda change: self._tab_changed(change["new"]), "selected_index")
        self._result_view.front = self._explorer_tab
        self._explorer_tab.show_example(clock, client.models.example(clock))
        if canonical_answers is not None:
            self._explorer_tab.fill(canonical_answers)
        sides = widgets.HBox([self._tabs, self._result_view], layout={"flex_flow": "row wrap"})
        super().__init__([style(), sides])
        self.add_class("agelens")

    @property
    def result(self) -> Result:
        """What the figure shows: the example's result, the one paid for, or a varied one."""
        return self._explorer_tab.result

    @property
    def paid(self) -> Result | None:
        """The prediction that was paid for, or chosen from the history; None before."""
        return self._explorer_tab.paid

    @property
    def answers(self) -> dict[str, Any]:
        """As `client.predict` takes them: `client.predict(**explorer.answers)`."""
        return {**self._explorer_tab.form.request, "model": self._explorer_tab.form.clock}

    @property
    def figure(self) -> InPlaceFigureWidget:
        """The one figure widget."""
        return self._result_view.figure

    def predict(self) -> Result | None:
        """As the button does: pay for the answers that are shown; None when it was refused.

        What was paid for and not changed since is not paid again.
        """
        return self._explorer_tab.predict()

    @property
    def assessment(self) -> Assessment | None:
        """What the All clocks tab has calculated last; None before."""
        return self._all_clocks_tab.assessment

    def assess(self) -> Assessment | None:
        """As the All clocks tab's button does: pay for every clock that is ready for its values.

        A demonstration on synthetic data is left out where another clock is ready. None when it was
        refused, and the tab says why.
        """
        self._tabs.selected_index = ALL_CLOCKS
        return self._all_clocks_tab.calculate()

    def _open(self, task: Task) -> None:
        """A prediction of the history, with its answers in the controls."""
        self._explorer_tab.show_task(task)
        self._tabs.selected_index = EXPLORE

    def _tab_changed(self, page: int) -> None:
        """The figure follows the tab that is in front."""
        self._result_view.front = self._tabs.children[page]
        tabs = (self._explorer_tab, self._all_clocks_tab, self._history_tab, self._cohort_view)
        (tabs[0].show, tabs[1].show, tabs[2].look, tabs[3].show)[page]()

    def to_frame(self) -> Any:
        """The contributions of the result that is shown, one row each."""
        return self.result.to_frame()

    def _repr_html_(self) -> str:
        return self.result._repr_html_()

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The widget; for whoever cannot show it, the result as plain HTML."""
        bundle: dict[str, Any] = super()._repr_mimebundle_(**options)
        return bundle | {"text/html": self._repr_html_()}
