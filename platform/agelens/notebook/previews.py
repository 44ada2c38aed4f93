"""HTML preview of a cohort draft, and row errors."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

from agelens.client import Cohort, Preview, RowProblem, UnitSuggestion, UnknownCodes
from agelens.languages import _, ngettext, translated_text
from agelens.notebook.html_text import count, credits, line

MOST_ROWS = 20
MOST_NAMES = 12
MOST_REASONS = 8


def preview_html(preview: Preview) -> str:
    """How a file would be read, and what it would cost."""
    read = [m for m in preview.matches if m.features]
    wanted = sorted(preview.missing, key=lambda missing: not missing.required)
    lacking = [
        _("{name} (required)", name=translated_text(m.label))
        if m.required
        else translated_text(m.label)
        for m in wanted
    ]
    parts = [
        line(
            ngettext(
                "{n} row, {used} of {all} columns used.",
                "{n} rows, {used} of {all} columns used.",
                preview.rows,
                n=count(preview.rows),
                used=len(read),
                all=len(preview.matches),
            )
        ),
        *(
            line(_("The file: {note}", note=translated_text(note)), "faint")
            for note in preview.notes
        ),
        line(_("Ignored: {names}", names=_listed(preview.ignored)), "faint")
        if preview.ignored
        else "",
        line(_("Not in the file: {names}", names=_listed(lacking)), "faint") if lacking else "",
        *(line(translated_text(hint), "problem") for hint in preview.hints),
        *(line(_suggestion(each), "problem") for each in preview.suggestions),
        *(line(_codes(each), "problem") for each in preview.codes),
        line(
            _(
                "{n} of the first {all} rows can be scored.",
                n=count(preview.readable_rows),
                all=count(preview.checked_rows),
            )
        ),
        *(line(translated_text(each.reason)) for each in preview.grouped[:MOST_REASONS]),
        problems_html(preview.problems),
        line(
            _(
                "{each} per row, {all} in total; rows that cannot be scored are free.",
                each=credits(preview.price_per_row),
                all=credits(preview.price),
            )
        ),
    ]
    return "".join(parts)


def _suggestion(found: UnitSuggestion) -> str:
    """With the argument that says so."""
    if found.suggested_unit is None:
        return translated_text(found.message)
    units = {found.feature: found.suggested_unit}
    return _(
        "{message} submit(..., units={units}) reads it so.",
        message=translated_text(found.message),
        units=units,
    )


def _codes(found: UnknownCodes) -> str:
    shown = ", ".join(each.code for each in found.codes)
    example = {found.column: {found.codes[0].code: found.choices[0]}}
    return _(
        "{column} has codes ({codes}): say what they mean, as in values={example}.",
        column=found.column,
        codes=shown,
        example=example,
    )


def problems_html(problems: Iterable[RowProblem]) -> str:
    """Rows that cannot be scored, and why; the first ones."""
    rows = list(islice(problems, MOST_ROWS + 1))
    if not rows:
        return ""
    more = line(_("and more"), "faint") if len(rows) > MOST_ROWS else ""
    if not any(each.id for each in rows):
        shown = [(str(each.row), translated_text(each.message)) for each in rows[:MOST_ROWS]]
        return table_html((_("Row"), _("Reason")), shown) + more
    named = [
        (str(each.row), each.id or "", translated_text(each.message)) for each in rows[:MOST_ROWS]
    ]
    return table_html((_("Row"), _("ID"), _("Reason")), named) + more


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - MOST_NAMES
    shown = ", ".join(names[:MOST_NAMES])
    return _("{names} and {n} more", names=shown, n=rest) if rest > 0 else shown


def table_html(header: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def cohort_html(cohort: Cohort, preview: Preview | None) -> str:
    """What can be said where no widgets are: the cohort's card, and of a draft how it would be read."""
    read = preview_html(preview) if preview and cohort.status == "draft" else ""
    return cohort._repr_html_() + read
