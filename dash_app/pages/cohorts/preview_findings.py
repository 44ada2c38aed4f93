"""Findings of a preview: missing biomarkers, row errors, and sample rows."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from agelens.charts import count
from agelens.client import Cohort, GroupedReason, Preview, RowProblem, RowWarning
from agelens.languages import _, ngettext
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
    components = [*(_hint(hint) for hint in preview.hints), _missing(preview)]
    if any(each.required for each in preview.missing):  # then every row says nothing but that
        return components
    return [*components, _rows(preview), *([_warnings(preview)] if preview.warned_rows else [])]


def _unreadable(draft: DraftPreview) -> Component:
    messages = [
        f"{column}: {message}" for column, message in column_problems(draft.problem).items()
    ]
    messages_of_options = option_problems(draft.problem)
    messages += [
        text for name, text in messages_of_options.items() if name not in ABOVE or name == "columns"
    ]
    if not messages and draft.problem:
        messages = [draft.problem.detail]
    return _alert(messages)


def _alert(messages: Sequence[str]) -> Component:
    return dmc.Alert(
        [dmc.Text(labels.sentence(text)) for text in messages],
        title=_("The file cannot be read this way yet"),
        color="red",
        variant="light",
    )


def _hint(hint: str) -> Component:
    return dmc.Alert(labels.sentence(hint), color="blue", variant="light")


def _missing(preview: Preview) -> Component:
    required = [each.label for each in preview.missing if each.required]
    optional = [each.label for each in preview.missing if not each.required]
    if not preview.missing:
        return html.P(_("Every biomarker of this clock has a column."))
    parts = []
    if required:
        words = ngettext(
            "{names} is required, but no column was matched. Choose one above.",
            "{names} are required, but no column was matched. Choose one above.",
            len(required),
            names=labels.joined(required),
        )
        parts.append(dmc.Alert(words, color="red", variant="light"))
    if optional:
        words = ngettext(
            "{n} biomarker without a column, treated as not measured: {names}.",
            "{n} biomarkers without a column, treated as not measured: {names}.",
            len(optional),
            n=count(len(optional)),
            names=labels.joined(optional),
        )
        parts.append(html.P(words))
    return html.Div(parts, className="cohorts-findings")


def _rows(preview: Preview) -> Component:
    if preview.readable_rows == preview.checked_rows:
        return html.P(_all_rows(preview))
    n_unreadable = preview.checked_rows - preview.readable_rows
    none = preview.readable_rows == 0
    advice = _("Check that the columns and units above are right.") if none else None
    return dmc.Alert(
        [
            advice,
            html.Ul([html.Li(_reason(each)) for each in preview.grouped[:MOST_REASONS]]),
            _single(preview.problems, n_unreadable),
        ],
        title=_none_of(preview) if none else _some_of(preview, n_unreadable),
        color="red" if none else "blue",
        variant="light",
        className="cohorts-found",
    )


def _all_rows(preview: Preview) -> str:
    if preview.checked_rows == preview.rows:
        return _("All rows can be scored.")
    checked = labels.rows(preview.checked_rows)
    return _("All of the first {rows} can be scored.", rows=checked)


def _none_of(preview: Preview) -> str:
    checked = labels.rows(preview.checked_rows)
    if preview.checked_rows == preview.rows:
        return _("None of the {rows} can be scored", rows=checked)
    return _("None of the first {rows} can be scored", rows=checked)


def _some_of(preview: Preview, n_unreadable: int) -> str:
    numbers = {"n": count(n_unreadable), "rows": labels.rows(preview.checked_rows)}
    if preview.checked_rows == preview.rows:
        return _("{n} of the {rows} cannot be scored", **numbers)
    return _("{n} of the first {rows} cannot be scored", **numbers)


def _reason(group: GroupedReason) -> list[Content]:
    """With the rows that it is about, as far as they are told, and what can be done."""
    rows = labels.example_rows(group.first_rows, group.n_rows)
    words = ngettext(
        "{reason} (row {rows})", "{reason} (rows {rows})", group.n_rows, reason=group.reason, rows=rows
    )  # fmt: skip
    advice = group.advice
    return [words, *([". ", html.Span(advice, className="cohorts-advice")] if advice else [])]


def _single(messages: Sequence[RowProblem | RowWarning], n_rows: int) -> Component:
    """Row by row, for whoever wants to see them."""
    items = [
        html.Li(_("Row {row}: {message}", row=count(each.row), message=each.message))
        for each in messages
    ]
    n_more = n_rows - len(items)
    more_text = dmc.Text(_("And {n} more.", n=count(n_more)), size="sm") if n_more > 0 else None
    return html.Details([html.Summary(_("Row by row")), html.Ul(items), more_text])


def _warnings(preview: Preview) -> Component:
    return dmc.Alert(
        _single(preview.warnings, preview.warned_rows),
        title=ngettext(
            "{n} row has a warning, and can be scored",
            "{n} rows have warnings, and can be scored",
            preview.warned_rows,
            n=count(preview.warned_rows),
        ),
        color="blue",
        variant="light",
        className="cohorts-found",
    )


def sample(cohort: Cohort, draft: DraftPreview) -> Component:
    """The first rows as they are in the file, however it is read."""
    header = [
        name or _("column {place}", place=count(number))
        for number, name in enumerate(cohort.header, 1)
    ]
    shown_header = header[:MOST_COLUMNS]
    rows = [
        html_tables.row(
            shown_header, [html.Bdi(shortened(cell or "")) for cell in row[:MOST_COLUMNS]]
        )
        for row in draft.sample
    ]
    caption = _("First rows of the file")
    return html.Details(
        [
            html.Summary(caption),
            html.Div(
                html_tables.table(shown_header, rows, caption=caption),
                className="cohorts-wide",
                tabIndex=0,
                role="group",
                **{"aria-label": caption},
            ),
            further_columns(len(header) - len(shown_header)),
        ],
        className="cohorts-rows-of-file",
    )


def further_columns(n_columns: int) -> Component | None:
    """How many columns are not shown."""
    if n_columns <= 0:
        return None
    words = ngettext("And {n} more column.", "And {n} more columns.", n_columns, n=count(n_columns))
    return dmc.Text(words, size="sm")
