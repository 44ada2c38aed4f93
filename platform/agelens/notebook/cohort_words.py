"""A cohort in words and tables, as HTML."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

from agelens import charts
from agelens.client import Cohort, Preview, RowProblem
from agelens.notebook.looks import credits, line

MOST_ROWS = 20
MOST_NAMES = 12


def preview_html(preview: Preview) -> str:
    """How a file would be read, and what it would cost."""
    read = [m for m in preview.matches if m.features]
    wanted = sorted(preview.missing, key=lambda missing: not missing.required)
    lacking = [f"{m.label}{' (needed)' if m.required else ''}" for m in wanted]
    parts = [
        line(f"{preview.rows:,} rows, {len(read)} of {len(preview.matches)} columns are read."),
        line(f"Ignored: {_listed(preview.ignored)}", "faint") if preview.ignored else "",
        line(f"Not in the file: {_listed(lacking)}", "faint") if lacking else "",
        *(line(hint, "problem") for hint in preview.hints),
        line(
            f"{preview.readable_rows:,} of the first {preview.checked_rows:,} rows can be scored."
        ),
        problems_html(preview.problems),
        line(
            f"{credits(preview.price_per_row)} a row, {credits(preview.price)} for all; "
            "rows that cannot be scored cost nothing."
        ),
    ]
    return "".join(parts)


def ended_html(cohort: Cohort, problems: Iterable[RowProblem]) -> str:
    """What became of a cohort."""
    if cohort.status != "succeeded":
        reason = f": {cohort.error.message}" if cohort.error else ""
        return line(f"{cohort.status.capitalize()}{reason}. It cost nothing.", "problem")
    told = f"{cohort.rows_scored:,} of {cohort.rows:,} rows scored for {credits(cohort.charged)}."
    failed = _failed(cohort.rows_failed)
    return "".join([line(told), _summary(cohort), line(failed), problems_html(problems)])


def problems_html(problems: Iterable[RowProblem]) -> str:
    """Rows that cannot be scored, and why; the first ones."""
    rows = list(islice(problems, MOST_ROWS + 1))
    if not rows:
        return ""
    shown = [(str(each.row), each.id or "", each.message) for each in rows[:MOST_ROWS]]
    more = line("and more", "faint") if len(rows) > MOST_ROWS else ""
    return _table(("Row", "Id", "Why it is not scored"), shown) + more


def _summary(cohort: Cohort) -> str:
    """The middle of the predictions, and the factors that move them most."""
    summary = cohort.summary
    if not summary or not summary["prediction"]:
        return ""
    unit, spread = summary["unit"], summary["prediction"]
    middle, low, high = (charts.number(spread[key], unit) for key in ("median", "p5", "p95"))
    return line(f"Median {middle} {unit}; 90 % of people between {low} and {high}.")


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _failed(rows: int) -> str:
    if not rows:
        return ""
    return "1 row was not scored:" if rows == 1 else f"{rows:,} rows were not scored:"
