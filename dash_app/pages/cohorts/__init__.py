"""Cohorts: what can be done with many people now, and what cannot."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, html

from dash_app import access, routing

COMMAND = "agelens score people.csv --clock phenoage -o scored.csv"
PYTHON = """from agelens.client import Client

client = Client()  # AGELENS_URL and AGELENS_TOKEN
results = [client.predict(answers) for answers in people]"""


def register(app: Dash) -> None:
    """Under /cohorts."""
    routing.add("/cohorts", layout, title="Cohorts")


def layout() -> Any:
    """The ways there are."""
    return dmc.Stack(
        [
            html.Div(
                [
                    dmc.Title("Cohorts", order=1, mb="xs"),
                    dmc.Text(
                        "A file of many people cannot be uploaded here yet. Until then there are "
                        "two other ways to score one.",
                        maw=640,
                    ),
                ]
            ),
            _way(
                "On your own computer, without an account",
                [
                    "The command line scores a CSV or Parquet file offline: one row per person "
                    "in, the same rows out with the prediction, its range and the years of every "
                    "factor. A row that cannot be scored says why. No data leave the computer.",
                ],
                COMMAND,
            ),
            _way(
                "Through this service, from a program or a notebook",
                [
                    "One assessment per person, charged like those made here. You need a token "
                    "of yours from the ",
                    dmc.Anchor("account page", href="/account", inherit=True, underline="always"),
                    "; the ",
                    dmc.Anchor(
                        "API reference",
                        href=access.public_api_url("/docs"),
                        refresh=True,
                        inherit=True,
                        underline="always",
                    ),
                    " has the details.",
                ],
                PYTHON,
            ),
        ],
        gap="lg",
    )


def _way(title: str, words: list[Any], code: str) -> Any:
    return dmc.Paper(
        [
            dmc.Title(title, order=2, size="h4", mb="xs"),
            dmc.Text(words, mb="md", maw=720),
            dmc.Code(code, block=True),
        ],
        withBorder=True,
        p="lg",
    )
