"""Layout of the new-assessment page."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import Model, Task
from dash import dcc, html

from dash_app import access, sessions
from dash_app.content import Component, Content
from dash_app.pages.assessment import (
    clocks,
    context,
    countries,
    form,
    form_actions,
    ids,
    initial_values,
)
from dash_app.pages.assessment.schema import Form

LEAD = (
    "Enter the values from your lab report, in its units. Leave blank what was not measured. "
    "Nothing is sent until you calculate or save."
)


@dataclass(frozen=True)
class Start:
    """What the API said for this visit."""

    models: Sequence[Model]
    chosen: Model
    available: int
    draft: Task | None
    earlier: Task | None
    last: initial_values.Last | None

    @property
    def draft_id(self) -> str | None:
        """The draft that is open."""
        return self.draft.id if self.draft else None

    @property
    def own_clock(self) -> str | None:
        """The clock that the draft was saved with."""
        return self.draft.model.name if self.draft else None


def layout(
    model: str | None = None, draft: str | None = None, like: str | None = None
) -> Component:
    """The form: empty, with the values of a draft, or with those of the task that it is like."""
    with access.client() as client:
        task = client.task(draft) if draft else None
        if task and task.status != "draft":
            return initial_values.not_a_draft(task)
        earlier = client.task(like) if like and not task else None
        models = list(client.models)
        if not models:
            return initial_values.no_clock()
        start = Start(
            models=models,
            chosen=_chosen(models, model, task or earlier),
            available=client.wallet.available,
            draft=task,
            earlier=earlier,
            last=initial_values.last(client, task, models),
        )
    return html.Div(
        [
            *_stores(start),
            dmc.Title("Continue your draft" if task else "New assessment", order=1),
            dmc.Text(LEAD, c="dimmed", mt=4, mb="lg", maw=680),
            initial_values.unavailable(model, start.chosen),
            *_form(start),
        ],
        className="assessment",
    )


def _form(start: Start) -> list[Content]:
    country = countries.of_visitor()
    opened = (
        initial_values.opened(start.draft, start.chosen) if start.draft else initial_values.NOTHING
    )
    like = (
        initial_values.opened(start.earlier, start.chosen)
        if start.earlier
        else initial_values.NOTHING
    )
    where = address(start.chosen, start.draft_id, own=start.own_clock)
    body = form.body(
        Form(start.chosen, country, opened.typed),
        place=place(start.draft_id),
        address=where,
        problems=opened.problems,
        offered=like.typed,
    )
    return [
        initial_values.left_out([*opened.left_out, *like.left_out]),
        clocks.picker(start.models, start.chosen),
        form_actions.tools(start.models, country, start.last, start.draft_id),
        form_actions.notice(),
        html.Form(
            [
                html.Div(id=ids.SUMMARY, tabIndex=-1, className="assessment-summary"),
                html.Div(body, id="assessment-form-body"),
                context.question(start.draft.context if start.draft else ()),
                form_actions.action_bar(start.chosen, start.available, where),
            ],
            id="assessment-form",
            noValidate=True,  # the page itself says what is missing
            **{"aria-label": "Assessment"},
        ),
    ]


def address(model: Model, draft: str | None, own: str | None = None) -> str:
    """Where the form with this clock is found again; a draft's `own` clock needs no naming."""
    is_implied = model.name == own or (model.default and not draft)
    query = {"draft": draft, "model": None if is_implied else model.name}
    given = {name: value for name, value in query.items() if value}
    return f"/new?{urlencode(given)}" if given else "/new"


def place(draft: str | None) -> str:
    """Under what name the browser keeps what is typed: nobody else who logs in there sees it."""
    person = sessions.person()
    return f"{person.id if person else ''}:{draft or 'new'}"


def _chosen(models: Sequence[Model], wanted: str | None, task: Task | None) -> Model:
    for name in (wanted, task.model.name if task else None):
        found = next((model for model in models if name and model.name == name), None)
        if found:
            return found
    return models[0]


def _stores(start: Start) -> list[Content]:
    return [
        dcc.Store(id=ids.DRAFT, data=start.draft_id),
        dcc.Store(id=ids.NONCE),
        dcc.Store(id=ids.SENT),
        dcc.Store(id="assessment-submitted"),
        dcc.Store(id="assessment-kept"),
        dcc.Store(id="assessment-offer"),
        dcc.Store(id="assessment-last", data=asdict(start.last) if start.last else None),
        dcc.Location(id="assessment-go", refresh="callback-nav"),
    ]
