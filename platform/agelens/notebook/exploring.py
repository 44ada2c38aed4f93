"""The first tab: a panel is filled in, paid for once, and varied for free."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets
from agelens.client import (
    Client,
    InsufficientCredits,
    InvalidInput,
    Model,
    Result,
    Task,
)
from agelens.notebook.controls import Answer
from agelens.notebook.form import AGE, Form
from agelens.notebook.latest import Latest
from agelens.notebook.looks import credits, line
from agelens.notebook.panels import state_of_example, state_of_task
from agelens.notebook.stage import Stage

PAUSE_SECONDS = 0.08  # a browser needs about as long to draw
EXAMPLE = "This is a made-up person. Change the values and press Predict."
AGE_VARIED = "Another age is another person: it takes a new prediction. Press Predict."
PAID = "Move a control: what the clock would say costs nothing."
State = dict[str, Answer]


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
        self.picker.observe(lambda change: self.choose(change["new"]), "value")
        self.button.on_click(lambda _: self._paying.ask(self.form.request))
        self.reset_button.on_click(lambda _: self.reset())

    @property
    def model(self) -> Model:
        """The chosen clock."""
        return self.form.model

    def choose(self, name: str) -> None:
        """Show a clock with its example, which the clock has really scored."""
        self._trying.drop()
        example = self.client.models.example(name)
        self._seat_form(name)
        self.form.load(state_of_example(example, self.model.features), example.units)
        self._accept(None, Result.from_wire(example.result, None))
        self._draw(EXAMPLE)

    def show_task(self, task: Task) -> None:
        """Show a finished task with its answers; what is varied then is that task."""
        result = task.result
        if result is None:
            raise ValueError(f"task {task.id} is {task.status}: it has no result")
        self._trying.drop()
        if task.model.name not in self.models:
            raise ValueError(f"the clock {task.model.name} cannot be used any more")
        self._seat_form(task.model.name)
        self.form.load(*state_of_task(task, self.model.features))
        self._accept(result, result)
        self._draw(PAID)

    def fill(self, answers: Mapping[str, Answer]) -> None:
        """Show these canonical answers instead of those that are there."""
        self.form.load(answers)
        self._changed()

    def reset(self) -> None:
        """Back to what was paid for, or to the example."""
        self._trying.drop()
        if self.paid is None:
            self.choose(self.model.name)
        else:
            self.form.load(self._paid_state)
            self._changed()

    def predict(self) -> Result | None:
        """Pay, and show the result; None when that failed, and the widget says why."""
        self._paying.ask(self.form.request)
        self._paying.settled(150)
        return self.paid

    def _seat_form(self, name: str) -> None:
        self.form = Form(self.models[name], self._changed)
        self._seat.children = [self.form]
        if self.picker.value != name:
            with self.picker.hold_trait_notifications():
                self.picker.value = name

    def _accept(self, paid: Result | None, shown: Result) -> None:
        """From here on this is what controls are compared with."""
        self.paid, self.result = paid, shown
        self._paid_state = self.form.state
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
        """In a thread: one free question, the answer drawn."""
        paid = self.paid
        if paid is None:
            return
        keys = (state.keys() | self._paid_state.keys()) - {AGE}
        changes = {
            k: state.get(k) for k in keys if state.get(k) != self._paid_state.get(k)
        }
        if state.get(AGE) != self._paid_state.get(AGE):
            self.told.value = line(AGE_VARIED)
            return
        self.result = self.client.what_ifs(paid, [changes])[0] if changes else paid
        self.form.clear()
        self._draw(PAID)

    def _pay(self, request: dict[str, Any]) -> None:
        """In a thread: the button is off until it is over."""
        self.button.disabled = True
        self.form.clear()
        self.told.value = line("Calculating …", "faint")
        try:
            name = self.model.name
            key = _key(self._attempt, name, request)
            paid = self.client.predict(**request, model=name, idempotency_key=key)
        finally:
            self.button.disabled = False
        self._accept(paid, paid)
        self._draw(PAID)

    def _draw(self, note: str) -> None:
        before = self.paid.wire if self.paid is not None and self.result is not self.paid else None
        wire = self.result.wire
        age = self._paid_state.get(AGE)
        self.stage.tell(
            wire,
            note=note if self.paid is None else "",
            before=before,
            chronological_age=age if isinstance(age, float) else None,
            values=self.form.values(wire),
        )
        self.told.value = line(note, "faint")

    def _failed(self, error: Exception) -> None:
        """What went wrong, beside the field that it names or above the form."""
        match error:
            case InvalidInput() if error.problems:
                others = self.form.blame(error.problems)
                words = "; ".join(others) or "Something needs correcting: it is marked below."
            case InsufficientCredits():
                words = f"Not enough credits: this costs {credits(self.model.price)}. {error}"
            case _:
                words = str(error) or type(error).__name__
        self.told.value = line(words, "problem")


def _key(attempt: str, name: str, request: Mapping[str, Any]) -> str:
    """The same for the same panel of the same attempt, so that a repeated click pays once."""
    said = json.dumps([name, request], sort_keys=True)
    return f"{attempt}-{hashlib.sha256(said.encode()).hexdigest()[:24]}"
