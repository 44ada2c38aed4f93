"""HTML summary of a finished cohort."""

from collections.abc import Iterable

from agelens import charts
from agelens.client import Cohort, RowProblem
from agelens.languages import N_, _, ngettext, translated_text
from agelens.notebook.html_text import credits_text, format_count, text_div
from agelens.notebook.previews import problems_html

STATUSES = {"failed": N_("Failed"), "canceled": N_("Canceled"), "expired": N_("Expired")}


def ended_html(cohort: Cohort, problems: Iterable[RowProblem]) -> str:
    """What became of a cohort."""
    if cohort.status != "succeeded":
        return text_div(_not_scored(cohort), "problem")
    message = _(
        "{n} of {all} rows scored for {price}.",
        n=format_count(cohort.rows_scored),
        all=format_count(cohort.rows),
        price=credits_text(cohort.charged),
    )
    failed = _failed(cohort.rows_failed)
    return "".join([text_div(message), _summary(cohort), text_div(failed), problems_html(problems)])


def _not_scored(cohort: Cohort) -> str:
    status = _(STATUSES[cohort.status]) if cohort.status in STATUSES else cohort.status
    if cohort.error is None:
        return _("{status}. You were not charged.", status=status)
    reason = translated_text(cohort.error.message).rstrip(".")
    return _("{status}: {reason}. You were not charged.", status=status, reason=reason)


def _summary(cohort: Cohort) -> str:
    """The middle of the predictions, and the factors that move them most."""
    summary = cohort.summary
    if not summary or not summary["prediction"]:
        return ""
    unit, spread = summary["unit"], summary["prediction"]
    middle, low, high = (charts.number(spread[key], unit) for key in ("median", "p5", "p95"))
    return text_div(
        _(
            "Median {middle} {unit}; 90 % of people between {low} and {high}.",
            middle=middle,
            unit=charts.printed(unit),
            low=low,
            high=high,
        )
    )


def _failed(rows: int) -> str:
    if not rows:
        return ""
    return ngettext(
        "{n} row was not scored:", "{n} rows were not scored:", rows, n=format_count(rows)
    )
