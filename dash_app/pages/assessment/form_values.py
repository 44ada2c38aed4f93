"""Conversion between form values, kept panels and example people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypedDict

from agelens.client import Assessment, Task
from agelens.client.units import feature_named, unit_of_answer
from agelens.languages import localized_number
from agelens.wire import Baseline, Context, Scalar

from dash_app import number_text
from dash_app.number_text import Feature
from dash_app.pages.assessment.ids import AGE, DAY
from dash_app.pages.assessment.schema import Typed


class FormState(TypedDict, total=False):
    """What stands in the form, as its page sends it."""

    numbers: Mapping[str, str | None]
    choices: Mapping[str, str | None]
    units: Mapping[str, str | None]
    measured_on: str | None
    context: Sequence[Context]
    wanted: Mapping[str, bool]  # by clock: what was ticked, or unticked, by hand
    has_birth_date: bool  # in the profile: the age is known without being typed


@dataclass(frozen=True)
class FormPanel:
    """As the API takes it."""

    answers: dict[str, Scalar] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    chronological_age: Any = None  # text that is no number goes as it is: the API refuses it
    context: tuple[Context, ...] = ()
    measured_on: str | None = None
    has_birth_date: bool = False

    @property
    def baseline(self) -> Baseline | None:
        """Whom the result is explained against: people of one's own age, where it is known."""
        age_is_known = self.chronological_age is not None or self.has_birth_date
        return "own_age" if age_is_known else None

    @property
    def request_fields(self) -> dict[str, Any]:
        """What is sent beside the answers."""
        return {
            "units": self.units,
            "chronological_age": self.chronological_age,
            "context": self.context,
            "baseline": self.baseline,
            "measured_on": self.measured_on,
        }

    def as_edit(self, before: Task) -> dict[str, Any]:
        """The changes that make a draft say this and nothing else."""
        return self.request_fields | {
            "answers": dict.fromkeys(before.answers) | self.answers,
            "units": dict.fromkeys(before.units) | self.units,
            "context": list(self.context),
        }


def panel(form: FormState) -> FormPanel:
    """The answers, units, age and day of a form.

    Empty fields are left out; a text that is no number stays a text.
    """
    answers: dict[str, Scalar] = {
        key: number_text.parse_number(text or "")
        for key, text in form.get("numbers", {}).items()
        if (text or "").strip()
    }
    answers |= {key: choice for key, choice in form.get("choices", {}).items() if choice}
    age = answers.pop(AGE, None)
    units = {key: u for key, u in form.get("units", {}).items() if u and key in answers}
    return FormPanel(
        answers,
        units,
        age,
        tuple(form.get("context") or ()),
        form.get("measured_on") or None,
        form.get("has_birth_date", False),
    )


def from_panel(panel: Task | Assessment, features: Iterable[Feature]) -> tuple[Typed, list[str]]:
    """Kept answers as they were typed, and those that no field can show.

    An age that followed from the profile was not typed.
    """
    typed: Typed = {}
    unknown: list[str] = []
    all_features = list(features)
    for name, answer in panel.answers.items():
        if answer is None:
            continue
        feature, _ = feature_named(all_features, name)
        if feature is None:
            unknown.append(name)
            continue
        typed[feature["key"]] = {"value": plain(answer)}
        if feature["kind"] != "choice":
            typed[feature["key"]]["unit"] = unit_of_answer(feature, name, panel.units)
    if panel.chronological_age is not None and not panel.age_from_profile:
        typed[AGE] = {"value": plain(panel.chronological_age), "unit": "years"}
    return typed, unknown


def contexts(saved: Iterable[str]) -> list[Context]:
    """Those that the form asks."""
    all_contexts: tuple[Context, ...] = ("pregnant", "acutely_ill")
    return [context for context in all_contexts if context in set(saved)]


def day_of(measured_on: date | None) -> Typed:
    """A day of measurement as the form's field has it."""
    return {DAY: {"value": measured_on.isoformat()}} if measured_on else {}


def plain(answer: Scalar) -> str:
    """As a person would type it."""
    return (
        localized_number(repr(answer).removesuffix(".0"))
        if isinstance(answer, float)
        else str(answer)
    )
