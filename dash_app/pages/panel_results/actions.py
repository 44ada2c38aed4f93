"""What can be done with the results of a panel: print, download, share, start again."""

import dash_mantine_components as dmc
from agelens.client import Assessment
from agelens.languages import SOURCE, _, in_language
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update

from dash_app import api_client, copied_code, displayed_factors, exports, panel_view, sharing
from dash_app.content import Component, Content
from dash_app.result_view.sections import section

FORMAT_BY_BUTTON = {"panel-json": "json", "panel-csv": "csv"}


def sections(assessment: Assessment) -> list[Content]:
    """The last part of the page."""
    like = f"/new?like={assessment.tasks[0].id}" if assessment.tasks else "/new"
    return [
        section(
            _("Save or share these results"),
            dmc.Group([*_documents(assessment), sharing.section(assessment)], gap="sm"),
            _python(assessment),
            dmc.Group(
                [
                    dmc.Anchor(_("New assessment from these answers"), href=like),
                    dmc.Anchor(_("History"), href="/history"),
                ],
                gap="lg",
                mt="sm",
            ),
            dmc.Text(panel_view.charged_text(assessment), className="result-faint", mt="sm"),
            dcc.Download(id="panel-download"),
            dcc.Store(id="panel-task", data=assessment.id),
            kind="no-print",
        )
    ]


def _documents(assessment: Assessment) -> list[Content]:
    if not assessment.results:
        return []
    return [
        dmc.Button(_("Print or save as PDF"), id="panel-print"),
        dmc.Button(_("Download JSON"), id="panel-json", variant="default"),
        dmc.Button(_("Download CSV"), id="panel-csv", variant="default"),
    ]


def _python(assessment: Assessment) -> Component:
    code = copied_code.of_assessment(assessment, api_client.public_api_url())
    return html.Details(
        [
            html.Summary(_("Copy as Python")),
            html.Pre(html.Code(code), className="result-code", tabIndex=0),
            dmc.CopyButton(_("Copy"), value=code, copiedChildren=_("Copied"), size="xs"),
        ]
    )


def register(app: Dash) -> None:
    """What the buttons do."""
    app.clientside_callback(
        ClientsideFunction("agelens_panel", "print"), Input("panel-print", "n_clicks")
    )

    @app.callback(
        Output("panel-download", "data"),
        *(Input(name, "n_clicks") for name in FORMAT_BY_BUTTON),
        State("panel-task", "data"),
        prevent_initial_call=True,
    )
    def download(json_clicks: int | None, csv_clicks: int | None, assessment_id: str) -> object:
        if not (json_clicks or csv_clicks):
            return no_update
        ending = FORMAT_BY_BUTTON[str(ctx.triggered_id)]
        with in_language(SOURCE), api_client.client() as client:
            assessment = client.assessments[assessment_id]
            finished = [task for task in assessment.tasks if task.result]
            text = exports.as_json(assessment)
            if ending == "csv":
                schemas = [displayed_factors.schema_of(client, task)[1] for task in finished]
                text = exports.as_csv(list(zip(finished, schemas, strict=True)))
        return dcc.send_string(text, exports.file_name(finished, ending))
