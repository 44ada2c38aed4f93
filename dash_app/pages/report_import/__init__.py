"""Import a report: paste it or choose a file, confirm each value, and fill them into the form.

The browser sends a report to /import/read and draws what was found (assets/report_import.js); nothing
of it is kept. What a person confirms is handed to the form in the browser's session storage.
"""

import dash_mantine_components as dmc
from agelens.languages import N_, _
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dash_app import routing
from dash_app.content import Component
from dash_app.pages.report_import import reading

EXAMPLE = N_("Collected 2026-03-31\nAlbumin 4.4 g/dL (3.5-5.0)\nCRP <0.5 mg/L\nLymphocytes 32 %")


def register(app: Dash) -> None:
    """Under /import."""
    reading.init_app(app.server)
    routing.add("/import", layout, title=N_("Import a report"))
    app.clientside_callback(
        ClientsideFunction("agelens_import", "ready"),
        Output("import-ready", "data"),
        Input("import-chooser", "id"),
    )
    app.clientside_callback(
        ClientsideFunction("agelens_import", "go"),
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Input("import-confirmed", "data"),
        prevent_initial_call=True,
    )


def layout() -> Component:
    """The ways in; what was found comes below."""
    lead = _(
        "Paste the lines of a lab report, or choose a file. You check every value before it is "
        "used, and the report itself is not kept."
    )
    return html.Div(
        [
            dmc.Title(_("Import a report"), order=1),
            dmc.Text(lead, c="dimmed", mt=4, mb="lg", maw=680),
            dmc.Paper(_ways_in(), withBorder=True, p="lg", id="import-ways"),
            html.Div(id="import-told", role="status", className="unseen"),
            html.Section(id="import-found", **{"aria-label": _("What was found")}),
            dcc.Store(id="import-ready"),
            dcc.Store(id="import-confirmed"),
        ],
        className="import",
    )


def _ways_in() -> list[Component]:
    return [
        dmc.SimpleGrid(
            [
                html.Div(
                    [
                        dmc.Textarea(
                            id="import-text",
                            label=_("Paste the report"),
                            description=_("As many lines as you like, as they are printed."),
                            placeholder=_(EXAMPLE),
                            minRows=7,
                            maxRows=16,
                            autosize=True,
                        ),
                        dmc.Button(_("Read the text"), id="import-read", mt="sm"),
                    ]
                ),
                _drop(),
            ],
            cols={"base": 1, "sm": 2},
            spacing="xl",
        ),
        html.Div(id="import-problem", role="alert", className="import-problem"),
    ]


def _drop() -> Component:
    kinds = _(
        "CSV, Excel or OpenDocument with one person's values, text, or FHIR R4 as JSON. "
        "From a PDF, copy the lines and paste them."
    )
    return html.Div(
        [
            # the script puts the chooser here: Dash has no field for files that it does not read
            html.Div(
                id="import-chooser",
                **{
                    "data-accept": ",".join(reading.REPORT_FILE_EXTENSIONS),
                    "data-most": str(reading.MOST_BYTES),
                },
            ),
            dmc.Text(kinds, size="sm", c="dimmed", id="import-kinds"),
        ],
        id="import-drop",
        className="import-drop",
    )
