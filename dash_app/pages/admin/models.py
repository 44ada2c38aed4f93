"""All published versions of all clocks, and which one is active."""

from collections.abc import Sequence
from itertools import groupby

import dash_mantine_components as dmc
from agelens import wire
from agelens.client import Candidate, Headline, ModelVersion
from dash import Dash, Input, Output, dcc, html

from dash_app import access, routing
from dash_app.content import Component
from dash_app.pages.admin import activation, page_frame, publishing

COLUMNS = ("Version", "Metric", "Compared with the active version", "Published (UTC)", "Price", "")


def register(app: Dash) -> None:
    """Under /admin/models; `admin-models-changed` has the versions drawn again."""
    routing.add("/admin/models", layout, title="Models · Administration", admin=True)

    @app.callback(
        Output("admin-models-clocks", "children"),
        Input("admin-models-changed", "data"),
        prevent_initial_call=True,
    )
    def show(_changed: float) -> object:
        return clocks()


def layout() -> Component:
    """By clock, the default first."""
    return page_frame.page(
        "Models",
        dcc.Store(id="admin-models-changed"),
        html.Div(clocks(), id="admin-models-clocks"),
        publishing.form(),
        activation.dialog(),
        lead="New assessments use a clock's active version; existing tasks keep the one they started with.",
    )


def clocks() -> Component:
    """As they are now."""
    with access.client() as client:
        found = list(client.admin.models())
        updates = client.admin.newer_shipped()
    default = {version.name for version in found if version.default}
    found.sort(key=lambda version: (version.name not in default, version.name))
    return dmc.Stack(
        [
            *map(_update, updates),
            *(
                _clock(name, list(versions))
                for name, versions in groupby(found, key=lambda version: version.name)
            ),
        ],
        gap="xl",
    )


def _update(update: wire.ShippedUpdate) -> Component:
    """A shipped version that waits to be activated, and how."""
    name, version, active = update["name"], update["version"], update["active_version"]
    than = f"is newer than the active {active}" if active else "is not active"
    then = (
        [dmc.Text("Activate it below, or run "), dmc.Code(update["command"])]
        if update["published"]
        else [dmc.Text("Publish it with "), dmc.Code(update["command"])]
    )
    return dmc.Alert(
        dmc.Group(then, gap=4),
        title=f"{name} {version} came with this release and {than}.",
        variant="light",
    )


def _clock(name: str, versions: Sequence[ModelVersion]) -> Component:
    earlier = previous(versions)
    return html.Section(
        [
            dmc.Group(
                [
                    dmc.Title(name, order=2, size="h4"),
                    dmc.Badge("default", variant="light")
                    if any(version.default for version in versions)
                    else None,
                    activation.roll_back_button(name, earlier) if earlier else None,
                ],
                gap="sm",
                mb="xs",
            ),
            page_frame.table(
                COLUMNS,
                [_row(version) for version in versions],
                id=f"admin-models-{name.replace('.', '-')}",
                caption=f"Versions of {name}, newest first",
                empty="",
            ),
        ]
    )


def _row(version: ModelVersion) -> Component:
    active = dmc.Badge("active", variant="filled") if version.active else None
    return page_frame.row(
        dmc.Group([version.version, active], gap="xs", wrap="nowrap"),
        figure(version.headline),
        "" if version.active else dmc.Text(compared(version), size="sm"),
        page_frame.when(version.created_at),
        f"{version.price:,}",
        "" if version.active else activation.activate_button(version.name, version.version),
    )


def previous(versions: Sequence[ModelVersion]) -> str | None:
    """The version that was active before the present one."""
    active = next((version for version in versions if version.active), None)
    if active is None or active.activated_at is None:
        return None
    earlier = {
        version.activated_at: version.version
        for version in versions
        if version.activated_at and version.activated_at < active.activated_at
    }
    return earlier[max(earlier)] if earlier else None


def figure(headline: Headline | None) -> Component:
    """The figure by which versions are compared, and how it was measured."""
    if headline is None:
        return dmc.Text("none declared", size="sm", c="dimmed")
    return html.Div(
        [
            dmc.Text(f"{headline.metric} {headline.value:.4g}", size="sm"),
            dmc.Text(f"{headline.better} is better; {headline.protocol}", size="xs", c="dimmed"),
        ]
    )


def compared(version: ModelVersion | Candidate) -> str:
    """How its figure stands against the active version's, in words."""
    if not version.comparable or version.headline is None or version.active_value is None:
        return f"Not comparable: not measured the same way. {_data(version)}"
    if version.headline.value == version.active_value:
        word = "Equal"
    else:
        word = "Worse" if version.worse_than_active else "Better"
    return f"{word}: the active version has {version.active_value:.4g}. {_data(version)}"


def _data(version: ModelVersion | Candidate) -> str:
    match version.same_data:
        case None:
            return ""
        case True:
            return "Trained on the same file."
        case False:
            return "Trained on a different file."
