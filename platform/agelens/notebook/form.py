"""The form of one clock: controls grouped by the feature schema."""

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from agelens.client import FieldProblem, Model
from agelens.client.units import Feature
from agelens.languages import _, translated, translated_text
from agelens.notebook.answers import AGE, Answer
from agelens.notebook.controls import Changed, ChoiceControl
from agelens.notebook.number_control import NumberControl
from agelens.notebook.panel_context import PanelContext

OWN_HEIGHT = {"flex": "0 0 auto"}  # what is around it has the scrollbar
YEARS = {"unit": "years", "factor": 1.0, "offset": 0.0}


class Form(widgets.VBox):
    """Everything that a clock computes with; what it only records is folded away.

    `clock` is what the service is asked for: its name, or `name@version` where it is pinned.
    """

    def __init__(self, model: Model, changed: Changed, clock: str) -> None:
        self.model = model
        self.clock = clock
        features = [_age(model), *translated(model.features)]
        self.controls = {f["key"]: _control(f, changed) for f in features}
        used = [f for f in features if f["informative"] or f["required"] or f["key"] == AGE]
        recorded = [f for f in features if f not in used]
        self.context = PanelContext(changed)
        groups = [*self._groups(used), self.context, *self._folded(recorded)]
        super().__init__(groups, layout=OWN_HEIGHT)

    def _groups(self, features: list[Feature]) -> list[widgets.Widget]:
        controls_by_group: dict[str, list[widgets.Widget]] = {}
        for feature in features:
            group = controls_by_group.setdefault(feature["group"], [])
            group.append(self.controls[feature["key"]])
        return [
            widgets.VBox(
                [*([widgets.HTML(f"<b>{name}</b>")] if name else []), *controls],
                layout=OWN_HEIGHT,
            )
            for name, controls in controls_by_group.items()
        ]

    def _folded(self, features: list[Feature]) -> list[widgets.Widget]:
        if not features:
            return []
        titles = (_("Saved, but not used by this clock ({n})", n=len(features)),)
        inside = widgets.VBox(self._groups(features))
        folded = widgets.Accordion([inside], titles=titles, selected_index=None)
        folded.layout.flex = OWN_HEIGHT["flex"]
        return [folded]

    @property
    def state(self) -> dict[str, Answer]:
        """Every answer in canonical units, age and context included; what is not measured is left out."""
        values = {key: control.value for key, control in self.controls.items()}
        answers = {key: value for key, value in values.items() if value is not None}
        return answers | self.context.state

    @property
    def request(self) -> dict[str, Any]:
        """As the client takes it: answers in the units that are shown, these units, the age."""
        answers = {key: control.answer for key, control in self.controls.items()}
        answers = {key: answer for key, answer in answers.items() if answer is not None}
        age = answers.pop(AGE, None)
        numbers = {key: c for key, c in self.controls.items() if isinstance(c, NumberControl)}
        units = {key: str(numbers[key].unit.value) for key in answers if key in numbers}
        context_fields = self.context.request
        return {"answers": answers, "units": units, "chronological_age": age, **context_fields}

    def load(self, state: Mapping[str, Answer], units: Mapping[str, str] | None = None) -> None:
        """Show these canonical answers and no others; tells nobody."""
        for key, control in self.controls.items():
            control.set(state.get(key), (units or {}).get(key))
        self.context.load(state)
        self.clear()

    def values(self, result: Mapping[str, Any]) -> dict[str, str]:
        """What a figure shows of each measured number: the value in the unit of the form."""
        texts = {}
        for row in result["contributions"]:
            control = self.controls.get(row["feature"])
            if isinstance(control, NumberControl) and isinstance(row["value"], int | float):
                texts[row["feature"]] = control.shown_text(row["value"])
        return texts

    def clear(self) -> None:
        """Nothing is wrong any more."""
        for control in self.controls.values():
            if control.problem:
                control.problem = ""

    def show_problems(self, problems: tuple[FieldProblem, ...]) -> list[str]:
        """Put each problem beside its field; those of no field are given back."""
        self.clear()
        unplaced = []
        for problem in problems:
            control = self.controls.get(problem.field)
            if control is None:
                unplaced.append(f"{problem.field}: {translated_text(problem.message)}")
            else:
                control.problem = translated_text(problem.message)
        return unplaced


def _control(feature: Feature, changed: Changed) -> NumberControl | ChoiceControl:
    kind = ChoiceControl if feature["kind"] == "choice" else NumberControl
    return kind(feature, changed)


def _age(model: Model) -> Feature:
    """Chronological age as a question like the others."""
    return {
        "key": AGE, "label": _("Age"), "kind": "number", "units": [YEARS], "choices": [],
        "required": model.needs_age, "informative": model.needs_age, "group": "",
        "plausible": model.ages, "decimals": 0,
    }  # fmt: skip
