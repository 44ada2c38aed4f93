"""The All clocks tab: one panel, every clock that is ready for it, one forest plot."""

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any, cast

import ipywidgets as widgets

from agelens import charts, wire
from agelens.client import Assessment, Client, InvalidInput, Model, PanelCheck
from agelens.client.units import Feature
from agelens.languages import N_, _, translated, translated_text
from agelens.notebook.assessment_table import assessment_html
from agelens.notebook.error_text import error_text
from agelens.notebook.form import Form
from agelens.notebook.html_text import charged_text, credits_text, text_div
from agelens.notebook.idempotency_keys import IdempotencyKeys
from agelens.notebook.latest_only_worker import LatestOnlyWorker
from agelens.notebook.panels import state_of_example
from agelens.notebook.ready_clocks import price_of, ready_clocks
from agelens.notebook.result_view import ResultView
from agelens.notebook.styles import DISCLAIMER
from agelens.notebook.threaded_widgets import ThreadedBox

TIMEOUT_SECONDS = 150.0
PAUSE_SECONDS = 0.3  # a check is free, and limited
FIRST_EXAMPLE_CLOCK = "mortality-age"
UNUSABLE_VALUES = N_("has values that cannot be used")
CALCULATE = N_("Calculate all that are ready ({price})")
NOTHING_READY = N_("No clock is ready yet")
EXAMPLE_NOTE = N_(
    "This is a made-up person. Change the values; the clocks below say what they still need."
)


class AllClocksTab(ThreadedBox):
    """One set of values for all clocks; `assessment` is what was calculated last, None before."""

    def __init__(self, client: Client, result_view: ResultView, models: Sequence[Model]) -> None:
        self.client = client
        self.result_view = result_view
        self.models = {model.name: model for model in models}
        self.assessment: Assessment | None = None
        self.form: Form  # made when the tab is first opened: it has hundreds of widgets
        self._has_begun = False
        self._keys = IdempotencyKeys()
        self._ready: list[str] = []
        self._check_worker = LatestOnlyWorker(
            self._check, self._failed, pause_seconds=PAUSE_SECONDS
        )
        self._pay_worker = LatestOnlyWorker(self._pay, self._failed)
        self._parts = (self._check_worker, self._pay_worker)
        self.button = widgets.Button(button_style="primary", layout={"width": "auto"})
        self.message, self.chips, self.table = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._form_box = widgets.VBox(layout={"max_height": "640px", "overflow": "auto"})
        super().__init__([self.chips, self.button, self.message, self.table, self._form_box])
        self.button.on_click(lambda _: self._order())
        self._price([])

    def show(self) -> None:
        """Draw what there is; the first time begin with a made-up person."""
        if not self._has_begun:
            self._begin()
        self._draw()
        self._check_worker.submit(self.form.request)

    def _begin(self) -> None:
        name = (
            FIRST_EXAMPLE_CLOCK if FIRST_EXAMPLE_CLOCK in self.models else next(iter(self.models))
        )
        example = self.client.models.example(name)
        self.form = Form(_all_features(list(self.models.values())), self._changed, "")
        self.form.load(state_of_example(example, self.form.model.features), example.units)
        self._form_box.children = [self.form]
        self.message.value = text_div(_(EXAMPLE_NOTE), "faint")
        self._has_begun = True

    def calculate(self) -> Assessment | None:
        """Pay for all clocks that are ready; None when that failed, and the tab says why."""
        before = self.assessment
        self._check_worker.submit(self.form.request)
        self._check_worker.wait_until_idle(TIMEOUT_SECONDS)
        self._order()
        self._pay_worker.wait_until_idle(TIMEOUT_SECONDS)
        return None if self.assessment is before else self.assessment

    def _changed(self) -> None:
        self.form.clear()
        self._price([])  # until it is known what is ready with these
        self._check_worker.submit(self.form.request)

    def _check(self, request: dict[str, Any]) -> None:
        """In a thread: what each clock would make of the values, which is free."""
        check = self.client.check(**request)
        if request != self.form.request:
            return
        self.chips.value = chips_html(check, self.models)
        self._show_problems(check)
        self._price(ready_clocks(check, self.models), check)

    def _show_problems(self, check: PanelCheck) -> None:
        self.form.clear()
        for each in check.clocks:
            for problem in each.errors:
                control = self.form.controls.get(problem.field)
                if control is not None and problem.pointer.startswith("/answers"):
                    control.problem = translated_text(problem.message)

    def _price(self, ready: list[str], check: PanelCheck | None = None) -> None:
        self._ready = ready
        price = price_of(check, ready) if check else 0
        self.button.description = (
            _(CALCULATE, price=credits_text(price)) if ready else _(NOTHING_READY)
        )
        self.button.disabled = not ready

    def _order(self) -> None:
        if self._ready:
            request, ready = self.form.request, list(self._ready)
            key = self._keys.key_for(" ".join(ready), request)
            self._pay_worker.submit((request, ready, key))

    def _pay(self, order: tuple[dict[str, Any], list[str], str]) -> None:
        """In a thread: paid once, whatever is clicked meanwhile."""
        request, ready, key = order
        self.message.value = text_div(_("Calculating …"))
        with self._keys.used(key):
            self.assessment = self.client.assess(
                request["answers"], ready, units=request["units"],
                chronological_age=request["chronological_age"], idempotency_key=key,
            )  # fmt: skip
        self.message.value = text_div(charged_text(self.assessment.charged), "faint")
        self.table.value = assessment_html(self.assessment)
        self._draw()

    def _draw(self) -> None:
        assessment = self.assessment
        results = assessment.results if assessment else {}
        titles = {name: self._title(name) for name in results}
        wire_results = {titles[name]: translated(result.wire) for name, result in results.items()}
        age = assessment.chronological_age if assessment else None
        fig = charts.forest(
            wire_results, chronological_age=float(age) if isinstance(age, int | float) else None
        )
        parts = text_div(_("What the clocks say of one panel") if wire_results else "", "number")
        self.result_view.draw(fig, parts + text_div(_(DISCLAIMER), "faint"), by=self)

    def _title(self, name: str) -> str:
        model = self.models.get(name.partition("@")[0])
        return translated_text(model.title) if model else name

    def _failed(self, error: Exception) -> None:
        if isinstance(error, InvalidInput):
            unplaced = self.form.show_problems(error.problems)
            self.message.value = text_div("; ".join(unplaced) or error_text(error), "problem")
        else:
            self.message.value = text_div(error_text(error), "problem")


def chips_html(check: PanelCheck, models: dict[str, Model]) -> str:
    """Which clocks are ready, and what the others need."""
    checks = sorted(check.clocks, key=lambda each: not each.ready)
    chips = []
    for each in checks:
        model = models.get(each.model.name)
        name = translated_text(model.title) if model else each.model.name
        state = _("ready") if each.ready else translated_text(each.reason) or _(UNUSABLE_VALUES)
        if model and model.demonstration:
            state = _("{state} (demonstration: synthetic data)", state=state)
        kind = "agelens-chip" if each.ready else "agelens-chip agelens-faint"
        chips.append(f'<span class="{kind}">{escape(name)}: {escape(state)}</span>')
    return f'<div class="agelens-chips">{"".join(chips)}</div>'


def _all_features(models: Sequence[Model]) -> Model:
    """A clock that asks for everything that any of them reads, and needs nothing of it."""
    features: dict[str, Feature] = {}
    for model in models:
        for feature in model.features:
            feature_so_far = features.get(feature["key"])
            features[feature["key"]] = (
                _merged_feature(feature_so_far, feature) if feature_so_far else feature
            )
    optional = [{**feature, "required": False} for feature in features.values()]
    schema = cast(list[wire.Feature], optional)
    return replace(models[0], name="", features=schema, needs_age=False, ages=None, note="")


def _merged_feature(one: Feature, other: Feature) -> Feature:
    """Trained wherever one of two clocks was."""
    spans = [each for each in (one.get("training"), other.get("training")) if each]
    hull = [min(low for low, _ in spans), max(high for _, high in spans)] if spans else None
    return {
        **one, "training": hull, "informative": one["informative"] or other["informative"],
    }  # fmt: skip
