"""Start a retraining on the configured data or on an uploaded file."""

import uuid
from contextlib import ExitStack

import dash_mantine_components as dmc
from agelens.client import ClientError, InvalidInput
from agelens.languages import N_, _
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update

from dash_app import api_client, problems, result_format
from dash_app.content import Component
from dash_app.pages.admin import uploads

SOURCES = (("configured", N_("The configured data")), ("file", N_("A file")))
FILES = ("data", "validation")
UPLOAD_PROPERTIES = ("contents", "filename")


def form(clocks: list[str]) -> Component:
    """The clock, the data, and the number of the version."""
    return dmc.Paper(
        [
            dmc.Title(_("Retrain a clock"), order=2, size="h4", mb="md"),
            dcc.Store(id="admin-start-key", data=uuid.uuid4().hex),
            dmc.Group(
                [
                    dmc.Select(
                        id="admin-start-model",
                        label=_("Clock"),
                        data=clocks,
                        allowDeselect=False,
                        w=220,
                    ),
                    dmc.TextInput(
                        id="admin-start-version",
                        label=_("Version"),
                        placeholder=_("next minor version"),
                        w=220,
                    ),
                ],
                align="start",
                mb="md",
            ),
            dmc.RadioGroup(
                [dmc.Radio(_(label), value=value, mt="xs") for value, label in SOURCES],
                id="admin-start-source",
                label=_("Data"),
                value="configured",
                mb="md",
            ),
            html.Div(
                [
                    uploads.field("admin-start-data", _("Choose the file to train on"), ""),
                    uploads.field("admin-start-validation", _("Choose a file to validate on"), ""),
                    dmc.Text(_(uploads.LIMIT), size="sm", c="dimmed"),
                ],
                id="admin-start-files",
                hidden=True,
                className="admin-files",
            ),
            html.Div(id="admin-start-answer", **{"aria-live": "polite"}),
            dmc.Button(_("Start"), id="admin-start", mt="sm"),
        ],
        withBorder=True,
        p="lg",
    )


def register(app: Dash) -> None:
    """Show the files where they are needed; start."""
    for name in FILES:
        uploads.register(app, f"admin-start-{name}")
    app.clientside_callback(
        ClientsideFunction("agelens_admin", "hideFiles"),
        Output("admin-start-files", "hidden"),
        Input("admin-start-source", "value"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output("admin-start-answer", "children"),
        Output("admin-start-model", "error"),
        Output("admin-start-version", "error"),
        Output("admin-start-key", "data"),
        Input("admin-start", "n_clicks"),
        State("admin-start-model", "value"),
        State("admin-start-version", "value"),
        State("admin-start-source", "value"),
        State("admin-start-key", "data"),
        *[State(f"admin-start-{name}", part) for part in UPLOAD_PROPERTIES for name in FILES],
        running=[(Output("admin-start", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def start(
        clicks: int | None,
        model: str | None,
        version: str | None,
        source: str,
        key: str,
        *chosen: str | None,
    ) -> object:
        if not clicks:
            return (no_update,) * 4
        if not model:
            return None, _("Choose a clock."), None, no_update
        contents, names = chosen[: len(FILES)], chosen[len(FILES) :]
        uploads_sent = list(zip(contents, names, strict=True)) if source == "file" else []
        if uploads_sent and not uploads_sent[0][0]:
            return dmc.Alert(_("Choose a file to train on."), color="red"), None, None, no_update
        try:
            answer = _start(model, (version or "").strip() or None, uploads_sent, key)
        except InvalidInput as error:
            return _refused(error)
        except ClientError as error:
            return problems.alert(error), None, None, no_update
        return answer, None, None, uuid.uuid4().hex


def _start(
    model: str, version: str | None, uploads_sent: list[tuple[str | None, str | None]], key: str
) -> Component:
    with ExitStack() as cleanup:
        client = cleanup.enter_context(api_client.client())
        paths = [
            cleanup.enter_context(uploads.temporary_file(contents, name or "file"))
            if contents
            else None
            for contents, name in uploads_sent
        ] or [None, None]
        data, validation = paths
        retraining = client.admin.retrain(
            model, data, validation=validation, version=version, idempotency_key=key
        )
    title = f"{retraining.model} {retraining.version}: {result_format.status(retraining.status)}"
    return dmc.Alert(_("It will appear in the list above."), title=title, color="teal")


def _refused(error: InvalidInput) -> tuple[object, ...]:
    """The API's words beside the field that they name; the others below."""
    beside = problems.field_messages(error)
    model, version = beside.pop("model", None), beside.pop("version", None)
    below = dmc.Alert(" ".join(beside.values()), color="red", title=_("Not started"))
    return below if beside else None, model, version, no_update
