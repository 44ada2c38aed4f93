"""Initial form values: from a draft, an earlier assessment, the profile, or none."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import dash_mantine_components as dmc
from agelens.client import Assessment, Client, NotFound, Profile, Task
from agelens.languages import _
from dash import html

from dash_app import times
from dash_app.content import Component
from dash_app.number_text import Feature
from dash_app.pages.assessment import error_messages, form_values, ids
from dash_app.pages.assessment.schema import Typed


@dataclass(frozen=True)
class InitialValues:
    """A kept panel: what was typed, what is wrong with it, and what no field can show."""

    typed: Typed = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class LastAssessment:
    """The newest finished assessment, to start from."""

    typed: Typed
    when: str


NO_VALUES = InitialValues()


def of_draft(task: Task, features: Sequence[Feature], labels: Mapping[str, str]) -> InitialValues:
    """A draft as it was typed, with what its clock said when it was saved."""
    typed, unknown = form_values.from_panel(task, features)
    invalid = [p for p in task.validation_errors if not error_messages.is_missing(p)]
    messages = {p.field: error_messages.of_field(p, labels) for p in invalid if p.field in labels}
    return InitialValues(typed | form_values.day_of(task.measured_on), messages, unknown)


def like(client: Client, task: Task, features: Sequence[Feature]) -> InitialValues:
    """The panel of an earlier task, to be measured anew."""
    return InitialValues(*_parts(whole_panel(client, task), features))


def _parts(
    panel: Task | Assessment, features: Sequence[Feature]
) -> tuple[Typed, dict[str, str], list[str]]:
    typed, unknown = form_values.from_panel(panel, features)
    return typed, {}, unknown


def of_profile(profile: Profile) -> Typed:
    """What the profile answers; the age follows from it in the API."""
    return {ids.SEX: {"value": profile.sex}} if profile.sex else {}


def last(client: Client, features: Sequence[Feature]) -> LastAssessment | None:
    """What can be taken over from the newest finished assessment."""
    newest = client.history_page(status="succeeded", limit=1).items
    if not newest:
        return None
    typed, _unknown = form_values.from_panel(whole_panel(client, newest[0]), features)
    return LastAssessment(typed, times.date(newest[0].created_at)) if typed else None


def whole_panel(client: Client, task: Task) -> Task | Assessment:
    """What was answered for all clocks, where the task was one of several."""
    if task.assessment_id:
        with suppress(NotFound):
            return client.assessments[task.assessment_id]
    return task


def left_out(names: Sequence[str]) -> Component | None:
    """Answers that programs can send and this form cannot show."""
    if not names:
        return None
    return dmc.Alert(
        _(
            "It also contains {names}, which this form cannot show. "
            "Saving or calculating here will leave that out.",
            names=", ".join(names),
        ),
        color="orange",
        variant="light",
        mb="md",
    )


def unavailable(clock: str | None, *, exists: bool) -> Component | None:
    """The address names a clock that is not there."""
    if not clock or exists:
        return None
    return dmc.Alert(
        _("The clock “{name}” is not available. You can choose among the others.", name=clock),
        color="orange",
        variant="light",
        mb="md",
    )


def not_a_draft(task: Task) -> Component:
    """It was run meanwhile."""
    return dmc.Stack(
        [
            dmc.Title(_("This draft has already been calculated"), order=1),
            dmc.Text(_("Its answers can no longer be changed. You can start a new assessment.")),
            dmc.Group(
                [
                    dmc.Anchor(_("See the result"), href=f"/results/{task.id}"),
                    dmc.Anchor(_("New assessment"), href="/new"),
                ]
            ),
        ]
    )


def no_clock() -> Component:
    """Nothing is published."""
    return dmc.Stack(
        [
            dmc.Title(_("New assessment"), order=1),
            html.P(_("No clock is available right now. Please come back later.")),
        ]
    )
