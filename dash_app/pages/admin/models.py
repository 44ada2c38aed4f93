"""All published versions of all clocks, and which one is active."""

from collections.abc import Sequence
from itertools import groupby

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.client import Candidate, Headline, ModelVersion
from agelens.languages import N_, _, localized_number
from dash import Dash, Input, Output, dcc, html

from dash_app import api_client, routing
from dash_app.content import Component
from dash_app.pages.admin import activation, page_frame, publishing
from dash_app.sentences_with_components import filled

COLUMNS = (
    N_("Version"),
    N_("Metric"),
    N_("Compared with the active version"),
    N_("Published (UTC)"),
    N_("Price"),
    "",
)


def register(app: Dash) -> None:
    """Under /admin/models; `admin-models-changed` has the versions drawn again."""
    routing.add("/admin/models", layout, title=N_("Models · Administration"), admin=True)

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
        N_("Models"),
        dcc.Store(id="admin-models-changed"),
        html.Div(clocks(), id="admin-models-clocks"),
        publishing.form(),
        activation.dialog(),
        lead=_(
            "New assessments use a clock's active version; existing tasks keep the one they "
            "started with."
        ),
    )


def clocks() -> Component:
    """As they are now."""
    with api_client.client() as client:
        versions = list(client.admin.models())
        updates = client.admin.newer_shipped()
    default = {version.name for version in versions if version.default}
    versions.sort(key=lambda version: (version.name not in default, version.name))
    return dmc.Stack(
        [
            *map(_update, updates),
            *(
                _clock(name, list(of_clock))
                for name, of_clock in groupby(versions, key=lambda version: version.name)
            ),
        ],
        gap="xl",
    )


def _update(update: wire.ShippedUpdate) -> Component:
    """A shipped version that waits to be activated, and how."""
    name, version, active = update["name"], update["version"], update["active_version"]
    clock = f"{name} {version}"
    if active:
        title = _(
            "{clock} came with this release and is newer than the active {version}.",
            clock=clock,
            version=active,
        )
    else:
        title = _("{clock} came with this release and is not active.", clock=clock)
    if update["published"]:
        next_step = _("Activate it below, or run {command}")
    else:
        next_step = _("Publish it with {command}")
    return dmc.Alert(
        dmc.Group(filled(next_step, command=dmc.Code(update["command"])), gap=4),
        title=title,
        variant="light",
    )


def _clock(name: str, versions: Sequence[ModelVersion]) -> Component:
    earlier = previous(versions)
    return html.Section(
        [
            dmc.Group(
                [
                    dmc.Title(name, order=2, size="h4"),
                    dmc.Badge(_("default"), variant="light")
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
                caption=_("Versions of {clock}, newest first", clock=name),
                empty="",
            ),
        ]
    )


def _row(version: ModelVersion) -> Component:
    active = dmc.Badge(_("active"), variant="filled") if version.active else None
    return page_frame.row(
        COLUMNS,
        dmc.Group([version.version, active], gap="xs", wrap="nowrap"),
        figure(version.headline),
        "" if version.active else dmc.Text(compared(version), size="sm"),
        page_frame.moment(version.created_at),
        charts.count(version.price),
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
        return dmc.Text(_("none declared"), size="sm", c="dimmed")
    return html.Div(
        [
            dmc.Text(f"{headline.metric} {_figure_text(headline.value)}", size="sm"),
            dmc.Text(
                [_better(headline), "; ", html.Span(headline.protocol, lang="en")],
                size="xs",
                c="dimmed",
            ),
        ]
    )


def compared(version: ModelVersion | Candidate) -> str:
    """How its figure stands against the active version's, in words."""
    if not version.comparable or version.headline is None or version.active_value is None:
        comparison = _("Not comparable: not measured the same way.")
    else:
        active = _figure_text(version.active_value)
        if version.headline.value == version.active_value:
            comparison = _("Equal: the active version has {value}.", value=active)
        elif version.worse_than_active:
            comparison = _("Worse: the active version has {value}.", value=active)
        else:
            comparison = _("Better: the active version has {value}.", value=active)
    return f"{comparison} {_data(version)}"


def _better(headline: Headline) -> str:
    return _("lower is better") if headline.better == "lower" else _("higher is better")


def _figure_text(value: float) -> str:
    return localized_number(f"{value:.4g}")


def _data(version: ModelVersion | Candidate) -> str:
    match version.same_data:
        case None:
            return ""
        case True:
            return _("Trained on the same file.")
        case False:
            return _("Trained on a different file.")
