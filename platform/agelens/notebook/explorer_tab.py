"""The Explore tab: fill in a panel, pay once, vary it for free."""

from collections.abc import Mapping
from threading import RLock

import ipywidgets as widgets

from agelens.client import Client, Example, InvalidInput, Model, Result, Task
from agelens.languages import N_, _, translated_text
from agelens.notebook.answers import AGE, Answer
from agelens.notebook.clock_picker import ClockPicker
from agelens.notebook.error_text import error_text
from agelens.notebook.form import Form
from agelens.notebook.html_text import credits_text, text_div
from agelens.notebook.latest_only_worker import LatestOnlyWorker
from agelens.notebook.panel_context import BASELINE, CONTEXT
from agelens.notebook.panels import state_of_example, state_of_task
from agelens.notebook.result_view import ResultView
from agelens.notebook.submission import Order, OrderQueue
from agelens.notebook.threaded_widgets import ThreadedBox

TIMEOUT_SECONDS = 150.0
PAUSE_SECONDS = 0.08  # a browser needs about as long to draw
EXAMPLE_NOTE = N_(
    "This is a made-up person. Change the values and press Predict ({price}). After that, the figure "
    "follows the controls at no extra cost."
)
AGE_VARIED = N_("A different age needs a new prediction. Press Predict.")
CONTEXT_VARIED = N_("What is ticked below the answers needs a new prediction. Press Predict.")
FREE_CHANGES_NOTE = N_("Move any control to see a new estimate, free of charge.")
State = dict[str, Answer]


class ExplorerTab(ThreadedBox):
    """A clock's controls; `result` is what the figure shows, `paid` the prediction behind it."""

    def __init__(
        self, client: Client, result_view: ResultView, models: Mapping[str, Model], first_clock: str
    ) -> None:
        self.client = client
        self.result_view = result_view
        self.models = dict(models)
        self.paid: Result | None = None
        self.result: Result
        self.form: Form
        self._paid_state: State = {}
        self._one_at_a_time = RLock()  # form, result and what they are compared with go together
        self._what_if_worker = LatestOnlyWorker(
            self._score_what_if, self._failed, pause_seconds=PAUSE_SECONDS
        )
        self._order_queue = OrderQueue(
            client, began=self._ordered, received=self._received, failed=self._failed
        )
        self.picker = ClockPicker(
            client, self.models, first_clock,
            on_example=self.show_example, changed=self._clock_picked, failed=self._failed,
        )  # fmt: skip
        self._parts = (self._what_if_worker, self._order_queue, self.picker)
        self.button = widgets.Button(button_style="primary", layout={"width": "auto"})
        self.reset_button = widgets.Button(description=_("Reset"), layout={"width": "auto"})
        self.message = widgets.HTML()
        self._form_box = widgets.VBox(layout={"max_height": "800px", "overflow": "auto"})
        buttons = widgets.HBox([self.button, self.reset_button])
        super().__init__([self.picker, buttons, self.message, self._form_box])
        self.button.on_click(lambda _button: self._order())
        self.reset_button.on_click(lambda _button: self.reset())

    @property
    def model(self) -> Model:
        """The clock whose controls are shown."""
        return self.form.model

    def show_example(self, clock: str, example: Example) -> None:
        """Show a clock with its example, which it has really scored."""
        form = Form(self.models[clock], self._changed, clock)
        form.load(state_of_example(example, form.model.features), example.units)
        self._show(form, None, Result.from_wire(example.result, None))

    def show_task(self, task: Task) -> None:
        """Show a finished task with its answers; what is varied then is that task."""
        result = task.result
        if result is None:
            raise ValueError(f"task {task.id} is {task.status}: it has no result")
        names = (f"{task.model.name}@{task.model.version}", task.model.name)
        clock = next((each for each in names if each in self.models), None)
        if clock is None:
            raise ValueError(f"the clock {task.model.name} cannot be used any more")
        form = Form(self.models[clock], self._changed, clock)
        form.load(*state_of_task(task, form.model.features))
        self._show(form, result, result)

    def fill(self, answers: State) -> None:
        """Show these canonical answers instead of those that are there."""
        self.form.load(answers)
        self._changed()

    def show(self) -> None:
        """Draw the result, also on a figure that showed something else meanwhile."""
        self._draw()
        self._show_message("" if self.paid is None else _(FREE_CHANGES_NOTE))

    def _draw(self) -> None:
        varied = self.paid is not None and self.result is not self.paid
        age = self._paid_state.get(AGE)
        self.result_view.show_result(
            self.result.wire,
            by=self,
            note=self._note(),
            before=self.paid.wire if self.paid is not None and varied else None,
            chronological_age=float(age) if age is not None else None,
            values=self.form.values(self.result.wire),
            values_before=self.form.values((self.paid or self.result).wire),
        )

    def _note(self) -> str:
        example = _(EXAMPLE_NOTE, price=credits_text(self.model.price)) if self.paid is None else ""
        return " ".join(filter(None, (example, translated_text(self.model.note))))

    def reset(self) -> None:
        """Back to what was paid for, or to the example."""
        self._what_if_worker.drop()
        self.form.load(self._paid_state)
        self._changed()
        if self.paid is None:
            self.show()

    def predict(self) -> Result | None:
        """Pay, and show the result; None when that failed, and the widget says why.

        What is shown and paid for already is not paid again.
        """
        self.picker.wait_until_idle(TIMEOUT_SECONDS)
        if self._is_paid:
            return self.paid
        before = self.paid
        self._order()
        self._order_queue.wait_until_idle(TIMEOUT_SECONDS)
        return None if self.paid is before else self.paid

    @property
    def _is_paid(self) -> bool:
        return self.paid is not None and self.form.state == self._paid_state

    def _order(self) -> None:
        """Order what stands in the form; a page may send a click for a button that is off by now."""
        if not self.picker.is_waiting and not self._is_paid:
            self._order_queue.order(self.form)

    def _clock_picked(self) -> None:
        """Another clock is awaited, or not any more."""
        self._price()
        self._show_message(_("Loading the clock …") if self.picker.is_waiting else "")

    def _show(self, form: Form, paid: Result | None, result: Result) -> None:
        """Seat a form whose controls are filled in already: those that a page shows may answer
        with what they had before."""
        with self._one_at_a_time:
            self._what_if_worker.drop()
            self.form = form
            self._form_box.children = [form]
            self.picker.show(form.clock)
            self._accept(paid, result, form.state)
            self.show()

    def _accept(self, paid: Result | None, result: Result, state: State) -> None:
        """From here on this is what controls are compared with."""
        self.paid, self.result, self._paid_state = paid, result, state
        self._price()

    def _price(self) -> None:
        self.button.description = _("Predict ({price})", price=credits_text(self.model.price))
        self.button.disabled = self.picker.is_waiting or self._is_paid

    def _changed(self) -> None:
        """A control has moved: ask what the clock would say, if that is free."""
        self._price()
        if self.paid is not None:
            self.form.clear()
            self._show_message(_(FREE_CHANGES_NOTE))
            self._what_if_worker.submit(self.form.state)

    def _score_what_if(self, state: State) -> None:
        """In a thread: one free question, the answer drawn unless something else was chosen."""
        with self._one_at_a_time:
            paid, paid_state = self.paid, self._paid_state
        if paid is None:
            return
        if state.get(AGE) != paid_state.get(AGE):
            self._show_message(_(AGE_VARIED), "")
            return
        if any(state.get(key) != paid_state.get(key) for key in (CONTEXT, BASELINE)):
            self._show_message(_(CONTEXT_VARIED), "")
            return
        keys = state.keys() | paid_state.keys()
        changes = {key: state.get(key) for key in keys if state.get(key) != paid_state.get(key)}
        result = self.client.what_ifs(paid, [changes])[0] if changes else paid
        with self._one_at_a_time:
            if self.paid is paid:  # what an order was refused for meanwhile stays to be read
                self.result = result
                self._draw()

    def _ordered(self, order: Order) -> None:
        """In a thread: the button is off until it is over."""
        self.button.disabled = True
        order.form.clear()
        self._show_message(_("Calculating …"))

    def _received(self, order: Order, paid: Result) -> None:
        with self._one_at_a_time:
            if self.form is not order.form:
                self._price()
                self._show_message(
                    _("The result from {clock} is in the history.", clock=order.clock), ""
                )
                return
            self._accept(paid, paid, order.state)
            self.show()
        if self.form.state != order.state:
            self._changed()

    def _show_message(self, message: str, kind: str = "faint") -> None:
        self.message.value = text_div(message, kind)

    def _failed(self, error: Exception) -> None:
        """What went wrong, beside the field that it names or above the form."""
        match error:
            case InvalidInput() if error.problems:
                unplaced = self.form.show_problems(error.problems)
                message = "; ".join(unplaced) or _("Please check the answers marked below.")
            case _:
                message = error_text(error)
        self._price()
        self._show_message(message, "problem")
