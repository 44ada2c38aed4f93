"""The form's buttons: import, prefill, units, delete; and beside it clocks, price, save and submit."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Model
from agelens.languages import _
from dash import html

from dash_app import dialogs
from dash_app.content import Component
from dash_app.number_text import Feature
from dash_app.pages.assessment import countries, ids
from dash_app.pages.assessment.checking import CheckView
from dash_app.pages.assessment.initial_values import LastAssessment


def tools(
    models: Sequence[Model], country: str, last: LastAssessment | None, draft: str | None
) -> Component:
    """Ways not to type everything, and the units to start with."""
    features: list[Feature] = [feature for model in models for feature in model.features]
    codes = countries.country_codes(features, country)
    return html.Div(
        [
            dmc.Group(
                [
                    dmc.Anchor(
                        _("Import a report"), href="/import", className="call assessment-import"
                    ),
                    dmc.Button(_("Fill in a demo profile"), id="assessment-demo", variant="light"),
                    dmc.Button(
                        _("Start from my last assessment"),
                        id="assessment-again",
                        variant="light",
                        display=None if last else "none",
                    ),
                    dmc.Button(_("Clear"), id="assessment-clear", variant="subtle", color="gray"),
                    _delete(draft),
                ],
                gap="xs",
            ),
            dmc.Select(
                id="assessment-country",
                label=_("Units used in"),
                data=[{"value": code, "label": code} for code in codes],
                value=country,
                allowDeselect=False,
                searchable=True,
                w={"base": "100%", "xs": 260},
            ),
        ],
        className="assessment-tools",
    )


def notice() -> Component:
    """What was just filled in, and the way back."""
    return html.Div(
        [
            html.Span(id="assessment-notice-text"),
            dmc.Button(_("Undo"), id="assessment-undo", variant="subtle", size="compact-sm"),
        ],
        id="assessment-notice",
        className="assessment-notice",
        role="status",
        hidden=True,
    )


def _delete(draft: str | None) -> Component:
    return html.Div(
        [
            dmc.Button(_("Delete draft"), id="assessment-delete", variant="subtle", color="red"),
            dialogs.confirmation(
                "assessment-delete",
                _("Delete this draft?"),
                dmc.Text(_("Its answers will be lost. You have not been charged for it.")),
            ),
        ],
        id="assessment-delete-box",
        hidden=draft is None,
    )


def side(view: CheckView) -> Component:
    """Beside the fields; on a narrow screen the clocks end the form, and the bar stays in view."""
    return html.Div(
        [
            html.Section(
                [
                    dmc.Title(_("Clocks"), order=2, className="assessment-group-name"),
                    html.Ul(view.chips, id=ids.CLOCKS, className="assessment-clocks"),
                    html.P(id="assessment-away", role="status", className="assessment-away"),
                ],
                className="assessment-choice-of-clocks",
                **{"aria-label": _("Clocks")},
            ),
            _bar(view),
        ],
        className="assessment-side",
    )


def _bar(view: CheckView) -> Component:
    return html.Div(
        [
            html.Div(id=ids.SAVED, role="status"),
            html.Div(
                [
                    html.Div(
                        view.standing,
                        id=ids.STANDING,
                        className="assessment-standing",
                        role="status",
                    ),
                    html.Div(view.cost, id=ids.COST, className="assessment-cost"),
                    dmc.Button(
                        view.submit,
                        id=ids.SUBMIT,
                        buttonProps={"type": "submit"},
                        className="assessment-submit",
                    ),
                    dmc.Button(
                        _("Save as draft"),
                        id="assessment-save",
                        variant="default",
                        className="assessment-save",
                    ),
                ],
                className="assessment-bar",
            ),
        ],
        className="assessment-end",
    )
