"""HTML summary of a finished cohort."""

from collections.abc import Iterable

from agelens import charts
from agelens.client import Cohort, RowProblem
from agelens.notebook.html_text import credits, line
from agelens.notebook.previews import problems_html


def ended_html(cohort: Cohort, problems: Iterable[RowProblem]) -> str:
    """What became of a cohort."""
    if cohort.status != "succeeded":
        reason = f": {cohort.error.message}" if cohort.error else ""
        return line(f"{cohort.status.capitalize()}{reason}. You were not charged.", "problem")
    message = (
        f"{cohort.rows_scored:,} of {cohort.rows:,} rows scored for {credits(cohort.charged)}."
    )
    failed = _failed(cohort.rows_failed)
    return "".join([line(message), _summary(cohort), line(failed), problems_html(problems)])


def _summary(cohort: Cohort) -> str:
    """The middle of the predictions, and the factors that move them most."""
    summary = cohort.summary
    if not summary or not summary["prediction"]:
        return ""
    unit, spread = summary["unit"], summary["prediction"]
    middle, low, high = (charts.number(spread[key], unit) for key in ("median", "p5", "p95"))
    return line(f"Median {middle} {unit}; 90 % of people between {low} and {high}.")


def _failed(rows: int) -> str:
    if not rows:
        return ""
    return "1 row was not scored:" if rows == 1 else f"{rows:,} rows were not scored:"
