"""Input drift: whether people bring other values to a clock than before, and than it was trained on."""

from datetime import datetime

import dash_mantine_components as dmc
from agelens import charts
from agelens.languages import N_, _, translated_text
from agelens.wire import Drift, InputDrift
from dash import Dash, html

from dash_app import access, routing, times
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
    with access.client() as client:
        names = [model.name for model in client.models]
        chosen = clock if clock in names else (names[0] if names else None)
        found = client.admin.drift(chosen) if chosen else None
    return page_frame.page(
        N_("Inputs"),
        page_frame.filters(
            "/admin/inputs",
            dmc.Select(
                id="admin-inputs-clock",
                label=_("Clock"),
                name="clock",
                data=names,
                value=chosen,
                allowDeselect=False,
                w=240,
            ),
        ),
        *([_since(found), _table(found)] if found else [dmc.Text(_("No clock is active."))]),
        lead=_(LEAD),
    )


def _since(found: Drift) -> Content:
    if not found["recent_from"] or not found["earlier_from"]:
        return dmc.Text(_("Not enough results yet."), c="dimmed")
    recent, earlier = (
        times.date(datetime.fromisoformat(found[name] or ""))
        for name in ("recent_from", "earlier_from")
    )
    text = _("Recent: since {recent}. Earlier: since {earlier}.", recent=recent, earlier=earlier)
    return dmc.Text(text, size="sm")


def _table(found: Drift) -> Component:
    ordered = sorted(found["features"], key=lambda each: -(each["psi"] or 0.0))
    return page_frame.table(
        COLUMNS,
        [_row(each) for each in ordered],
        id="admin-inputs-rows",
        caption=_("Inputs of {clock}", clock=found["model"]["name"]),
        empty=_("This clock has no numeric inputs."),
    )


def _row(each: InputDrift) -> Component:
    outside = each["outside_training"]
    return page_frame.row(
        COLUMNS,
        translated_text(each["label"]),
        charts.count(each["recent"]),
        _quantity(each, each["recent_median"]),
        _quantity(each, each["earlier_median"]),
        charts.share(outside) if outside is not None else "–",
        _index(each["psi"]),
    )


def _quantity(each: InputDrift, value: float | None) -> str:
    return "–" if value is None else charts.quantity(charts.measured(value), each["unit"] or "")


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
