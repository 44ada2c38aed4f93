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

from dash_app import api_client, clock_order
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
from dash_app.pages.assessment.checking import CheckView
from dash_app.pages.assessment.clocks import Clock, Visit
from dash_app.pages.assessment.form_values import FormState
from dash_app.pages.assessment.initial_values import InitialValues, LastAssessment
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
    opened: InitialValues
    offered: InitialValues
    last: LastAssessment | None
    demo_age: float | None
    ticked_by_hand: Mapping[str, bool]
    check_view: CheckView

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
    with api_client.client() as client:
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
            initial_values.unavailable(model, exists=model in {m.name for m in models}),
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
    clock: str | None,
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
        _only(models, clock, draft or earlier),
    )
    opened = initial_values.NO_VALUES
    if draft:
        opened = initial_values.of_draft(draft, empty.features, labels)
    values = initial_values.of_profile(profile) | opened.typed
    choice = checking.choose(client, visit, _state(values, profile, draft))
    if draft:
        choice = replace(choice, wanted=clocks.ticked_in(draft, choice))
    return Start(
        form=Form(models, empty.biomarkers, country, values),
        visit=visit,
        profile=profile,
        draft=draft,
        opened=opened,
        offered=initial_values.like(client, earlier, empty.features) if earlier else opened,
        last=None if draft else initial_values.last(client, empty.features),
        demo_age=_demo_age(client, models[0]),
        ticked_by_hand=choice.wanted,
        check_view=checking.show(
            choice, addresses.of_form(draft.id if draft else None, visit.only)
        ),
    )


def _only(models: Sequence[Model], clock: str | None, earlier: Task | None) -> str | None:
    """The one clock that the visit is for: as the address says, or of a demonstration gone on with."""
    for name, any_clock in ((clock, True), (earlier.model.name if earlier else None, False)):
        model = next((each for each in models if each.name == name), None)
        if model and (any_clock or model.demonstration):
            return model.name
    return None


def _state(typed: Typed, profile: Profile, draft: Task | None) -> FormState:
    """What the page would send if nothing were typed."""
    values = {key: answer["value"] for key, answer in typed.items() if key != ids.DAY}
    choices = {key for key, answer in typed.items() if "unit" not in answer}
    return {
        "numbers": {key: value for key, value in values.items() if key not in choices},
        "choices": {key: value for key, value in values.items() if key in choices},
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
    profile_fields = [profile_offer.offer(start.profile, today)]
    fields = form.fields(start.form, today=today, about=profile_fields, is_past=is_past)
    context_question = context.question(start.draft.context if start.draft else ())
    return html.Form(
        [
            html.Div(id=ids.SUMMARY, tabIndex=-1, className="assessment-summary"),
            html.Div(
                [
                    html.Div([*fields, context_question], className="assessment-fields"),
                    form_actions.side(start.check_view),
                ],
                className="assessment-layout",
            ),
        ],
        id="assessment-form",
        noValidate=True,  # the page itself says what is missing
        **{"aria-label": _("Assessment")},
    )


def _stores(start: Start) -> list[Content]:
    browser_data = {
        "form": uuid.uuid4().hex,
        "place": addresses.storage_key(start.draft_id),
        "today": _today(),
        "country": start.form.country,
        "context": list(start.draft.context) if start.draft else [],
        "offered": start.offered.typed if start.offered is not start.opened else None,
        "demo_age": start.demo_age,
        "has_birth_date": start.profile.birth_date is not None,
        "heard": start.check_view.heard,
        "wanted": start.ticked_by_hand,
        "last": asdict(start.last) if start.last else None,
    }
    return [
        *form.stores(start.form, known_problems=start.opened.problems, browser_data=browser_data),
        dcc.Store(id=ids.VISIT, data=start.visit.for_store()),
        dcc.Store(id=ids.DRAFT, data=start.draft_id),
        dcc.Store(id=ids.NONCE),
        dcc.Store(id=ids.CHECKED_FORM),
        dcc.Store(id=ids.CHECK_RESULT),
        dcc.Store(id=ids.CHOSEN_CLOCKS, data=list(start.check_view.chosen)),
        dcc.Store(id=ids.NEXT_ADDRESS),
        dcc.Store(id="assessment-submitted"),
        dcc.Store(id="assessment-kept"),
        dcc.Store(id="assessment-remember-asked"),
        dcc.Store(id="assessment-birth-known"),
        dcc.Location(id="assessment-go", refresh="callback-nav"),
    ]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
