"""The page of a draft cohort: columns, preview, price."""

import dash_mantine_components as dmc
from agelens.client import Client, Cohort, Model
from agelens.languages import _
from dash import dcc, html

from dash_app.content import Component, Content
from dash_app.pages.cohorts import (
    column_matching,
    draft_preview,
    file_layout,
    labels,
    payment,
    preview_findings,
    questions,
)
from dash_app.pages.cohorts.draft_preview import DraftPreview, option_problems

NO_ID = ""
WITH_HEADER_ROW = ("csv", "excel")


def view(client: Client, cohort: Cohort) -> list[Content]:
    """As the API reads it at first."""
    models = {model.name: model for model in client.models}
    standard = next((m.name for m in models.values() if m.default), next(iter(models)))
    options = draft_preview.options_sent_with(cohort, standard)
    if options["model"] not in models:
        options |= {"model": standard, "mapping": {}, "units": {}, "values": {}}
    draft = draft_preview.preview_draft(cohort, options)
    model = models[options["model"]]
    return [
        dmc.Paper(
            [
                dmc.Title(_("How the file is read"), order=2, size="h4", mb="sm"),
                _notes(cohort),
                _first_rows(cohort, draft),
                _choices(cohort, list(models.values()), draft),
                html.Div(
                    questions.suggestions(draft.preview),
                    id="cohorts-units",
                    className="cohorts-questions",
                    **{"aria-live": "polite"},
                ),
                html.Div(
                    questions.codes(draft.preview),
                    id="cohorts-codes",
                    className="cohorts-questions",
                ),
                html.Div(column_matching.table(cohort, model, draft), id="cohorts-matching"),
            ],
            withBorder=True,
            p="lg",
        ),
        dmc.Paper(
            [
                dmc.Title(_("What we found"), order=2, size="h4", mb="sm"),
                html.Div(
                    preview_findings.findings(draft),
                    id="cohorts-findings",
                    className="cohorts-findings",
                    **{"aria-live": "polite"},
                ),
            ],
            withBorder=True,
            p="lg",
        ),
        _pay(client, cohort, draft),
        dcc.Store(id="cohorts-options", data=draft.options | {"draw": 0}),
        dcc.Store(id="cohorts-draft", data=cohort.id),
        dcc.Store(id="cohorts-wrong", data=[]),
        dcc.Store(id="cohorts-taken"),
        dcc.Store(id="cohorts-told-price", data=payment.shown_price(draft.preview)),
    ]


def _notes(cohort: Cohort) -> Component | None:
    """How the file was read, and what to do where that is not right."""
    if not cohort.notes:
        return None
    return html.Div(
        [
            *(dmc.Text(labels.sentence(note)) for note in cohort.notes),
            dmc.Text(
                _("Not right? Choose the row with the names of the columns below."),
                size="sm",
                c="dimmed",
            )
            if cohort.format in WITH_HEADER_ROW
            else None,
        ],
        className="cohorts-notes",
    )


def _first_rows(cohort: Cohort, draft: DraftPreview) -> Component:
    """Where the header can be chosen, if it is a row of cells."""
    layout = cohort.layout() if cohort.format in WITH_HEADER_ROW else None
    if layout is None or not layout.first_rows:
        return preview_findings.sample(cohort, draft)
    preview = draft.preview
    lacks = preview is None or any(each.required for each in preview.missing)
    return file_layout.section(cohort, layout, is_open=bool(cohort.notes) or lacks)


def _choices(cohort: Cohort, models: list[Model], draft: DraftPreview) -> Component:
    """The clock, the naming, and the column that tells rows apart."""
    errors = option_problems(draft.problem)
    columns = [{"value": name, "label": name} for name in cohort.header if name]
    return dmc.SimpleGrid(
        [
            dmc.Select(
                id="cohorts-clock",
                label=_("Clock"),
                data=[{"value": m.name, "label": m.title} for m in models],
                value=draft.options["model"],
                allowDeselect=False,
                error=errors.get("model"),
            ),
            dmc.Select(
                id="cohorts-naming",
                label=_("Column names"),
                data=[{"value": v, "label": _(label)} for v, label in labels.NAMINGS.items()],
                value=draft.options["columns"],
                allowDeselect=False,
            ),
            dmc.Select(
                id="cohorts-id-column",
                label=_("ID column"),
                data=[{"value": NO_ID, "label": _("None (use row numbers)")}, *columns],
                value=draft.options["id_column"] or NO_ID,
                allowDeselect=False,
                searchable=True,
                openOnFocus=False,
                error=errors.get("id_column"),
            ),
        ],
        cols={"base": 1, "sm": 3},
        mb="md",
    )


def _pay(client: Client, cohort: Cohort, draft: DraftPreview) -> Component:
    available = client.wallet.available
    return dmc.Paper(
        [
            dmc.Title(_("Price"), order=2, size="h4", mb="sm"),
            html.Div(payment.price(cohort, draft.preview, available), id="cohorts-price"),
            html.Div(id="cohorts-answer"),
            dmc.Button(
                _("Pay and run"),
                id="cohorts-run",
                mt="md",
                disabled=not payment.can_run(draft.preview),
            ),
        ],
        withBorder=True,
        p="lg",
    )
