"""The comparison page: two results side by side, and why they differ."""

from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens.client import Client, Conflict, Task
from dash import Dash, html

from dash_app import access, displayed_factors, routing
from dash_app.content import Component, Content
from dash_app.pages.compare import reasons, side_by_side

AS_GIVEN = "given"
CHOOSE = "Tick two results in your history, then select Compare."
SAME = "You chose the same result twice. Choose another one to compare it with."
NO_RESULT = "One of them has no result yet, so there is nothing to compare."
UNITS = (
    "One result is in {} and the other in {}: they measure different things and cannot be compared."
)


def register(app: Dash) -> None:
    """Under /compare."""
    routing.add("/compare", layout, title="Compare")


def layout(a: str | None = None, b: str | None = None, order: str | None = None) -> Component:
    """The older one first, unless somebody asks for the order as given."""
    if not a or not b:
        return _page(_notice(CHOOSE))
    if a == b:
        return _page(_notice(SAME))
    with access.client() as client:
        pair = [client.task(a), client.task(b)]
        if order != AS_GIVEN:
            pair.sort(key=lambda task: task.created_at)
        return _page(*_content(client, *pair))


def _content(client: Client, before: Task, after: Task) -> list[Content]:
    if before.wire_result is None or after.wire_result is None:
        return [_notice(NO_RESULT)]
    (clock, schema), (other_clock, other) = (
        displayed_factors.schema_of(client, t) for t in (before, after)
    )
    titles = [
        found.title if found else task.model.name
        for found, task in ((clock, before), (other_clock, after))
    ]
    units = [task.wire_result["unit"] for task in (before, after) if task.wire_result]
    parts = [_swap(before, after), side_by_side.cards_grid(before, after, titles)]
    if units[0] != units[1]:
        return [*parts, _notice(UNITS.format(*units))]
    if before.model.name != after.model.name:
        return [*parts, reasons.different_clocks(before, after, titles)]
    try:
        compared = client.compare(before, after)
    except Conflict as error:  # the newer version cannot score the older panel
        return [*parts, _notice(error.detail)]
    return [*parts, reasons.section(before, after, schema | other, compared)]


def _swap(before: Task, after: Task) -> Component:
    swapped = urlencode({"a": after.id, "b": before.id, "order": AS_GIVEN})
    return html.Div(
        dmc.Anchor("⇄ Swap", href=f"/compare?{swapped}", inherit=True), className="no-print"
    )


def _page(*content: Content) -> Component:
    top = dmc.Group(
        [
            dmc.Title("Compare two results", order=1),
            dmc.Anchor("Back to history", href="/history", fw=600),
        ],
        justify="space-between",
    )
    return dmc.Stack([top, *content], gap="lg")


def _notice(message: str) -> Component:
    return dmc.Alert(message, color="gray", variant="light")
