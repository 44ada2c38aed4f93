"""Download results, or open them from Python."""

from urllib.parse import urlencode

import dash_mantine_components as dmc
from agelens import charts
from agelens.client import Cohort
from agelens.languages import N_, _
from dash import html

from dash_app import api_client
from dash_app.content import Component
from dash_app.pages.cohorts import labels

EXCEL, MOST_EXCEL_ROWS = "xlsx", 1_048_575  # below the header


def section(cohort: Cohort) -> Component:
    """One row per row of the file, in its order."""
    return html.Section(
        [
            dmc.Title(_("Download the results"), order=2, size="h3", mb="xs"),
            html.P(
                _(
                    "One row for each row of your file, in the same order. Rows without a result say "
                    "why."
                )
            ),
            _links(cohort, contributions=True),
            _links(cohort, contributions=False),
            too_long_for_excel(cohort),
            _python(cohort),
        ],
        className="no-print",
    )


def formats(cohort: Cohort) -> dict[str, str]:
    """The formats that have room for the results."""
    fits = cohort.rows <= MOST_EXCEL_ROWS
    return {kind: label for kind, label in labels.FORMATS.items() if fits or kind != EXCEL}


def _links(cohort: Cohort, *, contributions: bool) -> Component:
    title, variants = (
        (_("With contributions"), N_("{format}, with contributions"))
        if contributions
        else (_("Without contributions"), N_("{format}, without contributions"))
    )
    return dmc.Group(
        [
            dmc.Text(title, w={"base": "100%", "xs": 240}),
            *(
                html.A(
                    label,
                    href=address(cohort, kind, contributions=contributions),
                    className="call cohorts-take",
                    **{"aria-label": _(variants, format=label)},
                )
                for kind, label in formats(cohort).items()
            ),
        ],
        gap="sm",
        mb="sm",
    )


def too_long_for_excel(cohort: Cohort) -> Component | None:
    """Why there is no workbook."""
    if cohort.rows <= MOST_EXCEL_ROWS:
        return None
    return dmc.Text(
        _("A sheet of Excel holds {rows} rows at most.", rows=charts.count(MOST_EXCEL_ROWS)),
        size="sm",
        c="dimmed",
    )


def address(cohort: Cohort, kind: str, *, contributions: bool) -> str:
    """Of this web app, which hands the file on; the token is in no address."""
    parameters = {"format": kind, "contributions": str(contributions).lower()}
    return f"/cohorts/{cohort.id}/results?{urlencode(parameters)}"


def _python(cohort: Cohort) -> Component:
    code = as_python(cohort, api_client.public_api_url())
    return html.Details(
        [
            html.Summary(_("Copy as Python")),
            html.Pre(html.Code(code), className="cohorts-code", tabIndex=0),
            dmc.CopyButton(_("Copy"), value=code, copiedChildren=_("Copied"), size="xs"),
        ],
        className="cohorts-as-table",
    )


def as_python(cohort: Cohort, url: str) -> str:
    """A cell that opens this cohort in a notebook; no token is in it.

    The token that AGELENS_TOKEN holds is for the service at AGELENS_URL. Of somebody else's
    account, as that of `agelens lab`, the cell says whose token it needs.
    """
    lines = [
        '# A cell for a notebook of `agelens lab`. Elsewhere: pip install "agelens[notebook]".',
        "import os",
        "",
        "from agelens import charts",
        "from agelens.client import Client, NotFound",
        "",
        f'client = Client(os.environ.get("AGELENS_URL", {url!r}))',
        "try:",
        f"    cohort = client.cohorts[{cohort.id!r}]",
        "except NotFound:  # another account has asked",
        "    raise RuntimeError(",
        '        "This cohort belongs to another account: make a token in the web app (Account, Tokens) "',
        '        "of the account that has it, and open it with Client(token=...)."',
        "    ) from None",
        "results = cohort.results()  # a frame, one row per row of the file",
        "problems = list(cohort.errors())  # the rows that were not scored, and why",
        "charts.distribution(cohort.summary)",
    ]
    return "\n".join(lines) + "\n"
