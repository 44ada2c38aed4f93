"""Save and delete drafts."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Client, ClientError, Model, Task
from agelens.wire import Context
from dash import Dash, Input, Output, State, no_update

from dash_app import access, problems
from dash_app.content import Component
from dash_app.pages.assessment import ids
from dash_app.pages.assessment.form_values import FormState, Panel, panel
from dash_app.pages.assessment.submission import refusal


def register(app: Dash) -> None:
    """Saving stays on the page."""

    @app.callback(
        Output(ids.DRAFT, "data"),
        Output(ids.SAVED, "children"),
        Output(ids.TOLD, "data", allow_duplicate=True),
        Output(ids.SUMMARY, "children", allow_duplicate=True),
        Input("assessment-kept", "data"),
        State(ids.CLOCK, "data"),
        State(ids.DRAFT, "data"),
        State(ids.CONTEXT, "value"),
        running=[
            (Output("assessment-save", "loading"), True, False),
            (Output("assessment-submit", "disabled"), True, False),
        ],
        prevent_initial_call=True,
    )
    def save(
        form: FormState | None, name: str, draft: str | None, context: Sequence[Context] | None
    ) -> object:
        if not form:
            return no_update, no_update, no_update, no_update
        sent = panel(form, context)
        with access.client() as client:
            try:
                task = _keep(client, name, draft, sent)
                model = client.models[name]
            except ClientError as error:
                return no_update, None, *refusal(client, error, name, draft, sent)
        return task.id, _kept(task, model), no_update, None

    @app.callback(
        Output(ids.SENT, "data", allow_duplicate=True),
        Input("assessment-delete-yes", "n_clicks"),
        State(ids.DRAFT, "data"),
        running=[(Output("assessment-delete-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def delete(clicks: int | None, draft: str | None) -> object:
        if not clicks or not draft:
            return no_update
        with access.client() as client:
            client.delete(draft)
        problems.notify("Draft deleted.", good=True)
        return {"to": "/history"}


def _keep(client: Client, name: str, draft: str | None, sent: Panel) -> Task:
    if draft:
        return client.drafts.edit(draft, model=name, **sent.as_edit(client.task(draft)))
    return client.drafts.create(
        sent.answers,
        model=name,
        units=sent.units,
        chronological_age=sent.chronological_age,
        context=sent.context,
        baseline=sent.baseline,
    )


def _kept(task: Task, model: Model) -> Component:
    labels = {feature["key"]: feature["label"] for feature in model.features}
    labels[ids.AGE] = "Age"
    open_ = [labels.get(problem.field, problem.field) for problem in task.validation_errors]
    still = f" Still to complete: {', '.join(open_)}." if open_ else ""
    return dmc.Alert(
        [
            "Draft saved. You will find it in your ",
            dmc.Anchor("history", href="/history", inherit=True),
            f".{still}",
        ],
        color="teal",
        variant="light",
        mb="sm",
    )
