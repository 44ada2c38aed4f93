"""The trend of results over time, per clock."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Page, Task
from dash import ALL, ClientsideFunction, Dash, Input, Output, dcc, html

from dash_app import routing
from dash_app.content import Component
from dash_app.pages.history import labels

MOST = 100
LEAST = 2
Clock = tuple[str, str]  # name and unit: a later version may answer in another one


def section(results: Page[Task], names: labels.Names) -> Component | None:
    """A figure per clock that has at least two results; nothing without one."""
    clocks = {
        clock: tasks for clock, tasks in _by_clock(results.items).items() if len(tasks) >= LEAST
    }
    if not clocks:
        return None
    shown = [(names.clock(clock[0]), clock, tasks) for clock, tasks in clocks.items()]
    limit = f" Shows your newest {MOST} results." if results.next_cursor else ""
    return dmc.Paper(
        [
            dmc.Title("Over time", order=2, size="h4", mb="xs"),
            _tabs(shown) if len(shown) > 1 else _figure(*shown[0], named=True),
            dmc.Text(
                "Vertical bars show intervals, where the clock gives them. "
                f"Select a point to open its result.{limit}",
                size="sm",
                c="dimmed",
            ),
        ],
        withBorder=True,
        p="lg",
        className="no-print",
    )


def _by_clock(tasks: Sequence[Task]) -> dict[Clock, list[Task]]:
    """The clock that was used last comes first."""
    found: dict[Clock, list[Task]] = {}
    for task in tasks:
        if task.wire_result is not None:
            found.setdefault((task.model.name, task.wire_result["unit"]), []).append(task)
    return found


def _tabs(shown: Sequence[tuple[str, Clock, list[Task]]]) -> Component:
    """A tab's figure is made when it is opened: a hidden one would have no width."""
    keys = ["/".join(clock) for _, clock, _ in shown]
    tabs = [dmc.TabsTab(title, value=key) for (title, _, _), key in zip(shown, keys, strict=True)]
    panels = [
        dmc.TabsPanel(_figure(*each), value=key) for each, key in zip(shown, keys, strict=True)
    ]
    return dmc.Tabs([dmc.TabsList(tabs), *panels], value=keys[0], keepMounted=False)


def _figure(title: str, clock: Clock, tasks: Sequence[Task], *, named: bool = False) -> Component:
    points = [_point(task) for task in reversed(tasks)]
    graph = dcc.Graph(
        figure=charts.trend(points, unit=clock[1]),
        config=charts.CONFIG,
        id={"type": "history-trend", "clock": "/".join(clock)},
        className="history-trend",
    )
    name = dmc.Text(title, fw=500) if named else None
    return html.Div([name, graph], role="group", **{"aria-label": f"{title} over time"})


def _point(task: Task) -> dict[str, object]:
    wire = task.wire
    interval = wire["interval"]
    return {
        "when": task.created_at,
        "prediction": wire["prediction"],
        "low": interval["low"] if interval else None,
        "high": interval["high"] if interval else None,
        "version": wire["model"]["version"],
        "chronological_age": task.chronological_age,
        "id": task.id,
    }


def register(app: Dash) -> None:
    """A point opens its result."""
    app.clientside_callback(
        ClientsideFunction("agelens_history", "open"),
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Input({"type": "history-trend", "clock": ALL}, "clickData"),
        prevent_initial_call=True,
    )
