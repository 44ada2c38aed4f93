"""Findings of a preview: missing biomarkers, row errors, and sample rows."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.client import Cohort, GroupedReason, Preview, RowProblem, RowWarning
from dash import html

from dash_app import html_tables
from dash_app.content import Component, Content
from dash_app.pages.cohorts import labels
from dash_app.pages.cohorts.column_matching import shortened
from dash_app.pages.cohorts.draft_preview import DraftPreview, column_problems, option_problems

ABOVE = {"model", "columns", "id_column"}  # said beside the choice itself
MOST_COLUMNS = 12
MOST_REASONS = 8


def findings(draft: DraftPreview) -> list[Content]:
    """Problems first."""
    if draft.preview is None:
        return [_unreadable(draft)]
    preview = draft.preview
    if not any(match.features for match in preview.matches):
        return [_alert(preview.hints)]
    found = [*(_hint(hint) for hint in preview.hints), _missing(preview)]
    if any(each.required for each in preview.missing):  # then every row says nothing but that
        return found
    return [*found, _rows(preview), *([_warnings(preview)] if preview.warned_rows else [])]


def _unreadable(draft: DraftPreview) -> Component:
    messages = [
        f"{column}: {message}" for column, message in column_problems(draft.problem).items()
    ]
    others = option_problems(draft.problem)
    messages += [text for name, text in others.items() if name not in ABOVE or name == "columns"]
    if not messages and draft.problem:
        messages = [draft.problem.detail]
    return _alert(messages)


def _alert(messages: Sequence[str]) -> Component:
    return dmc.Alert(
        [dmc.Text(labels.sentence(text)) for text in messages],
        title="The file cannot be read this way yet",
        color="red",
        variant="light",
    )


def _hint(hint: str) -> Component:
    return dmc.Alert(labels.sentence(hint), color="blue", variant="light")


def _missing(preview: Preview) -> Component:
    needed = [each.label for each in preview.missing if each.required]
    others = [each.label for each in preview.missing if not each.required]
    if not preview.missing:
        return html.P("Every biomarker of this clock has a column.")
    parts = []
    if needed:
        verb = "is" if len(needed) == 1 else "are"
        parts.append(
            dmc.Alert(
                f"{labels.joined(needed)} {verb} required, but no column was matched. Choose one above.",
                color="red",
                variant="light",
            )
        )
    if others:
        count = labels.counted(len(others), "biomarker")
        parts.append(
            html.P(f"{count} without a column, treated as not measured: {labels.joined(others)}.")
        )
    return html.Div(parts, className="cohorts-findings")


def _rows(preview: Preview) -> Component:
    checked = labels.counted(preview.checked_rows, "row")
    is_whole = preview.checked_rows == preview.rows
    of_them = "the" if is_whole else "the first"
    if preview.readable_rows == preview.checked_rows:
        return html.P(f"All {'rows' if is_whole else f'of the first {checked}'} can be scored.")
    count = preview.checked_rows - preview.readable_rows
    none = preview.readable_rows == 0
    title = f"{count:,} of {of_them} {checked} cannot be scored"
    advice = "Check that the columns and units above are right." if none else None
    return dmc.Alert(
        [
            advice,
            html.Ul([html.Li(_reason(each)) for each in preview.grouped[:MOST_REASONS]]),
            _single(preview.problems, count),
        ],
        title=f"None of {of_them} {checked} can be scored" if none else title,
        color="red" if none else "blue",
        variant="light",
        className="cohorts-found",
    )


def _reason(group: GroupedReason) -> str:
    """With the rows that it is about, as far as they are told."""
    rows = ", ".join(f"{row:,}" for row in group.first_rows)
    more = ", …" if group.n_rows > len(group.first_rows) else ""
    return f"{group.reason} ({'row' if group.n_rows == 1 else 'rows'} {rows}{more})"


def _single(messages: Sequence[RowProblem | RowWarning], count: int) -> Component:
    """Row by row, for whoever wants to see them."""
    shown = [html.Li(f"Row {each.row:,}: {each.message}") for each in messages]
    left = count - len(shown)
    further = dmc.Text(f"And {left:,} more.", size="sm") if left > 0 else None
    return html.Details([html.Summary("Row by row"), html.Ul(shown), further])


def _warnings(preview: Preview) -> Component:
    rows = labels.counted(preview.warned_rows, "row")
    what = "has a warning" if preview.warned_rows == 1 else "have warnings"
    return dmc.Alert(
        _single(preview.warnings, preview.warned_rows),
        title=f"{rows} {what}, and can be scored",
        color="blue",
        variant="light",
        className="cohorts-found",
    )


def sample(cohort: Cohort, draft: DraftPreview) -> Component:
    """The first rows as they are in the file, however it is read."""
    header = [name or f"column {place}" for place, name in enumerate(cohort.header, 1)]
    shown = header[:MOST_COLUMNS]
    further = len(header) - len(shown)
    rows = [
        html_tables.row(shown, [shortened(cell or "") for cell in row[:MOST_COLUMNS]])
        for row in draft.sample
    ]
    return html.Details(
        [
            html.Summary("First rows of the file"),
            html.Div(
                html_tables.table(shown, rows, caption="First rows of the file"),
                className="cohorts-wide",
                tabIndex=0,
                role="group",
                **{"aria-label": "First rows of the file"},
            ),
            dmc.Text(f"And {labels.counted(further, 'more column', 'more columns')}.", size="sm")
            if further > 0
            else None,
        ]
    )
