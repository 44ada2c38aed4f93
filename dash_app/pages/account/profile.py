"""The profile: sex, date of birth and country, from which new assessments start."""

from collections.abc import Sequence
from functools import cache

import dash_mantine_components as dmc
from agelens.charts.number_format import choice
from agelens.client import InvalidInput, Profile
from agelens.languages import _, language
from babel import Locale
from dash import Dash, Input, Output, State, ctx, html

from dash_app import api_client, problems
from dash_app.content import Component

ORDER = ["label", "input", "description", "error"]
SEXES = ("female", "male")
UNITS_COOKIE = (
    "agelens_units"  # a country that was chosen in the form, which the profile now replaces
)
NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}  # in Unicode's list all the same


def section() -> Component:
    """As it is kept now, to be changed."""
    with api_client.client() as client:
        profile = client.profile()
    return dmc.Paper(
        [
            dmc.Title(_("Profile"), order=2, size="h4", mb="xs"),
            dmc.Text(_("New assessments start from this. You can leave any of it blank.")),
            html.Div(
                [
                    *_fields(profile),
                    html.Div(
                        [
                            dmc.Button(_("Save profile"), id="profile-save"),
                            html.Span(id="profile-saved", role="status"),
                        ],
                        className="profile-end",
                    ),
                ],
                className="profile-form",
                role="group",
                **{"aria-label": _("Profile")},
            ),
        ],
        id="profile",
        withBorder=True,
        p="lg",
    )


def _fields(profile: Profile) -> list[Component]:
    radios = [dmc.Radio(label=choice(sex).capitalize(), value=sex) for sex in SEXES]
    return [
        dmc.RadioGroup(
            dmc.Group(radios, gap="md", mt=6),
            id="profile-sex",
            label=_("Sex"),
            value=profile.sex or "",
            deselectable=True,
        ),
        dmc.TextInput(
            id="profile-birth",
            label=_("Date of birth"),
            description=_("Your age on the day of a blood draw follows from it."),
            value=profile.birth_date.isoformat() if profile.birth_date else "",
            inputProps={"type": "date", "min": "1900-01-01"},
            autoComplete="bday",
            inputWrapperOrder=ORDER,
        ),
        dmc.Select(
            id="profile-country",
            label=_("Country"),
            description=_("Forms start with the units that its laboratories use."),
            data=[{"value": code, "label": name} for code, name in _countries(language())],
            value=profile.country,
            searchable=True,
            clearable=True,
            inputWrapperOrder=ORDER,
            clearButtonProps={"aria-label": _("No country")},
        ),
    ]


@cache
def _countries(code: str) -> Sequence[tuple[str, str]]:
    """Codes and names in a language, by name."""
    territories = Locale.parse(code).territories.items()
    options = [
        (country, name)
        for country, name in territories
        if len(country) == 2 and country.isalpha() and country not in NO_COUNTRIES
    ]
    return sorted(options, key=lambda option: option[1])


def register(app: Dash) -> None:
    """What is wrong stands beside its field."""

    @app.callback(
        Output("profile-saved", "children"),
        Output("profile-birth", "error"),
        Output("profile-country", "error"),
        Input("profile-save", "n_clicks"),
        State("profile-sex", "value"),
        State("profile-birth", "value"),
        State("profile-country", "value"),
        running=[(Output("profile-save", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def save(
        _clicks: int | None, sex: str | None, birth: str | None, country: str | None
    ) -> object:
        changes = {"sex": sex or None, "birth_date": birth or None, "country": country or None}
        try:
            with api_client.client() as client:
                client.profile.update(**changes)
        except InvalidInput as error:
            messages = problems.field_messages(error)
            other_message = (
                " ".join(messages.values()) if not messages.keys() & changes.keys() else None
            )
            return other_message, messages.get("birth_date"), messages.get("country")
        ctx.response.set_cookie(UNITS_COOKIE, "", max_age=0)
        return _("Saved."), None, None
