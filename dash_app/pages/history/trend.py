"""The trend of results by the day of measurement: several clocks at once, in words as well."""

from collections.abc import Mapping, Sequence
from datetime import date

import dash_mantine_components as dmc
from agelens import charts, languages, wire
from agelens.client import Trend
from agelens.languages import _
from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, dcc, html

from dash_app import routing
from dash_app.content import Component, Content
from dash_app.pages.history import labels

YEARS = "years"
SHOWN_AT_FIRST = 4  # more lines than that hide each other
PAST = "/new?past=1"


def section(trend: Trend, names: labels.Names) -> Component | None:
    """A figure for each unit, with what it says in words; nothing without a result."""
    if not trend.clocks:
        return None
    units = list(dict.fromkeys(clock["unit"] for clock in trend.clocks))
    units.sort(key=lambda unit: unit != YEARS)
    return dmc.Paper(
        [
            dmc.Group(
                [
                    dmc.Title(_("Over time"), order=2, size="h4"),
                    dmc.Anchor(_("Enter an older result"), href=PAST),
                ],
                justify="space-between",
                mb="xs",
            ),
            *(_unit(unit, _of_unit(trend, unit, names), names) for unit in units),
            _invitation(trend),
            _notes(trend),
        ],
        withBorder=True,
        p="lg",
        className="no-print history-over-time",
    )


def _of_unit(trend: Trend, unit: str, names: labels.Names) -> list[wire.ClockTrend]:
    """In the order of the service, but that those of synthetic data come last."""
    clocks = [clock for clock in trend.clocks if clock["unit"] == unit]
    return sorted(clocks, key=lambda clock: clock["model"] in names.demonstrations)


def _unit(unit: str, clocks: Sequence[wire.ClockTrend], names: labels.Names) -> Component:
    """The clocks that answer in one unit, on one axis."""
    series_numbers = {clock["model"]: number for number, clock in enumerate(clocks)}
    titles = {clock["model"]: names.short(clock["model"]) for clock in clocks}
    shown_clocks = _at_first(clocks, names)
    figure = charts.trend(
        clocks, unit=unit, names=titles, places=series_numbers, shown=shown_clocks, legend=False
    )
    several = len(clocks) > 1
    label = (
        _("Results over time")
        if several
        else _("{clock} over time", clock=titles[clocks[0]["model"]])
    )
    return html.Div(
        [
            _chips(unit, series_numbers, titles, shown_clocks) if several else _heading(unit, titles),
            dcc.Graph(
                figure=figure,
                config=charts.CONFIG,
                id={"type": "history-trend", "unit": unit},
                className="history-trend",
            ),
            html.Ul(
                [_line(clock, titles[clock["model"]], series_numbers[clock["model"]]) for clock in clocks],
                className="history-changes",
            ),
        ],
        className="history-unit",
        role="group",
        **{"aria-label": label},
    )  # fmt: skip


def _at_first(clocks: Sequence[wire.ClockTrend], names: labels.Names) -> list[str]:
    """The clocks that were used last; those of synthetic data only where there is no other."""
    names_of_clocks = [clock["model"] for clock in clocks]
    serious = [name for name in names_of_clocks if name not in names.demonstrations]
    return (serious or names_of_clocks)[:SHOWN_AT_FIRST]


def _chips(
    unit: str, series_numbers: dict[str, int], titles: dict[str, str], shown_clocks: Sequence[str]
) -> Component:
    """Which clocks are drawn; they are the legend as well."""
    chips = [
        dmc.Chip([_sign(number), " ", titles[name]], value=name, size="sm", variant="outline")
        for name, number in series_numbers.items()
    ]
    group = dmc.ChipGroup(
        chips, id={"type": "history-clocks", "unit": unit}, multiple=True, value=list(shown_clocks)
    )
    return html.Div(
        [group, _own_age(unit)],
        className="history-chips",
        role="group",
        **{"aria-label": _("Clocks in the chart")},
    )


def _heading(unit: str, titles: Mapping[str, str]) -> Component:
    """Of a chart of one clock."""
    (title,) = titles.values()
    name = dmc.Title([_sign(0), " ", title], order=3, size="h5")
    return html.Div([name, _own_age(unit)], className="history-chips")


def _own_age(unit: str) -> Component | None:
    if unit != YEARS:
        return None
    return html.Span(_("Dashed: your age"), className="history-own-age")


def _sign(number: int) -> Component:
    series = charts.series(number)
    return html.Span(
        className="history-sign",
        style={"--sign": series.colour},
        **{"data-sign": series.sign, "aria-hidden": "true"},
    )


def _line(clock: wire.ClockTrend, title: str, series_number: int) -> Component:
    """What a clock says in words: the last result, and how it changed."""
    last = clock["points"][-1]
    unit = clock["unit"]
    last_value = f"{charts.number(last['prediction'], unit)}\u00a0{charts.printed(unit)}"
    day = languages.day(date.fromisoformat(last["measured_on"]))
    parts: list[Content] = [
        html.Div(
            [_sign(series_number), " ", html.Strong(title), " ", _("{result} on {day}", result=last_value, day=day)]
        )
    ]  # fmt: skip
    return html.Li([*parts, *_changes(clock)])


def _changes(clock: wire.ClockTrend) -> list[Content]:
    """Since the last time, and since the first where that was another time."""
    changes = [clock["points"][-1]["change"], clock["overall"]]
    if changes[0] and changes[1] and changes[0]["since"] == changes[1]["since"]:
        changes.pop()
    days = {point["task_id"]: point["measured_on"] for point in clock["points"]}
    versions = {point["version"] for point in clock["points"][-2:]}
    lines: list[Content] = [
        _change(change, clock["unit"], days[change["since"]]) for change in changes if change
    ]
    if len(versions) > 1:
        lines.append(
            html.Small(_("The clock has a new version since the result before."), className="grey")
        )
    return lines


def _change(change: wire.TrendChange, unit: str, since: str) -> Component:
    """Grey within noise; the words say it as well."""
    change_text = charts.change_in_short(change, unit, languages.day(date.fromisoformat(since)))
    if change["minimum_detectable_change"] is None or not change["real"]:
        return html.Div(change_text, className="history-change grey")
    colour = "older" if change["change"] > 0 else "younger"
    return html.Div(change_text, className=f"history-change {colour if unit == YEARS else ''}")


def _invitation(trend: Trend) -> Component | None:
    """To somebody who was measured once."""
    if any(len({p["measured_on"] for p in clock["points"]}) > 1 for clock in trend.clocks):
        return None
    return dmc.Alert(
        [
            html.P(
                _(
                    "One blood draw makes a dot, two make a trend. Do you have last year's report? "
                    "Enter it with its own date."
                )
            ),
            dmc.Anchor(
                _("Enter last year's report"), href=PAST, className="call", underline="never"
            ),
        ],
        title=_("See how you change"),
        color="gray",
        variant="light",
        className="history-invitation",
    )


def _notes(trend: Trend) -> Component:
    parts = [
        _("Vertical bars are intervals, where a clock gives them."),
        _(
            "A grey line is a change within noise: measured twice, the same person may differ as much."
        ),
        _("Select a point to open its result."),
    ]
    if not trend.complete:
        parts.append(_("Older results than your newest 100 are not drawn."))
    return dmc.Text(" ".join(parts), size="sm", c="dimmed", mt="xs")


def register(app: Dash) -> None:
    """A point opens its result, and a chip shows or hides a clock."""
    app.clientside_callback(
        ClientsideFunction("agelens_history", "open"),
        Output(routing.ADDRESS, "href", allow_duplicate=True),
        Input({"type": "history-trend", "unit": ALL}, "clickData"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens_history", "toggle"),
        Output({"type": "history-trend", "unit": MATCH}, "figure"),
        Input({"type": "history-clocks", "unit": MATCH}, "value"),
        State({"type": "history-trend", "unit": MATCH}, "figure"),
        prevent_initial_call=True,
    )
