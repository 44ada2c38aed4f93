"""What a read-only link shows: a result, or a panel with all its clocks; nobody needs to log in.

The page has nothing that changes anything, and asks the API as nobody.
"""

import dash_mantine_components as dmc
from agelens import languages
from agelens.client import Assessment, Client, NotFound, SharedResult, Task
from agelens.languages import N_, _
from dash import Dash, html

from dash_app import api_client, displayed_factors, panel_view, result_view, routing, times
from dash_app.content import Component, Content

TITLE = N_("Shared result")
NOT_ADVICE = N_(
    "Not medical advice. These numbers come from statistical models and are not a diagnosis."
)


def register(_app: Dash) -> None:
    """Under /shared/<token>; the headers of its pages are in `dash_app.page_head`."""
    routing.add("/shared/<token>", layout, title=TITLE, login=False)


def layout(token: str, clock: str | None = None) -> Component:
    """`clock` is the id of one of a panel's tasks, to see its whole result."""
    with api_client.anonymous() as client:
        try:
            shared = client.shared_links.open(token)
        except NotFound:
            return _link_not_valid()
        return html.Div(
            [_until(shared), *_content(client, shared, token, clock)], className="result shared"
        )


def _content(client: Client, shared: SharedResult, token: str, clock: str | None) -> list[Content]:
    matching = [task for task in shared.tasks if task.id == clock and task.result]
    if shared.assessment is None:
        return _result(client, shared.tasks[0])
    if matching:
        back = dmc.Anchor(_("All clocks of this panel"), href=f"/shared/{token}")
        return [html.Div(back, className="no-print"), *_result(client, matching[0])]
    return _panel(client, shared.assessment, token)


def _result(client: Client, task: Task) -> list[Content]:
    model, schema = displayed_factors.schema_of(client, task)
    return result_view.draw(task, model, schema, curve=result_view.curve_of(client, task))


def _panel(client: Client, assessment: Assessment, token: str) -> list[Content]:
    rows = panel_view.rows_of(client, assessment)
    finished = [row for row in rows if row.task.result]
    day = languages.day(assessment.measured_on)
    return [
        html.Div(
            [
                dmc.Title(_("Results of several clocks"), order=1),
                dmc.Text(_("Blood drawn on {day}", day=day), className="result-faint"),
            ]
        ),
        panel_view.forest_section(finished),
        panel_view.sentences_section(rows, lambda task: f"/shared/{token}?clock={task.id}"),
        html.P(_(NOT_ADVICE), className="result-faint"),
    ]


def _until(shared: SharedResult) -> Component:
    day = times.date(shared.expires_at)
    words = _(
        "Somebody shared this result with you. “You” below is the person who shared it. The link "
        "works until {day}.",
        day=day,
    )
    return dmc.Alert(words, color="gray", variant="light", className="shared-until")


def _link_not_valid() -> Component:
    """The same for every link that does not work."""
    return dmc.Stack(
        [
            dmc.Title(_("This link does not work"), order=1),
            dmc.Text(
                _(
                    "It has expired, was revoked, or is not complete. Ask whoever sent it for a new one."
                )
            ),
            html.Div(dmc.Anchor(_("To the home page"), href="/")),
        ],
        className="problem-page",
    )
