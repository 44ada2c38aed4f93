"""The upload form; assets/cohorts_upload.js sends the file."""

from collections.abc import Sequence
from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import Model
from agelens.client.uploads import FORMAT_BY_EXTENSION
from agelens.languages import _
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from flask import current_app

from dash_app import routing
from dash_app.content import Component
from dash_app.number_text import credits
from dash_app.pages.cohorts import labels, transfers


def card(models: Sequence[Model], selected: str | None) -> Component:
    """What one needs to know before, and the file's way in."""
    models_by_name = {model.name: model for model in models}
    standard = next((model.name for model in models if model.default), None)
    clock = selected if selected in models_by_name else standard
    return dmc.Paper(
        [
            dmc.Title(_("Upload a file"), order=2, size="h4", mb="sm"),
            dmc.SimpleGrid(
                [
                    dmc.Select(
                        id="cohorts-model",
                        label=_("Clock"),
                        data=[{"value": m.name, "label": _clock_option(m)} for m in models],
                        value=clock,
                        allowDeselect=False,
                    ),
                    _template(clock),
                ],
                cols={"base": 1, "sm": 2},
                mb="md",
            ),
            _drop(),
            _layout(),
            html.Div(id="cohorts-upload-answer", role="alert", className="cohorts-problem"),
            dmc.Group(
                [
                    dmc.Button(_("Upload"), id="cohorts-upload", disabled=True),
                    dmc.Button(
                        _("Stop"), id="cohorts-upload-stop", variant="default", className="unasked"
                    ),
                ],
                mt="md",
            ),
            html.Div(
                [
                    html.Progress(max="100", value="0", **{"aria-label": _("Upload")}),
                    html.Span(id="cohorts-upload-amount"),
                ],
                id="cohorts-upload-progress",
                className="cohorts-progress unasked",
            ),
            html.Div(id="cohorts-upload-told", role="status", className="unseen"),
            dcc.Store(id="cohorts-uploaded"),
        ],
        withBorder=True,
        p="lg",
    )


def _clock_option(model: Model) -> str:
    return _("{clock} ({credits} per row)", clock=model.title, credits=credits(model.price))


def _template(clock: str | None) -> Component:
    return html.Div(
        [
            dmc.Select(
                id="cohorts-template-columns",
                label=_("Column names"),
                description=_(
                    "For the template. Your file may use any of these, or its own names."
                ),
                data=[{"value": v, "label": _(label)} for v, label in labels.NAMINGS.items()],
                value="agelens",
                allowDeselect=False,
                inputWrapperOrder=["label", "input", "description"],
            ),
            dmc.Anchor(
                _("Download the template"),
                id="cohorts-template",
                href="/cohorts/template?" + urlencode({"model": clock, "columns": "agelens"}),
                refresh=True,
                mt=6,
                display="inline-block",
            ),
        ]
    )


def _layout() -> Component:
    """For files in which the table is not found by itself."""
    return html.Details(
        [
            html.Summary(_("Sheet and header row")),
            dmc.SimpleGrid(
                [
                    dmc.TextInput(
                        id="cohorts-sheet",
                        label=_("Sheet"),
                        description=_("Of a workbook: its name, or its number from 1."),
                    ),
                    dmc.TextInput(
                        id="cohorts-header-row",
                        label=_("Header row"),
                        description=_("The row with the column names, counted from 1."),
                    ),
                ],
                cols={"base": 1, "sm": 2},
                mt="xs",
            ),
            dmc.Text(_("Leave them empty, and both are found."), size="sm", c="dimmed", mt=6),
        ],
        className="cohorts-layout",
    )


def _drop() -> Component:
    settings = transfers.settings_of(current_app)
    limits = _(
        "Excel, CSV, Parquet, JSON, Stata, SPSS or SAS, also packed with zip or gzip: a row of column "
        "names, then one row per person. Up to {size} and {rows}.",
        size=labels.size(settings.max_cohort_bytes),
        rows=labels.rows(settings.max_cohort_rows),
    )
    return html.Div(
        [
            # the script puts the chooser here: Dash has no field for files that it does not read
            html.Div(
                id="cohorts-chooser",
                **{
                    "data-accept": ",".join(FORMAT_BY_EXTENSION),
                    "data-most": str(settings.max_cohort_bytes),
                    "data-limit": labels.size(settings.max_cohort_bytes),
                },
            ),
            dmc.Text(limits, size="sm", c="dimmed", id="cohorts-limits"),
        ],
        id="cohorts-drop",
        className="cohorts-drop",
    )


def register(app: Dash) -> None:
    """All of it in the browser."""
    app.clientside_callback(
        ClientsideFunction("agelens_cohorts", "ready"),
        Output("cohorts-template", "href"),
        Input("cohorts-model", "value"),
        Input("cohorts-template-columns", "value"),
    )
    app.clientside_callback(
        ClientsideFunction("agelens_cohorts", "go"),
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Input("cohorts-uploaded", "data"),
        prevent_initial_call=True,
    )
