"""What each clock says of a panel: the forest plot, and a sentence for each against people of the same age and sex.

The page of an assessment and the page of a shared one draw with it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Assessment, Client, Model, NotFound, Task
from agelens.languages import _, ngettext
from dash import html

from dash_app import result_format, result_view
from dash_app.clock_order import DEMONSTRATION
from dash_app.content import Component, Content
from dash_app.result_view.compared import Compared
from dash_app.result_view.sections import figure, section

FOREST = "panel-forest"
FIRST = "mortality-age"


@dataclass(frozen=True)
class Row:
    """A clock's task; `compared` is None until there is a result, `model` when the clock is gone."""

    title: str
    task: Task
    model: Model | None
    compared: Compared | None


def rows_of(client: Client, assessment: Assessment) -> list[Row]:
    """A row for each clock: ages before other units, mortality-age first, demonstrations last."""
    models = {model.pinned: model for model in client.models}
    titles = [_titled(task, _model(client, models, task)) for task in assessment.tasks]
    often = Counter(title for title, _model_ in titles)
    rows = []
    for task, (title, model) in zip(assessment.tasks, titles, strict=True):
        name = title if often[title] == 1 else f"{title} {task.model.version}"
        compared = None
        if task.result:
            curve = result_view.curve_of(client, task)
            compared = result_view.compared(task, model, curve)
        rows.append(Row(name, task, model, compared))
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[bool, bool, bool, str]:
    demonstration = row.model is not None and row.model.demonstration
    other_unit = row.model is not None and row.model.unit != "years"
    return demonstration, other_unit, row.task.model.name != FIRST, row.title


def _model(client: Client, models: dict[str, Model], task: Task) -> Model | None:
    """The version that answered, which may not be the active one any more."""
    name = f"{task.model.name}@{task.model.version}"
    if name not in models:
        try:
            models[name] = client.models[name]
        except NotFound:
            return None
    return models[name]


def _titled(task: Task, model: Model | None) -> tuple[str, Model | None]:
    return (model.title if model else task.model.name), model


def forest_section(rows: Sequence[Row]) -> Component:
    """The figure, with all of it in words for those who do not see it."""
    found = {row.title: row.task.wire for row in rows}
    ages = [row.compared.age for row in rows if row.compared]
    verdicts = {row.title: row.compared.verdict if row.compared else None for row in rows}
    made = charts.forest(found, chronological_age=next(iter(ages), None), verdicts=verdicts)
    words = " ".join(f"{row.title}: {sentence(row)}" for row in rows)
    return dmc.Paper(figure(FOREST, made, words), withBorder=True, p="md", className="panel-forest")


def sentences_section(rows: Sequence[Row], place: Callable[[Task], str]) -> Component:
    """One sentence a clock, with the way to its whole result, which is at `place`."""
    return section(
        _("What each clock says"),
        html.Ul([_item(row, place(row.task)) for row in rows], className="panel-clocks"),
        name="panel-clocks",
    )


def _item(row: Row, href: str) -> Component:
    kind = row.compared.verdict.kind if row.compared and row.compared.verdict else "unclear"
    is_done = row.task.result is not None
    head: list[Content] = [html.Strong(row.title)]
    if row.model and row.model.demonstration:
        head.append(html.Span(_(DEMONSTRATION), className="panel-demonstration"))
    link = _("Full result") if is_done else _("Details")
    return html.Li(
        [
            html.Div(
                [html.Div(head, className="panel-title"), html.Div(sentence(row))],
                className="panel-words",
            ),
            html.Div(_number(row), className="panel-number"),
            dmc.Anchor(
                link,
                href=href,
                **{"aria-label": _("{link}: {clock}", link=link, clock=row.title)},
            ),
        ],
        className=f"panel-clock is-{kind}" if is_done else "panel-clock",
    )


def _number(row: Row) -> Content:
    return result_format.prediction(row.task) if row.task.result else ""


def sentence(row: Row) -> str:
    """Against people of the same age and sex; of a task without a result, why there is none."""
    if row.task.result is None:
        return _without_result(row.task)
    verdict = row.compared.verdict if row.compared else None
    if verdict is None:
        return charts.sentence(row.task.wire)
    return f"{verdict.headline}. {verdict.reason}"


def _without_result(task: Task) -> str:
    if not task.is_finished:
        return _("Being calculated")
    if task.status == "canceled":
        return _("Canceled. You were not charged.")
    reason = task.error.message if task.error else _("The reason is unknown")
    return _("No result: {reason}. You were not charged.", reason=reason.rstrip("."))


def charged_text(assessment: Assessment) -> str:
    """What the clocks cost, and what was given back."""
    charged, held = assessment.charged, assessment.price
    if charged == held:
        return ngettext("{n} credit was charged.", "{n} credits were charged.", charged, n=charged)
    return _("{charged} of {price} credits were charged.", charged=charged, price=held)
