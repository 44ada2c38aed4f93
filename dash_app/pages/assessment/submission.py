"""Submit the form, and show the API's validation errors beside its fields."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from agelens.client import (
    Client,
    ClientError,
    InsufficientCredits,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from dash import Dash, Input, Output, State, no_update, set_props

from dash_app import api_client, problems
from dash_app.content import Content
from dash_app.pages.assessment import addresses, checking, clocks, error_messages, ids
from dash_app.pages.assessment.clocks import Choice, Visit
from dash_app.pages.assessment.form_values import FormPanel, FormState, panel


def register(app: Dash) -> None:
    """One callback; a second click meets a disabled button, and the same idempotency key."""

    @app.callback(
        Output(ids.NEXT_ADDRESS, "data"),
        Output(ids.PROBLEMS, "data"),
        Output(ids.SUMMARY, "children"),
        Input("assessment-submitted", "data"),
        State(ids.VISIT, "data"),
        State(ids.DRAFT, "data"),
        State(ids.NONCE, "data"),
        State(ids.CHOSEN_CLOCKS, "data"),
        running=[
            (Output(ids.SUBMIT, "loading"), True, False),
            (Output("assessment-save", "disabled"), True, False),
        ],
        prevent_initial_call=True,
    )
    def submit(
        form: FormState | None,
        stored_visit: Mapping[str, Any],
        draft: str | None,
        nonce: str | None,
        chosen: Sequence[str],
    ) -> object:
        if not form:
            return no_update, no_update, no_update
        visit = Visit.from_store(stored_visit)
        with api_client.client() as client:
            try:
                if not chosen:
                    return no_update, *_nothing_chosen(checking.choose(client, visit, form))
                address = _send(client, chosen, draft, nonce, panel(form))
            except ClientError as error:
                return no_update, *refusal(client, error, visit, draft, chosen)
        set_props("credits-changed", {"data": time.time()})
        return {"to": address}, None, None


def _send(
    client: Client, chosen: Sequence[str], draft: str | None, nonce: str | None, panel: FormPanel
) -> str:
    """Only the clocks whose price was shown. The panel is kept as a whole, whichever clocks take it."""
    assessment_id = client.assessments.submit(
        panel.answers,
        list(chosen),
        idempotency_key=_idempotency_key(nonce, chosen, panel) if nonce else None,
        **panel.request_fields,
    )
    if draft:
        with suppress(NotFound):  # a repeated request has done it already
            client.delete(draft)
    if len(chosen) > 1:
        return f"/assessments/{assessment_id}"
    (task,) = client.assessments[assessment_id].tasks
    return f"/results/{task.id}"


def _idempotency_key(nonce: str, chosen: Sequence[str], panel: FormPanel) -> str:
    """The same for the same panel of the same attempt: a corrected one is another request."""
    panel_json = json.dumps([list(chosen), panel.answers, panel.request_fields], sort_keys=True)
    return f"{nonce}-{hashlib.sha256(panel_json.encode()).hexdigest()[:24]}"


def _nothing_chosen(choice: Choice) -> tuple[Content, Content]:
    """Why nothing was calculated: something is wrong, something lacks, or no price was shown yet."""
    labels = choice.visit.labels
    if messages := checking.problems_of(choice.check, labels):
        return _problem_store(messages), error_messages.summary(messages, labels)
    if choice.ready:
        names = [clocks.short_title(clock) for clock in choice.ready]
        return _problem_store({}), error_messages.choose_first(names)
    incomplete = [clock for clock in choice.asked if choice.check[clock.name].lacks]
    real = [clock for clock in incomplete if not clock.demonstration] or incomplete
    if not real:
        return _problem_store({}), error_messages.choose_first([])
    nearest = min(real, key=lambda clock: choice.check[clock.name].at_least)
    check = choice.check[nearest.name]
    title = clocks.short_title(nearest)
    return _problem_store({}), error_messages.not_enough(title, check.at_least, check.lacks, labels)


def refusal(
    client: Client, error: ClientError, visit: Visit, draft: str | None, chosen: Sequence[str]
) -> tuple[Content, Content]:
    """Problems by field for the form, and what stands above it."""
    match error:
        case Unauthenticated():
            raise error
        case InvalidInput():
            messages = error_messages.by_field(error, visit.labels)
            return _problem_store(messages), error_messages.summary(messages, visit.labels)
        case InsufficientCredits():
            price = sum(client.models[name].price for name in chosen)
            address = addresses.of_form(draft, visit.only)
            available = client.wallet.available
            return _problem_store({}), error_messages.too_expensive(price, available, address)
        case _:
            return _problem_store({}), problems.alert(error)


def _problem_store(by_field: dict[str, str]) -> dict[str, object]:
    """New each time, so that the browser acts on it again."""
    return {"problems": by_field, "focus": True, "at": time.time()}
