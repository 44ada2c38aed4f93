"""The page of a draft cohort: columns, preview, price."""

import dash_mantine_components as dmc
from agelens.client import Client, Cohort, Model
from dash import dcc, html

from dash_app.content import Component, Content
from dash_app.pages.cohorts import (
    column_matching,
    draft_preview,
    labels,
    payment,
    preview_findings,
    questions,
)
from dash_app.pages.cohorts.draft_preview import DraftPreview, option_problems

NO_ID = ""


def view(client: Client, cohort: Cohort) -> list[Content]:
    """As the API reads it at first."""
    models = {model.name: model for model in client.models}
    standard = next((m.name for m in models.values() if m.default), next(iter(models)))
    options = draft_preview.options_sent_with(cohort, standard)
    if options["model"] not in models:
        options |= {"model": standard, "mapping": {}, "units": {}, "values": {}}
    found = draft_preview.preview_draft(cohort, options)
    model = models[options["model"]]
    return [
        dmc.Paper(
            [
                dmc.Title("How the file is read", order=2, size="h4", mb="sm"),
                _notes(cohort),
                _choices(cohort, list(models.values()), found),
                html.Div(
                    questions.units(found.preview),
                    id="cohorts-units",
                    className="cohorts-questions",
                    **{"aria-live": "polite"},
                ),
                html.Div(
                    questions.codes(found.preview),
                    id="cohorts-codes",
                    className="cohorts-questions",
                ),
                html.Div(column_matching.table(cohort, model, found), id="cohorts-matching"),
            ],
            withBorder=True,
            p="lg",
        ),
        dmc.Paper(
            [
                dmc.Title("What we found", order=2, size="h4", mb="sm"),
                html.Div(
                    preview_findings.findings(found),
                    id="cohorts-findings",
                    className="cohorts-findings",
                    **{"aria-live": "polite"},
                ),
                html.Div(preview_findings.sample(cohort, found), className="cohorts-findings"),
            ],
            withBorder=True,
            p="lg",
        ),
        _pay(client, cohort, found),
        dcc.Store(id="cohorts-options", data=found.options | {"draw": 0}),
        dcc.Store(id="cohorts-draft", data=cohort.id),
        dcc.Store(id="cohorts-wrong", data=[]),
        dcc.Store(id="cohorts-taken"),
        dcc.Store(id="cohorts-told-price", data=payment.shown_price(found.preview)),
    ]


def _notes(cohort: Cohort) -> Component | None:
    """How the file was read, and what to do where that is not right."""
    if not cohort.notes:
        return None
    return html.Div(
        [
            *(dmc.Text(labels.sentence(note)) for note in cohort.notes),
            dmc.Text(
                [
                    "Not right? ",
                    dmc.Anchor("Upload the file again", href="/cohorts", inherit=True),
                    " and choose the sheet and the header row there.",
                ],
                size="sm",
                c="dimmed",
            ),
        ],
        className="cohorts-notes",
    )


def _choices(cohort: Cohort, models: list[Model], found: DraftPreview) -> Component:
    """The clock, the naming, and the column that tells rows apart."""
    wrong = option_problems(found.problem)
    columns = [{"value": name, "label": name} for name in cohort.header if name]
    return dmc.SimpleGrid(
        [
            dmc.Select(
                id="cohorts-clock",
                label="Clock",
                data=[{"value": m.name, "label": m.title} for m in models],
                value=found.options["model"],
                allowDeselect=False,
                error=wrong.get("model"),
            ),
            dmc.Select(
                id="cohorts-naming",
                label="Column names",
                data=[{"value": v, "label": label} for v, label in labels.NAMINGS.items()],
                value=found.options["columns"],
                allowDeselect=False,
            ),
            dmc.Select(
                id="cohorts-id-column",
                label="ID column",
                data=[{"value": NO_ID, "label": "None (use row numbers)"}, *columns],
                value=found.options["id_column"] or NO_ID,
                allowDeselect=False,
                searchable=True,
                error=wrong.get("id_column"),
            ),
        ],
        cols={"base": 1, "sm": 3},
        mb="md",
    )


def _pay(client: Client, cohort: Cohort, found: DraftPreview) -> Component:
    available = client.wallet.available
    return dmc.Paper(
        [
            dmc.Title("Price", order=2, size="h4", mb="sm"),
            html.Div(payment.price(cohort, found.preview, available), id="cohorts-price"),
            html.Div(id="cohorts-answer"),
            dmc.Button("Pay and run", id="cohorts-run", mt="md"),
        ],
        withBorder=True,
        p="lg",
    )
