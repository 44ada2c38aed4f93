"""HTML table of an assessment: a row for each clock, then those that were not run."""

from agelens import charts
from agelens.client import Assessment, Task
from agelens.languages import N_, _, translated_text
from agelens.notebook.cohort_text import STATUSES
from agelens.notebook.html_text import format_count, text_div
from agelens.notebook.previews import table_html

HEADER = (N_("Clock"), N_("Result"), N_("Interval"), N_("Age gap"), N_("Charged"))


def assessment_html(assessment: Assessment) -> str:
    """What each clock said; the client's card has the same in English."""
    rows = [_row(task) for task in assessment.tasks]
    table = table_html([_(name) for name in HEADER], rows) if rows else ""
    not_run = (
        _(
            "{clock} was not run: {reason}",
            clock=each.model.name,
            reason=translated_text(each.reason),
        )
        for each in assessment.not_run
    )
    return "".join([table, *(text_div(text, "faint") for text in not_run)])


def _row(task: Task) -> tuple[str, ...]:
    name, charged = f"{task.model.name} {task.model.version}", format_count(task.charged)
    result = task.result
    if result is None:
        status = _(STATUSES[task.status]) if task.status in STATUSES else task.status
        return (
            name,
            status,
            translated_text(task.error.message) if task.error else "",
            "",
            charged,
        )
    unit = result.unit
    result_text = f"{charts.number(result.prediction, unit)} {charts.printed(unit)}"
    interval = ""
    if result.interval:
        low, high = (
            charts.number(bound, unit) for bound in (result.interval.low, result.interval.high)
        )
        interval = _("{low} to {high}", low=low, high=high)
    gap = charts.signed(result.age_gap.raw) if result.age_gap else ""
    return (name, result_text, interval, gap, charged)
