"""An assessment in each state, and polling until all of its clocks are done."""

import dash_mantine_components as dmc
from agelens import languages
from agelens.charts.number_format import whole
from agelens.client import Assessment, Client, ClientError, NotFound, Unauthenticated
from agelens.languages import N_, _, ngettext
from dash import Dash, Input, Output, State, dcc, html, no_update, set_props

from dash_app import api_client, panel_view, problems
from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.pages.panel_results import actions, missing_biomarkers
from dash_app.panel_view import Row
from dash_app.result_view.record import Recorded, record

WAIT_SECONDS = 2.0  # a clock that is done is shown while others are still running
BETWEEN_POLLS_MS = 400
WHY_THEY_DIFFER = N_(
    "Each clock was made from other people and answers its own question: some ask at which age such "
    "values are usual, others at which age people die as often. So look at where most of them "
    "agree, not at the lowest or the highest number."
)
NOT_ADVICE = N_(
    "Not medical advice. These numbers come from statistical models and are not a diagnosis."
)


def page_content(client: Client, assessment: Assessment) -> list[Content]:
    """The clocks that are done, those that are not, and what can be done with them."""
    rows = panel_view.rows_of(client, assessment)
    finished = [row for row in rows if row.task.result]
    return [
        html.Div(
            [
                _head(assessment, rows),
                *([] if assessment.is_finished else [_progress(assessment)]),
                *([panel_view.forest_section(finished)] if finished else []),
                panel_view.sentences_section(rows, lambda task: f"/results/{task.id}"),
                *([html.P(_(WHY_THEY_DIFFER), id="panel-why")] if len(finished) > 1 else []),
                *missing_biomarkers.section_of(client, assessment),
                html.P(_(NOT_ADVICE), className="result-faint"),
                *(_documents(assessment, finished) if assessment.is_finished else []),
            ],
            className="result panel",
        )
    ]


def _documents(assessment: Assessment, finished: list[Row]) -> list[Content]:
    """What can be taken away; paper has a record of every factor besides."""
    recorded = [Recorded(row.task, row.model, _schema(row)) for row in finished if row.model]
    return [*actions.sections(assessment), *([record(recorded)] if recorded else [])]


def _schema(row: Row) -> dict[str, Feature]:
    return {each["key"]: each for each in row.model.features} if row.model else {}


def _head(assessment: Assessment, rows: list[Row]) -> Component:
    day = languages.day(assessment.measured_on)
    parts = [_("Blood drawn on {day}", day=day)]
    if isinstance(assessment.chronological_age, int | float):
        parts.append(_("age {age}", age=whole(assessment.chronological_age)))
    n = len(rows)
    title = ngettext("Your result from {n} clock", "Your results from {n} clocks", n, n=n)
    return html.Div(
        [
            dmc.Title(title, order=1),
            dmc.Text(" · ".join(parts), className="result-faint"),
        ]
    )


def _progress(assessment: Assessment) -> Component:
    n_done = _n_finished(assessment)
    return html.Div(
        [
            html.Div(status(assessment), id="panel-progress", role="status"),
            dcc.Interval(id="panel-poll", interval=BETWEEN_POLLS_MS),
            dcc.Store(id="panel-awaited", data={"id": assessment.id, "n_done": n_done}),
        ]
    )


def status(assessment: Assessment) -> Content:
    """How far the clocks are."""
    n, n_done = len(assessment.tasks), _n_finished(assessment)
    words = _("{done} of {n} clocks are done. You can leave this page.", done=n_done, n=n)
    return dmc.Group([dmc.Loader(size="xs"), dmc.Text(words)], gap="sm")


def _n_finished(assessment: Assessment) -> int:
    return sum(task.is_finished for task in assessment.tasks)


def register(app: Dash) -> None:
    """Under the progress."""

    @app.callback(
        Output("panel-root", "children"),
        Output("panel-progress", "children"),
        Input("panel-poll", "n_intervals"),
        State("panel-awaited", "data"),
        running=[(Output("panel-poll", "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def poll(_ticks: int, awaited: dict[str, object]) -> object:
        """Draw anew when another clock is done."""
        with api_client.client() as client:
            try:
                assessment = client.assessments.get(str(awaited["id"]), wait=WAIT_SECONDS)
                if _n_finished(assessment) == awaited["n_done"]:
                    return no_update, status(assessment)
                set_props("credits-changed", {"data": f"{assessment.id} {_n_finished(assessment)}"})
                return page_content(client, assessment), no_update
            except Unauthenticated:
                raise
            except NotFound:
                return problems.not_found(), no_update
            except ClientError as error:
                return no_update, dmc.Text(problems.error_message(error))
