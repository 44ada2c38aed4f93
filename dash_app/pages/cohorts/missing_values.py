"""What is missing in the rows of a file: a heat map, and the same as tables."""

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.charts import count, part_of
from agelens.languages import N_, _
from dash import html

from dash_app import html_tables
from dash_app.content import Component, Content
from dash_app.pages.cohorts import figures, labels

SHARES = (N_("Biomarker"), N_("Rows without it"), N_("Share"))
PATTERNS = (N_("Missing together"), N_("Rows"), N_("Share"))
MOST_NAMED = 5
BEFORE = N_("This cohort was scored before AgeLens counted what is missing.")


def section(summary: wire.Summary) -> Component:
    """The heat map; of a cohort of an older AgeLens what was counted then."""
    missingness = summary.get("missingness")
    return html.Div(
        [
            dmc.Title(_("Missing biomarkers"), order=3, size="h4", mt="lg", mb="xs"),
            *(
                _of_before(summary)
                if missingness is None
                else _heat_map_and_tables(summary, missingness)
            ),
        ]
    )


def _of_before(summary: wire.Summary) -> list[Content]:
    text = [f"{each['label']} ({count(each['rows'])})" for each in summary["missing"]]
    if not text:
        return [html.P(_(BEFORE))]
    names = labels.joined(text)
    return [html.P(_("Not measured (number of scored rows): {names}.", names=names))]


def _heat_map_and_tables(summary: wire.Summary, missingness: wire.Missingness) -> list[Content]:
    if not any(each["rows"] for each in missingness["features"]):
        rows = labels.rows(missingness["rows"])
        return [html.P(_("Every biomarker is there in {rows}.", rows=rows))]
    return [
        figures.figure(
            "cohorts-missing", charts.missingness(summary), words(missingness), is_wide=True
        ),
        html.Details(
            [html.Summary(_("As a table")), _shares(missingness), _patterns(missingness)],
            className="cohorts-as-table",
        ),
    ]


def words(missingness: wire.Missingness) -> str:
    """What the heat map shows: the most frequent, and how many rows are complete."""
    rows = missingness["rows"]
    most = [
        f"{f['label']} {part_of(f['rows'], rows)}" for f in missingness["features"] if f["rows"]
    ]
    complete = sum(each["rows"] for each in missingness["patterns"] if not each["features"])
    return _(
        "Missing in {rows}: {most}. Complete: {complete}.",
        rows=labels.rows(rows),
        most=", ".join(most[:MOST_NAMED]),
        complete=part_of(complete, rows),
    )


def _shares(missingness: wire.Missingness) -> Component:
    rows = [
        html_tables.row(
            SHARES, [each["label"], count(each["rows"]), part_of(each["rows"], missingness["rows"])]
        )
        for each in missingness["features"]
    ]
    return html_tables.table(SHARES, rows, caption=_("Missing biomarkers"))


def _patterns(missingness: wire.Missingness) -> Component:
    names = {each["feature"]: each["label"] for each in missingness["features"]}
    patterns = [
        (", ".join(names[key] for key in each["features"]) or _("Nothing"), each["rows"])
        for each in missingness["patterns"]
    ]
    if missingness["other_rows"]:
        patterns.append((_("Other combinations"), missingness["other_rows"]))
    rows = [
        html_tables.row(PATTERNS, [names_text, count(n), part_of(n, missingness["rows"])])
        for names_text, n in patterns
    ]
    return html_tables.table(
        PATTERNS, rows, caption=_("What is missing together"), body_id="cohorts-patterns"
    )
