"""Base class of the form controls, and the control of a choice."""

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as widgets

from agelens import charts
from agelens.client.units import Feature
from agelens.languages import _
from agelens.notebook.answers import Answer
from agelens.notebook.styles import with_hidden_label

Changed = Callable[[], None]
LABEL_LAYOUT = {"width": "160px", "flex": "1 1 160px", "min_width": "120px"}


class Control(widgets.VBox):
    """What both kinds share: the feature, its answer, and what is wrong with it."""

    def __init__(self, feature: Feature, row: list[widgets.Widget], changed: Changed) -> None:
        self.feature = feature
        self.changed = changed
        self._message = ""
        self._problem = widgets.HTML(layout={"display": "none"})
        line = widgets.HBox(row, layout={"align_items": "center"})
        super().__init__([line, self._problem], layout={"margin": "0 0 4px 0", "flex": "0 0 auto"})

    @property
    def label(self) -> str:
        """Its name, and whether the clock needs it."""
        return label(self.feature)

    @property
    def problem(self) -> str:
        """What the service said is wrong with it."""
        return self._message

    @problem.setter
    def problem(self, message: str) -> None:
        self._message = message
        html = f'<div class="agelens-problem" role="alert">{escape(message)}</div>'
        self._problem.value = html if message else ""
        self._problem.layout.display = None if message else "none"


def label(feature: Feature) -> str:
    """A feature's name, and whether the clock needs it."""
    name = str(feature["label"])
    return _("{name} (required)", name=name) if feature["required"] else name


class ChoiceControl(Control):
    """One of several answers, or none."""

    def __init__(self, feature: Feature, changed: Changed) -> None:
        name = label(feature)
        choices = [(_in_words(charts.choice(each)), each) for each in feature["choices"]]
        options = [(_("not measured"), None), *choices]
        box = widgets.Dropdown(options=options, layout={"width": "180px", "flex": "0 0 auto"})
        self.choice = with_hidden_label(box, name)
        super().__init__(feature, [widgets.Label(name, layout=LABEL_LAYOUT), self.choice], changed)
        self._setting = False
        self.choice.observe(self._chosen, "value")

    @property
    def value(self) -> str | None:
        """The choice; None when it is not known."""
        chosen: str | None = self.choice.value
        return chosen

    @property
    def answer(self) -> str | None:
        """The same: choices have no units."""
        return self.value

    def set(self, value: Answer, unit: str | None = None) -> None:
        """Choose; tells nobody."""
        self._setting = True
        try:
            self.choice.value = value if value in self.feature["choices"] else None
        finally:
            self._setting = False

    def _chosen(self, change: Any) -> None:
        if not self._setting:
            self.changed()


def _in_words(choice: str) -> str:
    return choice[:1].upper() + choice[1:].replace("_", " ")
