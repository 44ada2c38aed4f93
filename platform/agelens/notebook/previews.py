"""HTML preview of a cohort draft, and row errors."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

from agelens.client import Cohort, Preview, RowProblem, UnitSuggestion, UnknownCodes
from agelens.notebook.html_text import credits, line

MOST_ROWS = 20
MOST_NAMES = 12
MOST_REASONS = 8


def preview_html(preview: Preview) -> str:
    """How a file would be read, and what it would cost."""
    read = [m for m in preview.matches if m.features]
    wanted = sorted(preview.missing, key=lambda missing: not missing.required)
    lacking = [f"{m.label}{' (required)' if m.required else ''}" for m in wanted]
    parts = [
        line(f"{preview.rows:,} rows, {len(read)} of {len(preview.matches)} columns used."),
        *(line(f"The file: {note}", "faint") for note in preview.notes),
        line(f"Ignored: {_listed(preview.ignored)}", "faint") if preview.ignored else "",
        line(f"Not in the file: {_listed(lacking)}", "faint") if lacking else "",
        *(line(hint, "problem") for hint in preview.hints),
        *(line(_suggestion(each), "problem") for each in preview.suggestions),
        *(line(_codes(each), "problem") for each in preview.codes),
        line(
            f"{preview.readable_rows:,} of the first {preview.checked_rows:,} rows can be scored."
        ),
        *(line(each.reason) for each in preview.grouped[:MOST_REASONS]),
        problems_html(preview.problems),
        line(
            f"{credits(preview.price_per_row)} per row, {credits(preview.price)} in total; "
            "rows that cannot be scored are free."
        ),
    ]
    return "".join(parts)


def _suggestion(found: UnitSuggestion) -> str:
    """With the argument that says so."""
    if found.suggested_unit is None:
        return found.message
    units = {found.feature: found.suggested_unit}
    return f"{found.message} submit(..., units={units}) reads it so."


def _codes(found: UnknownCodes) -> str:
    shown = ", ".join(each.code for each in found.codes)
    example = {found.column: {found.codes[0].code: found.choices[0]}}
    return f"{found.column} has codes ({shown}): say what they mean, as in values={example}."


def problems_html(problems: Iterable[RowProblem]) -> str:
    """Rows that cannot be scored, and why; the first ones."""
    rows = list(islice(problems, MOST_ROWS + 1))
    if not rows:
        return ""
    more = line("and more", "faint") if len(rows) > MOST_ROWS else ""
    if not any(each.id for each in rows):
        shown = [(str(each.row), each.message) for each in rows[:MOST_ROWS]]
        return _table(("Row", "Reason"), shown) + more
    named = [(str(each.row), each.id or "", each.message) for each in rows[:MOST_ROWS]]
    return _table(("Row", "ID", "Reason"), named) + more


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def _table(header: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def cohort_html(cohort: Cohort, preview: Preview | None) -> str:
    """What can be said where no widgets are: the cohort's card, and of a draft how it would be read."""
    read = preview_html(preview) if preview and cohort.status == "draft" else ""
    return cohort._repr_html_() + read
