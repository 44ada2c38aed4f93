"""Input drift: whether people bring other values to a clock than before, and than it was trained on."""

from datetime import datetime

import dash_mantine_components as dmc
from agelens import charts
from agelens.languages import N_, _, translated_text
from agelens.wire import Drift, InputDrift
from dash import Dash, html

from dash_app import api_client, routing, times
from dash_app.content import Component, Content
from dash_app.pages.admin import page_frame

STABLE, SHIFTED = 0.1, 0.25  # of the index, by the usual rule of thumb
COLUMNS = (
    N_("Biomarker"),
    N_("Recent values"),
    N_("Recent median"),
    N_("Earlier median"),
    N_("Outside the training data"),
    N_("Population stability index"),
)
LEAD = N_(
    "The latest 1,000 results of the active version against the 1,000 before them. "
    "The population stability index compares two distributions: below 0.1 they are alike, "
    "above 0.25 they differ. It needs 100 values on each side."
)


def register(app: Dash) -> None:
    """Under /admin/inputs."""
    routing.add("/admin/inputs", layout, title=N_("Inputs · Administration"), admin=True)


def layout(clock: str | None = None) -> Component:
    """Of the clock in the address, else of the default one."""
    with api_client.client() as client:
        names = [model.name for model in client.models]
        selected_clock = clock if clock in names else (names[0] if names else None)
        drift = client.admin.drift(selected_clock) if selected_clock else None
    return page_frame.page(
        N_("Inputs"),
        page_frame.filters(
            "/admin/inputs",
            dmc.Select(
                id="admin-inputs-clock",
                label=_("Clock"),
                name="clock",
                data=names,
                value=selected_clock,
                allowDeselect=False,
                w=240,
            ),
        ),
        *([_since(drift), _table(drift)] if drift else [dmc.Text(_("No clock is active."))]),
        lead=_(LEAD),
    )


def _since(drift: Drift) -> Content:
    if not drift["recent_from"] or not drift["earlier_from"]:
        return dmc.Text(_("Not enough results yet."), c="dimmed")
    recent, earlier = (
        times.date(datetime.fromisoformat(drift[name] or ""))
        for name in ("recent_from", "earlier_from")
    )
    text = _("Recent: since {recent}. Earlier: since {earlier}.", recent=recent, earlier=earlier)
    return dmc.Text(text, size="sm")


def _table(drift: Drift) -> Component:
    ordered = sorted(drift["features"], key=lambda each: -(each["psi"] or 0.0))
    return page_frame.table(
        COLUMNS,
        [_row(each) for each in ordered],
        id="admin-inputs-rows",
        caption=_("Inputs of {clock}", clock=drift["model"]["name"]),
        empty=_("This clock has no numeric inputs."),
    )


def _row(feature: InputDrift) -> Component:
    outside = feature["outside_training"]
    return page_frame.row(
        COLUMNS,
        translated_text(feature["label"]),
        charts.count(feature["recent"]),
        _quantity(feature, feature["recent_median"]),
        _quantity(feature, feature["earlier_median"]),
        charts.share(outside) if outside is not None else "–",
        _index(feature["psi"]),
    )


def _quantity(feature: InputDrift, value: float | None) -> str:
    return "–" if value is None else charts.quantity(charts.measured(value), feature["unit"] or "")


def _index(psi: float | None) -> Content:
    if psi is None:
        return "–"
    label, colour = (
        (_("stable"), "teal")
        if psi < STABLE
        else (_("slight shift"), "yellow")
        if psi < SHIFTED
        else (_("shift"), "red")
    )
    return html.Span(
        [f"{charts.number(psi, '')} ", dmc.Badge(label, color=colour, variant="light")]
    )
