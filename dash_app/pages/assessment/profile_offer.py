"""Offer to keep sex, date of birth and country in the profile, so that no form asks them again."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from agelens.client import InvalidInput, Profile
from agelens.languages import _
from dash import Dash, Input, Output, State, html, no_update

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.assessment import countries, ids
from dash_app.pages.assessment.fields import day

BIRTH = "birth_date"


def offer(profile: Profile, today: str) -> Component:
    """One tick box; the date of birth is asked where it would be kept."""
    if profile.sex and profile.birth_date:
        return html.P(
            [
                _("Sex and age start from your profile."),
                " ",
                dmc.Anchor(_("Change your profile"), href="/account#profile", inherit=True),
            ],
            className="assessment-profile",
        )
    birth = profile.birth_date.isoformat() if profile.birth_date else ""
    return html.Div(
        [
            dmc.Checkbox(
                id="assessment-remember",
                label=_("Save to my profile: sex, country and date of birth"),
                checked=False,
            ),
            html.Div(
                day(BIRTH, _("Date of birth"), birth, today),
                id="assessment-birth-box",
                className="assessment-grid",
                hidden=True,
            ),
            html.P(id="assessment-remembered", role="status", className="assessment-profile"),
        ],
        className="assessment-profile",
    )


def register(app: Dash) -> None:
    """Kept as soon as the box is ticked, and again with every change while it is."""

    @app.callback(
        Output("assessment-remembered", "children"),
        Output("assessment-birth-known", "data"),
        Input("assessment-remember-asked", "data"),
        State("assessment-country", "value"),
        prevent_initial_call=True,
    )
    def remember(answers: Mapping[str, Any] | None, country: str) -> object:
        if not answers:
            return no_update, no_update
        changes = {name: answers[name] for name in (ids.SEX, BIRTH) if answers.get(name)}
        if country != countries.ELSEWHERE:
            changes["country"] = country
        try:
            with api_client.client() as client:
                profile = client.profile.update(**changes)
        except InvalidInput as error:
            return problems.error_message(error), no_update
        return _("Saved to your profile."), profile.birth_date is not None
