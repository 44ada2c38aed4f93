"""A row of the list: a panel with what its clocks said."""

from collections.abc import Sequence
from datetime import UTC

import dash_mantine_components as dmc
from agelens import charts, languages
from agelens.client import TimelineEntry, TimelineResult
from agelens.languages import N_, _
from dash import html

from dash_app import html_tables, result_format, times
from dash_app.content import Component, Content
from dash_app.pages.history import labels

COMPARE, BLOOD_DRAWN, AGE = N_("Compare"), N_("Blood drawn"), N_("Age")
RESULTS, CHARGED = N_("Results, and the difference to your age"), N_("Charged")


def columns() -> tuple[str, ...]:
    """The last one, of buttons, has no name."""
    return (*(_(name) for name in (COMPARE, BLOOD_DRAWN, AGE, RESULTS, CHARGED)), "")


def row(entry: TimelineEntry, names: labels.Names) -> Component:
    """When it was measured, what came of it, and what one can do with it."""
    draft = next((each for each in entry.results if each.status == "draft"), None)
    cells = (
        _pick(entry),
        _drawn(entry),
        _age(entry),
        _results(entry.results, names),
        _charged(entry.results),
        _actions(entry) if draft else None,
    )
    return html_tables.row(columns(), cells, id={"type": "history-row", "task": entry.id})


def address(entry: TimelineEntry) -> str:
    """Where it opens: a draft in its form, anything else with its results or progress."""
    if entry.assessment_id:
        return f"/assessments/{entry.assessment_id}"
    if any(each.status == "draft" for each in entry.results):
        return f"/new?draft={entry.id}"
    return f"/results/{entry.id}"


def _pick(entry: TimelineEntry) -> Component | None:
    finished = [each for each in entry.results if each.prediction is not None]
    if not finished:
        return None
    clocks = " ".join(sorted({f"{each.model.name}:{each.unit}" for each in finished}))
    return dmc.Checkbox(
        id={"type": "history-pick", "task": entry.id, "clocks": clocks},
        checked=False,
        **{"aria-label": _("Compare the result of {day}", day=languages.day(entry.measured_on))},
    )


def _drawn(entry: TimelineEntry) -> list[Content]:
    day = html.Time(languages.day(entry.measured_on), dateTime=entry.measured_on.isoformat())
    content: list[Content] = [dmc.Anchor(day, href=address(entry), inherit=True, fw=600)]
    if entry.created_at.astimezone(UTC).date() != entry.measured_on:
        entered = _("entered {day}", day=times.date(entry.created_at))
        content.append(html.Small(entered, className="history-detail"))
    return content


def _age(entry: TimelineEntry) -> str | None:
    age = entry.chronological_age
    return charts.plain(age) if isinstance(age, int | float) else None


def _results(results: Sequence[TimelineResult], names: labels.Names) -> Component:
    return html.Ul([_result(each, names) for each in results], className="history-results")


def _result(each: TimelineResult, names: labels.Names) -> Component:
    title = names.clock(each.model.name)
    label = html.Small(
        names.short(each.model.name),
        className="history-detail history-clock",
        title=_("{clock}, version {version}", clock=title, version=each.model.version),
    )
    if each.prediction is None:
        return html.Li([label, *_status(each, names)])
    number = f"{charts.number(each.prediction, each.unit)} {charts.printed(each.unit)}"
    parts: list[Content] = [
        label,
        html.A(html.Strong(number), href=f"/results/{each.task_id}"),
        *_gap(each),
    ]
    if each.model.name in names.demonstrations:
        parts.append(html.Small(_("Demonstration: synthetic data"), className="history-detail"))
    if each.interval:
        low, high = (charts.number(each.interval[end], each.unit) for end in ("low", "high"))
        interval = _("{low} to {high}", low=low, high=high)
        parts.append(html.Small(interval, className="history-detail"))
    return html.Li(parts)


def _gap(each: TimelineResult) -> list[Content]:
    if each.age_gap is None:
        return []
    gap_text = charts.signed(each.age_gap)
    spoken = _("{change} compared with your age", change=charts.amount(each.age_gap))
    gap = html.Span(
        gap_text,
        className=f"history-gap {result_format.change_class(gap_text)}",
        title=spoken,
        **{"aria-hidden": "true"},
    )
    return [" ", gap, html.Span(f", {spoken}", className="unseen")]


def _status(each: TimelineResult, names: labels.Names) -> list[Content]:
    badge = dmc.Badge(
        labels.status(each.status),
        color=result_format.STATUS_COLOURS.get(each.status, "gray"),
        variant="light",
    )
    detail = each.error.message if each.error else labels.missing(each.validation_errors, names)
    return [badge, html.Small(detail, className="history-detail")] if detail else [badge]


def _charged(results: Sequence[TimelineResult]) -> str:
    charged = sum(each.charged for each in results)
    if charged:
        return charts.count(charged)
    if any(each.status == "draft" for each in results):
        return _("{price} if run", price=charts.count(sum(each.price for each in results)))
    return _("nothing")


def _actions(entry: TimelineEntry) -> list[Content]:
    day = languages.day(entry.measured_on)
    return [
        dmc.Group(
            [
                dmc.Button(
                    _("Run"),
                    id={"type": "history-run", "task": entry.id},
                    size="compact-sm",
                    variant="light",
                    **{"aria-label": _("Run the draft of {day}", day=day)},
                ),
                dmc.Button(
                    _("Delete"),
                    id={"type": "history-delete", "task": entry.id},
                    size="compact-sm",
                    variant="subtle",
                    color="red",
                    **{"aria-label": _("Delete the draft of {day}", day=day)},
                ),
            ],
            gap="xs",
            wrap="nowrap",
        ),
        html.Div(id={"type": "history-problem", "task": entry.id}, role="status"),
    ]
