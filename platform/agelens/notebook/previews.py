"""HTML preview of a cohort draft, and row errors."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import islice

from agelens.client import Cohort, Preview, RowProblem, UnitSuggestion, UnknownCodes
from agelens.languages import _, ngettext, translated_text
from agelens.notebook.html_text import credits_text, format_count, text_div

MOST_ROWS = 20
MOST_NAMES = 12
MOST_REASONS = 8


def preview_html(preview: Preview) -> str:
    """How a file would be read, and what it would cost."""
    used_columns = [m for m in preview.matches if m.features]
    missing = sorted(preview.missing, key=lambda each: not each.required)
    lacking = [
        _("{name} (required)", name=translated_text(m.label))
        if m.required
        else translated_text(m.label)
        for m in missing
    ]
    parts = [
        text_div(
            ngettext(
                "{n} row, {used} of {all} columns used.",
                "{n} rows, {used} of {all} columns used.",
                preview.rows,
                n=format_count(preview.rows),
                used=len(used_columns),
                all=len(preview.matches),
            )
        ),
        *(
            text_div(_("The file: {note}", note=translated_text(note)), "faint")
            for note in preview.notes
        ),
        text_div(_("Ignored: {names}", names=_name_list(preview.ignored)), "faint")
        if preview.ignored
        else "",
        text_div(_("Not in the file: {names}", names=_name_list(lacking)), "faint")
        if lacking
        else "",
        *(text_div(translated_text(hint), "problem") for hint in preview.hints),
        *(text_div(_suggestion_text(each), "problem") for each in preview.suggestions),
        *(text_div(_codes_text(each), "problem") for each in preview.codes),
        text_div(
            _(
                "{n} of the first {all} rows can be scored.",
                n=format_count(preview.readable_rows),
                all=format_count(preview.checked_rows),
            )
        ),
        *(text_div(translated_text(each.reason)) for each in preview.grouped[:MOST_REASONS]),
        problems_html(preview.problems),
        text_div(
            _(
                "{each} per row, {all} in total; rows that cannot be scored are free.",
                each=credits_text(preview.price_per_row),
                all=credits_text(preview.price),
            )
        ),
    ]
    return "".join(parts)


def _suggestion_text(suggestion: UnitSuggestion) -> str:
    """With the argument that says so."""
    if suggestion.suggested_unit is None:
        return translated_text(suggestion.message)
    units = {suggestion.feature: suggestion.suggested_unit}
    return _(
        "{message} submit(..., units={units}) reads it so.",
        message=translated_text(suggestion.message),
        units=units,
    )


def _codes_text(column: UnknownCodes) -> str:
    codes = ", ".join(each.code for each in column.codes)
    example = {column.column: {column.codes[0].code: column.choices[0]}}
    return _(
        "{column} has codes ({codes}): say what they mean, as in values={example}.",
        column=column.column,
        codes=codes,
        example=example,
    )


def problems_html(problems: Iterable[RowProblem]) -> str:
    """Rows that cannot be scored, and why; the first ones."""
    rows = list(islice(problems, MOST_ROWS + 1))
    if not rows:
        return ""
    more_html = text_div(_("and more"), "faint") if len(rows) > MOST_ROWS else ""
    if not any(each.id for each in rows):
        cells = [(str(each.row), translated_text(each.message)) for each in rows[:MOST_ROWS]]
        return table_html((_("Row"), _("Reason")), cells) + more_html
    cells_with_id = [
        (str(each.row), each.id or "", translated_text(each.message)) for each in rows[:MOST_ROWS]
    ]
    return table_html((_("Row"), _("ID"), _("Reason")), cells_with_id) + more_html


def _name_list(names: Sequence[str]) -> str:
    n_more = len(names) - MOST_NAMES
    first_names = ", ".join(names[:MOST_NAMES])
    return _("{names} and {n} more", names=first_names, n=n_more) if n_more > 0 else first_names


def table_html(header: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def cohort_html(cohort: Cohort, preview: Preview | None) -> str:
    """What can be said where no widgets are: the cohort's card, and of a draft how it would be read."""
    draft_html = preview_html(preview) if preview and cohort.status == "draft" else ""
    return cohort._repr_html_() + draft_html
