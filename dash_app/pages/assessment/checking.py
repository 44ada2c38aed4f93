"""Ask the API what each clock makes of the values so far, and show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agelens.charts.number_format import plain
from agelens.client import (
    Client,
    ClientError,
    FieldProblem,
    InvalidInput,
    PanelCheck,
    Unauthenticated,
)
from agelens.languages import _
from dash import Dash, Input, Output, State, no_update

from dash_app import api_client, problems
from dash_app.content import Content
from dash_app.pages.assessment import addresses, clocks, error_messages, form_values, ids
from dash_app.pages.assessment.clocks import Choice, Visit
from dash_app.pages.assessment.form_values import FormState


@dataclass(frozen=True)
class CheckView:
    """Everything on the page that follows from a check."""

    chips: Content
    standing: Content
    cost: Content
    submit: Content
    chosen: Sequence[str]
    heard: Mapping[str, object]


def register(app: Dash) -> None:
    """One callback: of several questions that are open Dash takes the answer to the last."""

    @app.callback(
        Output(ids.CLOCKS, "children"),
        Output(ids.STANDING, "children"),
        Output(ids.COST, "children"),
        Output(ids.SUBMIT, "children"),
        Output(ids.CHOSEN_CLOCKS, "data"),
        Output(ids.CHECK_RESULT, "data"),
        Input(ids.CHECKED_FORM, "data"),
        State(ids.VISIT, "data"),
        State(ids.DRAFT, "data"),
        prevent_initial_call=True,
    )
    def check(form: FormState, stored_visit: Mapping[str, Any], draft: str | None) -> object:
        visit = Visit.from_store(stored_visit)
        try:
            with api_client.client() as client:
                choice = choose(client, visit, form)
        except Unauthenticated:
            raise
        except ClientError as error:
            return (*[no_update] * 5, _refused(error, visit.labels))
        view = show(choice, addresses.of_form(draft, visit.only))
        return view.chips, view.standing, view.cost, view.submit, view.chosen, view.heard


def choose(client: Client, visit: Visit, form: FormState) -> Choice:
    """Have a form checked for every clock; nothing is kept."""
    panel = form_values.panel(form)
    check = client.assessments.check(panel.answers, **panel.request_fields)
    return Choice(visit, check, form.get("wanted", {}))


def show(choice: Choice, address: str) -> CheckView:
    """What follows from a check, in words."""
    return CheckView(
        clocks.chips(choice),
        clocks.standing(choice),
        clocks.cost(choice, address),
        clocks.submit_label(choice),
        [clock.name for clock in choice.chosen],
        {"problems": problems_of(choice.check, choice.visit.labels), "age": _age(choice.check)},
    )


def problems_of(check: PanelCheck, labels: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with answers, by field: what no clock can use, not whom one does not score."""
    errors = [p for each in check.clocks for p in each.errors]
    invalid = [
        problem
        for problem in errors
        if problem.pointer.startswith("/answers") or _is_of_all(problem, check)
    ]
    return {p.field: error_messages.of_field(p, labels) for p in invalid if p.field in labels}


def _is_of_all(problem: FieldProblem, check: PanelCheck) -> bool:
    """An age that nobody has, not one that some clock does not score."""
    return all(problem in each.errors for each in check.clocks)


def _age(check: PanelCheck) -> str:
    """Said below the age where that follows from the profile."""
    if not check.age_from_profile or not isinstance(check.chronological_age, int | float):
        return ""
    age = plain(check.chronological_age)
    return _("{age} on that day, from your date of birth", age=age)


def _refused(error: ClientError, labels: Mapping[str, str]) -> dict[str, object]:
    """What no clock takes stands beside its field; a service that is away, below the chips."""
    if isinstance(error, InvalidInput):
        return {"problems": error_messages.by_field(error, labels), "age": ""}
    return {"problems": {}, "age": "", "away": problems.error_message(error)}
