"""The first tab: a panel is filled in, paid for once, and varied for free."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from agelens.client import Client, InvalidInput, Model, Result, Task
from agelens.notebook.controls import Answer
from agelens.notebook.failures import words
from agelens.notebook.form import AGE, Form
from agelens.notebook.latest import Latest
from agelens.notebook.looks import credits, line
from agelens.notebook.panels import state_of_example, state_of_task
from agelens.notebook.stage import Stage

LONGEST_SECONDS = 150.0
PAUSE_SECONDS = 0.08  # a browser needs about as long to draw
EXAMPLE = (
    "This is a made-up person. Change the values and press Predict, which costs {price}. The figure "
    "follows the controls from then on, at no further cost."
)
AGE_VARIED = "Another age is another person: it takes a new prediction. Press Predict."
PAID = "Move a control: what the clock would say costs nothing."
State = dict[str, Answer]


@dataclass(frozen=True)
class Order:
    """A panel that is to be paid for, as it stood in a form."""

    form: Form
    state: State
    request: dict[str, Any]


class Exploring(widgets.VBox):
    """A clock's controls; `result` is what the figure shows, `paid` the prediction behind it."""

    def __init__(self, client: Client, stage: Stage, models: list[Model], first: Model) -> None:
        self.client = client
        self.stage = stage
        self.models = {model.name: model for model in models} | {first.name: first}
        self.paid: Result | None = None
        self.result: Result
        self.form: Form
        self._paid_state: State = {}
        self._choosing = False
        self._attempt = uuid.uuid4().hex
        self._trying = Latest(self._try, self._failed, pause_seconds=PAUSE_SECONDS)
        self._paying = Latest(self._pay, self._failed)
        options = [(f"{model.title} ({model.name})", model.name) for model in self.models.values()]
        self.picker = widgets.Dropdown(options=options, value=first.name, description="Clock")
        self.picker.layout.width = "96%"
        self.button = widgets.Button(button_style="primary", layout={"width": "auto"})
        self.reset_button = widgets.Button(description="Reset", layout={"width": "auto"})
        self.told = widgets.HTML()
        self._seat = widgets.VBox(layout={"max_height": "640px", "overflow": "auto"})
        buttons = widgets.HBox([self.button, self.reset_button])
        super().__init__([self.picker, buttons, self.told, self._seat])
        self.picker.observe(self._picked, "value")
        self.button.on_click(lambda _: self._paying.ask(self._order()))
        self.reset_button.on_click(lambda _: self.reset())

    @property
    def model(self) -> Model:
        """The chosen clock."""
        return self.form.model

    def choose(self, name: str) -> None:
        """Show a clock with its example, which the clock has really scored."""
        self._trying.drop()
        example = self.client.models.example(name)
        form = Form(self.models[name], self._changed)
        form.load(state_of_example(example, form.model.features), example.units)
        self._seat_form(form)
        self._accept(None, Result.from_wire(example.result, None), self.form.state)
        self._draw()

    def show_task(self, task: Task) -> None:
        """Show a finished task with its answers; what is varied then is that task."""
        result = task.result
        if result is None:
            raise ValueError(f"task {task.id} is {task.status}: it has no result")
        self._trying.drop()
        if task.model.name not in self.models:
            raise ValueError(f"the clock {task.model.name} cannot be used any more")
        form = Form(self.models[task.model.name], self._changed)
        form.load(*state_of_task(task, form.model.features))
        self._seat_form(form)
        self._accept(result, result, self.form.state)
        self._draw()

    def fill(self, answers: Mapping[str, Answer]) -> None:
        """Show these canonical answers instead of those that are there."""
        self.form.load(answers)
        self._changed()

    def show(self) -> None:
        """Draw the result again on a figure that showed something else meanwhile."""
        self._draw()

    def reset(self) -> None:
        """Back to what was paid for, or to the example."""
        self._trying.drop()
        if self.paid is None:
            self.choose(self.model.name)
        else:
            self.form.load(self._paid_state)
            self._changed()

    def _picked(self, change: Any) -> None:
        if not self._choosing:
            self.choose(change["new"])

    def predict(self) -> Result | None:
        """Pay, and show the result; None when that failed, and the widget says why."""
        before = self.paid
        self._paying.ask(self._order())
        self._paying.settled(LONGEST_SECONDS)
        return None if self.paid is before else self.paid

    def _order(self) -> Order:
        """What stands in the form now, whatever moves while it is paid for."""
        return Order(self.form, self.form.state, self.form.request)

    def _seat_form(self, form: Form) -> None:
        """Controls that are filled in already: those that a page shows may answer with what they
        had before."""
        self.form = form
        self._seat.children = [form]
        self._choosing = True
        self.picker.value = form.model.name
        self._choosing = False

    def _accept(self, paid: Result | None, shown: Result, state: State) -> None:
        """From here on this is what controls are compared with."""
        self.paid, self.result, self._paid_state = paid, shown, state
        self._attempt = uuid.uuid4().hex
        self._price()

    def _price(self) -> None:
        price = self.model.price
        self.button.description = f"Predict ({credits(price)})"
        self.button.disabled = self.paid is not None and self.form.state == self._paid_state

    def _changed(self) -> None:
        """A control has moved: ask what the clock would say, if that is free."""
        self._price()
        if self.paid is not None:
            self._trying.ask(self.form.state)

    def _try(self, state: State) -> None:
        """In a thread: one free question, the answer drawn unless something else was chosen."""
        paid, before = self.paid, self._paid_state
        if paid is None:
            return
        if state.get(AGE) != before.get(AGE):
            self.told.value = line(AGE_VARIED)
            return
        keys = state.keys() | before.keys()
        changes = {key: state.get(key) for key in keys if state.get(key) != before.get(key)}
        result = self.client.what_ifs(paid, [changes])[0] if changes else paid
        if self.paid is paid:
            self.result = result
            self.form.clear()
            self._draw()

    def _pay(self, order: Order) -> None:
        """In a thread: the button is off until it is over."""
        self.button.disabled = True
        order.form.clear()
        self.told.value = line("Calculating …", "faint")
        name = order.form.model.name
        try:
            key = _key(self._attempt, name, order.request)
            paid = self.client.predict(**order.request, model=name, idempotency_key=key)
        finally:
            self._price()
        if self.form is not order.form:
            self.told.value = line(f"The result of {name} is in the history.")
            return
        self._accept(paid, paid, order.state)
        self._draw()
        if self.form.state != order.state:
            self._changed()

    def _draw(self) -> None:
        varied = self.paid is not None and self.result is not self.paid
        age = self._paid_state.get(AGE)
        self.stage.tell(
            self.result.wire,
            by=self,
            note=EXAMPLE.format(price=credits(self.model.price)) if self.paid is None else "",
            before=self.paid.wire if self.paid is not None and varied else None,
            chronological_age=float(age) if age is not None else None,
            values=self.form.values(self.result.wire),
        )
        self.told.value = line("" if self.paid is None else PAID, "faint")

    def _failed(self, error: Exception) -> None:
        """What went wrong, beside the field that it names or above the form."""
        match error:
            case InvalidInput() if error.problems:
                others = self.form.blame(error.problems)
                told = "; ".join(others) or "Something needs correcting: it is marked below."
            case _:
                told = words(error)
        self.told.value = line(told, "problem")


def _key(attempt: str, name: str, request: Mapping[str, Any]) -> str:
    """The same for the same panel of the same attempt, so that a repeated click pays once."""
    said = json.dumps([name, request], sort_keys=True)
    return f"{attempt}-{hashlib.sha256(said.encode()).hexdigest()[:24]}"
