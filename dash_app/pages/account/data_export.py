"""Taking one's data away."""

import json

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc

from dash_app import access
from dash_app.content import Component

FILE = "agelens-my-data.json"


def section() -> Component:
    """What the file holds, and the button that fetches it."""
    return dmc.Paper(
        [
            dmc.Title("My data", order=2, size="h4", mb="xs"),
            dmc.Text(
                "One JSON file with everything that AgeLens stores about you: your account, "
                "answers, results, drafts, wallet, transactions and the names of your tokens.",
                mb="md",
            ),
            dmc.Button("Download my data", id="account-export", variant="default"),
            dcc.Download(id="account-file"),
        ],
        withBorder=True,
        p="lg",
    )


def register(app: Dash) -> None:
    """The file as the API gives it."""

    @app.callback(
        Output("account-file", "data"),
        Input("account-export", "n_clicks"),
        running=[(Output("account-export", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def export(_clicks: object) -> object:
        with access.client() as client:
            kept = client.export()
        text = json.dumps(kept, ensure_ascii=False, indent=2) + "\n"
        return dcc.send_string(text, FILE, type="application/json")
