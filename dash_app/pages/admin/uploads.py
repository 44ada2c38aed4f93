"""File upload fields of the administration pages."""

import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dash_mantine_components as dmc
from agelens.languages import N_, _
from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dash_app.content import Component

LARGEST_BYTES = 5_000_000  # it comes as text, in one request with a limit of its own
LIMIT = N_("Up to 5 MB here; use the API or the notebook client for larger files.")


def field(id: str, label: str, accept: str) -> Component:
    """A place to drop a file on, or to choose one with the keyboard."""
    return html.Div(
        [
            html.Label(  # it names the field for those who listen, and opens it on a click
                dcc.Upload(
                    dmc.Text(label, span=True, inherit=True),
                    id=id,
                    accept=accept,
                    max_size=LARGEST_BYTES,
                    className="admin-file",
                    disable_click=True,
                    style_active={},
                    style_reject={},
                )
            ),
            dmc.Text(_("No file chosen."), id=f"{id}-name", size="sm", c="dimmed", mt=4),
        ]
    )


def register(app: Dash, id: str) -> None:
    """Say which file is chosen."""
    app.clientside_callback(
        ClientsideFunction("agelens_admin", "chosenFile"),
        Output(f"{id}-name", "children"),
        Input(id, "contents"),
        Input(id, "filename"),
        prevent_initial_call=True,
    )


@contextmanager
def temporary_file(contents: str, name: str) -> Iterator[Path]:
    """What the browser sent as a file under its own name, until it is passed on."""
    encoded = contents.partition(",")[2]
    with tempfile.TemporaryDirectory(prefix="agelens-") as folder:
        path = Path(folder) / (Path(name).name or "file")
        path.write_bytes(base64.b64decode(encoded))
        yield path
