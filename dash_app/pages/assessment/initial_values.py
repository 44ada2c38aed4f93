"""Initial form values: from a draft, an earlier assessment, or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import dash_mantine_components as dmc
from agelens.client import Client, Model, Task
from dash import html

from dash_app import problems
from dash_app.content import Component
from dash_app.pages.assessment import error_messages, form_values
from dash_app.pages.assessment.schema import Typed


@dataclass(frozen=True)
class Opened:
    """A draft: what was typed, what is wrong with it, and what no field can show."""

    typed: Typed = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class Last:
    """The newest finished assessment, to start from."""

    typed: Typed
    when: str


NOTHING = Opened()


def opened(task: Task, model: Model) -> Opened:
    """A draft as it was typed."""
    found, unknown = form_values.from_task(task, model.features)
    messages: dict[str, str] = {}
    if task.model.name == model.name:
        for problem in task.validation_errors:
            key = problem.pointer.rsplit("/", 1)[-1]
            messages[key] = problems.field_message(problem)
    return Opened(
        found, error_messages.beside_fields(messages, task.answers, model.features), unknown
    )


def last(client: Client, task: Task | None, models: Iterable[Model]) -> Last | None:
    """What can be taken over from the newest finished assessment, unless a draft is open."""
    if task:
        return None
    newest = client.history_page(status="succeeded", limit=1).items
    if not newest:
        return None
    features = {feature["key"]: feature for model in models for feature in model.features}
    found, _ = form_values.from_task(newest[0], list(features.values()))
    created = newest[0].created_at
    return Last(found, f"{created.day} {created:%b %Y}") if found else None


def left_out(names: Sequence[str]) -> Component | None:
    """Answers that programs can send and this form cannot show."""
    if not names:
        return None
    return dmc.Alert(
        f"It also contains {', '.join(names)}, which this form cannot show. "
        "Saving or calculating here will leave that out.",
        color="orange",
        variant="light",
        mb="md",
    )


def unavailable(wanted: str | None, chosen: Model) -> Component | None:
    """The address names a clock that is not there."""
    if not wanted or wanted == chosen.name:
        return None
    return dmc.Alert(
        f"The clock “{wanted}” is not available. This form is for another one.",
        color="orange",
        variant="light",
        mb="md",
    )


def not_a_draft(task: Task) -> Component:
    """It was run meanwhile."""
    return dmc.Stack(
        [
            dmc.Title("This draft has already been calculated", order=1),
            dmc.Text("Its answers can no longer be changed. You can start a new assessment."),
            dmc.Group(
                [
                    dmc.Anchor("See the result", href=f"/results/{task.id}"),
                    dmc.Anchor("New assessment", href="/new"),
                ]
            ),
        ]
    )


def no_clock() -> Component:
    """Nothing is published."""
    return dmc.Stack(
        [
            dmc.Title("New assessment", order=1),
            html.P("No clock is available right now. Please come back later."),
        ]
    )
