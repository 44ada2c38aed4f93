"""Conversion of answers to canonical units."""

from collections.abc import Mapping, Sequence
from typing import Any

from agelens.client import Example, Task
from agelens.client.units import Feature, canonical, feature_named, unit_of_answer
from agelens.notebook.answers import AGE, Answer
from agelens.notebook.panel_context import context_state

Units = dict[str, str]


def state_of_example(example: Example, features: Sequence[Feature]) -> dict[str, Answer]:
    """A clock's example person."""
    state, _ = _canonical_state(example.answers, example.units, features)
    return state | {AGE: example.chronological_age}


def state_of_task(task: Task, features: Sequence[Feature]) -> tuple[dict[str, Answer], Units]:
    """What a task was asked with, and in which units."""
    state, units = _canonical_state(task.answers, task.units, features)
    if task.chronological_age is not None:
        state[AGE] = float(task.chronological_age)
    return state | context_state(task.context, task.baseline), units


def _canonical_state(
    answers: Mapping[str, Any], units: Mapping[str, object], features: Sequence[Feature]
) -> tuple[dict[str, Answer], Units]:
    state: dict[str, Answer] = {}
    shown_units: Units = {}
    for name, answer in answers.items():
        feature, _ = feature_named(features, name)
        if feature is None or answer is None:
            continue
        key = str(feature["key"])
        if feature["kind"] == "choice":
            state[key] = str(answer)
            continue
        shown_units[key] = unit_of_answer(feature, name, units)
        state[key] = canonical(feature, float(answer), shown_units[key])
    return state, shown_units
