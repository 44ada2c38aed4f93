"""Assessments and checks of panels in a notebook."""

from __future__ import annotations

from agelens.client.assessments import Assessment, Assessments, ClockCheck, PanelCheck
from agelens.client.cards import card_html
from agelens.client.cards.number_format import credits_text, number, signed
from agelens.client.cards.pages import ITERATE_HINT, SHOWN_ITEMS, page_card
from agelens.client.cards.parts import card, facts, muted, table
from agelens.client.cards.results import DISCLAIMER
from agelens.client.results import Task

ASSESSMENT_HEADER = ("Clock", "Result", "Interval", "Age gap", "Charged")


@card_html.register(Assessment)
def assessment_card(assessment: Assessment) -> str:
    """A row for each clock, then those that were not run."""
    age = assessment.chronological_age
    source = " (from your profile)" if assessment.age_from_profile else ""
    return card(
        "Assessment",
        facts([("Age", "" if age is None else f"{age}{source}")]),
        table(ASSESSMENT_HEADER, [_row(task) for task in assessment.tasks])
        if assessment.tasks
        else "",
        *(muted(f"{each.model.name} was not run: {each.reason}") for each in assessment.not_run),
        muted(DISCLAIMER),
        aside=f"measured on {assessment.measured_on.isoformat()}",
    )


@card_html.register(PanelCheck)
def check_card(check: PanelCheck) -> str:
    """What each clock would make of the panel; those that are ready first."""
    checks = sorted(check.clocks, key=lambda each: not each.ready)
    rows = [(each.model.name, _state(each), each.price) for each in checks]
    return card(
        "What can be calculated",
        table(("Clock", "Panel", "Credits"), rows) if rows else "",
        muted(f"All that are ready: {credits_text(check.price)}" if check.ready else ""),
    )


@card_html.register(Assessments)
def assessments_card(assessments: Assessments) -> str:
    """The newest ones."""
    return page_card(assessments.page(limit=SHOWN_ITEMS), ITERATE_HINT)


def _row(task: Task) -> tuple[str | int, ...]:
    name = f"{task.model.name} {task.model.version}"
    result = task.result
    if result is None:
        error = task.error.message if task.error else ""
        return (name, task.status, error, "", task.charged)
    unit = result.unit
    bounds = (result.interval.low, result.interval.high) if result.interval else ()
    interval = " to ".join(number(bound, unit) for bound in bounds)
    gap = signed(result.age_gap.raw) if result.age_gap else ""
    return (name, f"{number(result.prediction, unit)} {unit}", interval, gap, task.charged)


def _state(check: ClockCheck) -> str:
    if check.errors:
        return "; ".join(f"{problem.field}: {problem.message}" for problem in check.errors)
    return "ready" if check.ready else check.reason
