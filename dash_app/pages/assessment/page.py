"""Layout of the new-assessment page."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import dash_mantine_components as dmc
from agelens.client import Client, Model, NotFound, Profile, Task
from agelens.languages import N_, _
from dash import dcc, html

from dash_app import access, clock_order
from dash_app.content import Component, Content
from dash_app.pages.assessment import (
    addresses,
    checking,
    clocks,
    context,
    countries,
    form,
    form_actions,
    form_values,
    ids,
    initial_values,
    profile_offer,
    schema,
)
from dash_app.pages.assessment.checking import Shown
from dash_app.pages.assessment.clocks import Clock, Visit
from dash_app.pages.assessment.form_values import FormState
from dash_app.pages.assessment.initial_values import Last, Opened
from dash_app.pages.assessment.schema import Form, Typed

LEAD = N_(
    "Enter the values from your lab report, in its units. Leave blank what was not measured. "
    "Nothing is kept until you calculate or save."
)


@dataclass(frozen=True)
class Start:
    """What the API said for this visit."""

    form: Form
    visit: Visit
    profile: Profile
    draft: Task | None
    opened: Opened
    offered: Opened
    last: Last | None
    demo_age: float | None
    wanted: Mapping[str, bool]
    shown: Shown

    @property
    def draft_id(self) -> str | None:
        """The draft that is open."""
        return self.draft.id if self.draft else None


def layout(
    model: str | None = None,
    draft: str | None = None,
    like: str | None = None,
    past: str | None = None,
) -> Component:
    """The form: empty, with the values of a draft, or with those of the task that it is like.

    For a report of the `past` it begins with the day of the blood draw.
    """
    with access.client() as client:
        task = client.task(draft) if draft else None
        if task and task.status != "draft":
            return initial_values.not_a_draft(task)
        models = clock_order.in_order(client.models)
        if not models:
            return initial_values.no_clock()
        start = _start(client, models, model, task, like)
    return html.Div(
        [
            *_stores(start),
            dmc.Title(_("Continue your draft") if task else _("New assessment"), order=1),
            dmc.Text(_(LEAD), c="dimmed", mt=4, mb="md", maw=760),
            initial_values.unavailable(model, found=model in {m.name for m in models}),
            initial_values.left_out([*start.opened.left_out, *start.offered.left_out]),
            form_actions.tools(start.form.models, start.form.country, start.last, start.draft_id),
            form_actions.notice(),
            _form(start, is_past=bool(past)),
        ],
        className="assessment",
    )


def _start(
    client: Client,
    models: Sequence[Model],
    wanted: str | None,
    draft: Task | None,
    like: str | None,
) -> Start:
    profile = client.profile()
    earlier = client.task(like) if like and not draft else None
    country = countries.of_visitor(profile.country)
    empty = Form(models, client.biomarkers(), country)
    labels = schema.labels(empty)
    visit = Visit(
        tuple(Clock.of(model) for model in models),
        labels,
        client.wallet.available,
        _only(models, wanted, draft or earlier),
    )
    opened = initial_values.NOTHING
    if draft:
        opened = initial_values.of_draft(draft, empty.features, labels)
    typed = initial_values.of_profile(profile) | opened.typed
    choice = checking.choose(client, visit, _state(typed, profile, draft))
    if draft:
        choice = replace(choice, wanted=clocks.ticked_in(draft, choice))
    return Start(
        form=Form(models, empty.biomarkers, country, typed),
        visit=visit,
        profile=profile,
        draft=draft,
        opened=opened,
        offered=initial_values.like(client, earlier, empty.features) if earlier else opened,
        last=None if draft else initial_values.last(client, empty.features),
        demo_age=_demo_age(client, models[0]),
        wanted=choice.wanted,
        shown=checking.show(choice, addresses.of_form(draft.id if draft else None, visit.only)),
    )


def _only(models: Sequence[Model], wanted: str | None, kept: Task | None) -> str | None:
    """The one clock that the visit is for: as the address says, or of a demonstration gone on with."""
    for name, any_clock in ((wanted, True), (kept.model.name if kept else None, False)):
        found = next((model for model in models if model.name == name), None)
        if found and (any_clock or found.demonstration):
            return found.name
    return None


def _state(typed: Typed, profile: Profile, draft: Task | None) -> FormState:
    """What the page would send if nothing were typed."""
    values = {key: answer["value"] for key, answer in typed.items() if key != ids.DAY}
    chosen = {key for key, answer in typed.items() if "unit" not in answer}
    return {
        "numbers": {key: value for key, value in values.items() if key not in chosen},
        "choices": {key: value for key, value in values.items() if key in chosen},
        "units": {key: answer["unit"] for key, answer in typed.items() if "unit" in answer},
        "measured_on": typed.get(ids.DAY, {}).get("value"),
        "context": form_values.contexts(draft.context) if draft else (),
        "has_birth_date": profile.birth_date is not None,
    }


def _demo_age(client: Client, model: Model) -> float | None:
    with suppress(NotFound):
        return client.models.example(model.name).chronological_age
    return None


def _form(start: Start, *, is_past: bool) -> Component:
    today = _today()
    about = [profile_offer.offer(start.profile, today)]
    fields = form.fields(start.form, today=today, about=about, is_past=is_past)
    asked = context.question(start.draft.context if start.draft else ())
    return html.Form(
        [
            html.Div(id=ids.SUMMARY, tabIndex=-1, className="assessment-summary"),
            html.Div(
                [
                    html.Div([*fields, asked], className="assessment-fields"),
                    form_actions.side(start.shown),
                ],
                className="assessment-layout",
            ),
        ],
        id="assessment-form",
        noValidate=True,  # the page itself says what is missing
        **{"aria-label": _("Assessment")},
    )


def _stores(start: Start) -> list[Content]:
    more = {
        "form": uuid.uuid4().hex,
        "place": addresses.place(start.draft_id),
        "today": _today(),
        "country": start.form.country,
        "context": list(start.draft.context) if start.draft else [],
        "offered": start.offered.typed if start.offered is not start.opened else None,
        "demo_age": start.demo_age,
        "has_birth_date": start.profile.birth_date is not None,
        "heard": start.shown.heard,
        "wanted": start.wanted,
        "last": asdict(start.last) if start.last else None,
    }
    return [
        *form.stores(start.form, told=start.opened.problems, more=more),
        dcc.Store(id=ids.VISIT, data=start.visit.for_store()),
        dcc.Store(id=ids.DRAFT, data=start.draft_id),
        dcc.Store(id=ids.NONCE),
        dcc.Store(id=ids.ASKED),
        dcc.Store(id=ids.HEARD),
        dcc.Store(id=ids.SHOWN, data=list(start.shown.chosen)),
        dcc.Store(id=ids.SENT),
        dcc.Store(id="assessment-submitted"),
        dcc.Store(id="assessment-kept"),
        dcc.Store(id="assessment-remember-asked"),
        dcc.Store(id="assessment-birth-known"),
        dcc.Location(id="assessment-go", refresh="callback-nav"),
    ]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
