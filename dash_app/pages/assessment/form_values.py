"""Conversion between form values, tasks and example people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agelens.client import Task
from agelens.client.units import feature_named, unit_of_answer
from agelens.wire import Baseline, Context, Scalar

from dash_app import number_text
from dash_app.number_text import Feature
from dash_app.pages.assessment.ids import AGE
from dash_app.pages.assessment.schema import Typed


@dataclass(frozen=True)
class Panel:
    """As the API takes it."""

    answers: dict[str, Scalar] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    chronological_age: Any = None  # text that is no number goes as it is: the API refuses it
    context: tuple[Context, ...] = ()

    @property
    def baseline(self) -> Baseline | None:
        """Whom the result is explained against: people of one's own age, where it is known."""
        return None if self.chronological_age is None else "own_age"

    def as_edit(self, before: Task) -> dict[str, Any]:
        """The changes that make a draft say this and nothing else."""
        return {
            "answers": dict.fromkeys(before.answers) | self.answers,
            "units": dict.fromkeys(before.units) | self.units,
            "chronological_age": self.chronological_age,
            "context": list(self.context),
            "baseline": self.baseline,
        }


FormState = Mapping[str, Mapping[str, str | None]]  # `numbers`, `choices` and `units` by feature


def panel(form: FormState, context: Sequence[Context] | None = None) -> Panel:
    """The answers, units and age of a form, and what was ticked below it.

    Empty fields are left out; a text that is no number stays a text.
    """
    answers: dict[str, Scalar] = {
        key: number_text.parse_number(text or "")
        for key, text in form["numbers"].items()
        if (text or "").strip()
    }
    answers |= {key: choice for key, choice in form["choices"].items() if choice}
    age = answers.pop(AGE, None)
    units = {key: unit for key, unit in form["units"].items() if unit and key in answers}
    return Panel(answers, units, age, tuple(context or ()))


def from_task(task: Task, features: Sequence[Feature]) -> tuple[Typed, list[str]]:
    """A task's answers as they were typed, and those that no field can show."""
    typed: Typed = {}
    unknown: list[str] = []
    for name, answer in task.answers.items():
        if answer is None:
            continue
        feature, _ = feature_named(features, name)
        if feature is None:
            unknown.append(name)
            continue
        typed[feature["key"]] = {"value": plain(answer)}
        if feature["kind"] != "choice":
            typed[feature["key"]]["unit"] = unit_of_answer(feature, name, task.units)
    if task.chronological_age is not None:
        typed[AGE] = {"value": plain(task.chronological_age), "unit": "years"}
    return typed, unknown


def from_example(
    answers: Mapping[str, Scalar],
    units: Mapping[str, str],
    age: float | None,
    features: Sequence[Feature],
    shown: Mapping[str, str],
) -> Typed:
    """An example person in the units that the form shows."""
    by_key = {feature["key"]: feature for feature in features}
    typed: Typed = {}
    for key, answer in answers.items():
        feature = by_key.get(key)
        if feature is None or answer is None:
            continue
        if feature["kind"] == "choice":
            typed[key] = {"value": str(answer)}
            continue
        unit = shown.get(key) or feature["units"][0]["unit"]
        canonical = number_text.canonical(feature, float(answer), units.get(key))
        typed[key] = {"value": number_text.in_unit_text(feature, canonical, unit), "unit": unit}
    if age is not None:
        typed[AGE] = {"value": plain(age), "unit": "years"}
    return typed


def plain(answer: Scalar) -> str:
    """As a person would type it."""
    return repr(answer).removesuffix(".0") if isinstance(answer, float) else str(answer)
