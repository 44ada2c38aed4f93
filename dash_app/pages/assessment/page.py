"""The page, drawn on the server for whoever asks."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import Model, Task
from dash import dcc, html

from dash_app import access, sessions
from dash_app.pages.assessment import bar, clocks, countries, form, ids, opening, tools
from dash_app.pages.assessment.schema import Form

LEAD = (
    "Enter what your reports say, in the units they use. Leave empty what was not measured. "
    "Nothing is sent before you calculate or save."
)


def layout(model: str | None = None, draft: str | None = None) -> Any:
    """The form, empty or with the values of a draft."""
    with access.client() as client:
        task = client.task(draft) if draft else None
        if task and task.status != "draft":
            return opening.not_a_draft(task)
        models = list(client.models)
        chosen = _chosen(models, model, task)
        if chosen is None:
            return opening.no_clock()
        last = opening.last(client, task, models)
        available = client.wallet.available
    country = countries.of_visitor()
    opened = opening.opened(task, chosen) if task else opening.NOTHING
    shown = Form(chosen, country, opened.typed)
    where = address(chosen, draft)
    return html.Div(
        [
            *_stores(draft, last),
            dmc.Title("Continue a draft" if task else "New assessment", order=1),
            dmc.Text(LEAD, c="dimmed", mt=4, mb="lg", maw=680),
            _unavailable(models, model, chosen),
            opening.left_out(opened.left_out),
            clocks.picker(models, chosen),
            tools.tools(models, country, last, draft),
            tools.notice(),
            html.Form(
                [
                    html.Div(id=ids.SUMMARY, tabIndex=-1, className="assessment-summary"),
                    html.Div(
                        form.body(shown, place=place(draft), address=where, told=opened.told),
                        id="assessment-form-body",
                    ),
                    bar.bar(chosen, available, where),
                ],
                id="assessment-form",
                **{"aria-label": "Assessment"},
            ),
        ],
        className="assessment",
    )


def address(model: Model, draft: str | None) -> str:
    """Where the form with this clock is found again."""
    query = {"draft": draft, "model": None if model.default and not draft else model.name}
    given = {name: value for name, value in query.items() if value}
    return f"/new?{urlencode(given)}" if given else "/new"


def place(draft: str | None) -> str:
    """Under what name the browser keeps what is typed: nobody else who logs in there sees it."""
    person = sessions.person()
    return f"{person.id if person else ''}:{draft or 'new'}"


def _chosen(models: Sequence[Model], wanted: str | None, task: Task | None) -> Model | None:
    names = [wanted, task.model.name if task else None]
    for name in names:
        found = next((model for model in models if name and model.name == name), None)
        if found:
            return found
    return models[0] if models else None


def _stores(draft: str | None, last: opening.Last | None) -> list[Any]:
    return [
        dcc.Store(id=ids.DRAFT, data=draft),
        dcc.Store(id=ids.NONCE),
        dcc.Store(id=ids.SENT),
        dcc.Store(id="assessment-offer"),
        dcc.Store(id="assessment-last", data=last.typed if last else None),
        dcc.Location(id="assessment-go", refresh="callback-nav"),
    ]


def _unavailable(models: Sequence[Model], wanted: str | None, chosen: Model) -> Any:
    if not wanted or wanted == chosen.name:
        return None
    return dmc.Alert(
        f"There is no clock “{wanted}” at the moment. This form is for another one.",
        color="orange",
        variant="light",
        mb="md",
    )
