"""Save and delete drafts."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from agelens.client import Client, ClientError, NotFound, Task
from agelens.languages import _
from dash import Dash, Input, Output, State, no_update

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.assessment import error_messages, ids
from dash_app.pages.assessment.clocks import Visit
from dash_app.pages.assessment.form_values import FormPanel, FormState, panel
from dash_app.pages.assessment.submission import refusal


def register(app: Dash) -> None:
    """Saving stays on the page."""

    @app.callback(
        Output(ids.DRAFT, "data"),
        Output(ids.SAVED, "children"),
        Output(ids.PROBLEMS, "data", allow_duplicate=True),
        Output(ids.SUMMARY, "children", allow_duplicate=True),
        Input("assessment-kept", "data"),
        State(ids.VISIT, "data"),
        State(ids.DRAFT, "data"),
        State(ids.CHOSEN_CLOCKS, "data"),
        running=[
            (Output("assessment-save", "loading"), True, False),
            (Output(ids.SUBMIT, "disabled"), True, False),
        ],
        prevent_initial_call=True,
    )
    def save(
        form: FormState | None,
        stored_visit: Mapping[str, Any],
        draft: str | None,
        chosen: Sequence[str],
    ) -> object:
        if not form:
            return no_update, no_update, no_update, no_update
        visit = Visit.from_store(stored_visit)
        with api_client.client() as client:
            try:
                models = {"model": _clock(visit, chosen), "models": _ticked_clocks(form, chosen)}
                task = _save_draft(client, models, draft, panel(form))
            except ClientError as error:
                return no_update, None, *refusal(client, error, visit, draft, chosen)
        return task.id, _saved_notice(task, visit.labels), no_update, None

    @app.callback(
        Output(ids.NEXT_ADDRESS, "data", allow_duplicate=True),
        Input("assessment-delete-yes", "n_clicks"),
        State(ids.DRAFT, "data"),
        running=[(Output("assessment-delete-yes", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def delete(clicks: int | None, draft: str | None) -> object:
        if not clicks or not draft:
            return no_update
        with api_client.client() as client:
            client.delete(draft)
        problems.notify(_("Draft deleted."), good=True)
        return {"to": "/history"}


def _clock(visit: Visit, chosen: Sequence[str]) -> str:
    """A draft is one clock's; it keeps the answers of the others, too, and which are ticked."""
    return chosen[0] if chosen else visit.only or visit.clocks[0].name


def _ticked_clocks(form: FormState, chosen: Sequence[str]) -> list[str]:
    """The clocks that are ticked: those that are chosen, and those that only lack something yet."""
    ticked = [name for name, is_ticked in form.get("wanted", {}).items() if is_ticked]
    return list(dict.fromkeys([*chosen, *ticked]))


def _save_draft(
    client: Client, models: dict[str, Any], draft: str | None, panel: FormPanel
) -> Task:
    if draft:
        try:
            return client.drafts.edit(draft, **models, **panel.as_edit(client.task(draft)))
        except NotFound:  # deleted in another tab: what is typed here is kept all the same
            pass
    return client.drafts.create(panel.answers, **models, **panel.request_fields)


def _saved_notice(task: Task, labels: Mapping[str, str]) -> Component:
    invalid = [p for p in task.validation_errors if not error_messages.is_missing(p)]
    names = [labels[problem.field] for problem in invalid if problem.field in labels]
    link = dmc.Anchor(_("See your history"), href="/history", inherit=True)
    still = [" ", _("Still to correct: {names}.", names=", ".join(names))] if names else []
    return dmc.Alert(
        [_("Draft saved. You will find it in your history."), " ", link, *still],
        color="teal",
        variant="light",
        mb="sm",
    )
