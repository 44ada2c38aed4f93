"""Submit the form, and show the API's validation errors beside its fields."""

import hashlib
import json
import time
from collections.abc import Sequence

from agelens.client import (
    Client,
    ClientError,
    InsufficientCredits,
    InvalidInput,
    Model,
    Unauthenticated,
)
from agelens.wire import Context
from dash import Dash, Input, Output, State, no_update, set_props

from dash_app import access, problems
from dash_app.content import Content
from dash_app.pages.assessment import error_messages, ids, page
from dash_app.pages.assessment.form_values import FormState, Panel, panel
from dash_app.pages.assessment.schema import age


def register(app: Dash) -> None:
    """One callback; a second click meets a disabled button, and the same idempotency key."""

    @app.callback(
        Output(ids.SENT, "data"),
        Output(ids.TOLD, "data"),
        Output(ids.SUMMARY, "children"),
        Input("assessment-submitted", "data"),
        State(ids.CLOCK, "data"),
        State(ids.DRAFT, "data"),
        State(ids.NONCE, "data"),
        State(ids.CONTEXT, "value"),
        running=[
            (Output("assessment-submit", "loading"), True, False),
            (Output("assessment-save", "disabled"), True, False),
        ],
        prevent_initial_call=True,
    )
    def submit(
        form: FormState | None,
        name: str,
        draft: str | None,
        nonce: str | None,
        context: Sequence[Context] | None,
    ) -> object:
        if not form:
            return no_update, no_update, no_update
        sent = panel(form, context)
        with access.client() as client:
            try:
                task_id = _send(client, name, draft, nonce, sent)
            except ClientError as error:
                messages, shown = refusal(client, error, name, draft, sent)
                return no_update, messages, shown
        set_props("credits-changed", {"data": time.time()})
        return {"to": f"/results/{task_id}"}, None, None


def _send(client: Client, name: str, draft: str | None, nonce: str | None, sent: Panel) -> str:
    if draft:
        client.drafts.edit(draft, model=name, **sent.as_edit(client.task(draft)))
        return client.run(draft)
    return client.submit(
        sent.answers,
        model=name,
        units=sent.units,
        chronological_age=sent.chronological_age,
        context=sent.context,
        baseline=sent.baseline,
        idempotency_key=_key(nonce, name, sent) if nonce else None,
    )


def _key(nonce: str, name: str, sent: Panel) -> str:
    """The same for the same panel of the same attempt: a corrected one is another request."""
    panel_json = json.dumps(
        [name, sent.answers, sent.units, sent.chronological_age, sent.context], sort_keys=True
    )
    return f"{nonce}-{hashlib.sha256(panel_json.encode()).hexdigest()[:24]}"


def refusal(
    client: Client, error: ClientError, name: str, draft: str | None, sent: Panel
) -> tuple[Content, Content]:
    """Problems by field for the form, and what stands above it."""
    match error:
        case Unauthenticated():
            raise error
        case InvalidInput():
            model = client.models[name]
            return _problems(error, model, sent)
        case InsufficientCredits():
            model = client.models[name]
            where = page.address(model, draft)
            shown = error_messages.too_expensive(model.price, client.wallet.available, where)
            return _problem_store({}), shown
        case _:
            return _problem_store({}), problems.alert(error)


def _problems(error: InvalidInput, model: Model, sent: Panel) -> tuple[Content, Content]:
    features = [age(model), *model.features]
    answers = sent.answers | {ids.AGE: sent.chronological_age}
    messages = error_messages.beside_fields(problems.field_messages(error), answers, features)
    if not messages:
        return _problem_store({}), problems.alert(error)
    return _problem_store(messages), error_messages.summary(messages, features)


def _problem_store(by_field: dict[str, str]) -> dict[str, object]:
    """New each time, so that the browser acts on it again."""
    return {"problems": by_field, "focus": True, "at": time.time()}
