"""Update the preview when a choice changes, and run the draft."""

from contextlib import suppress

import dash_mantine_components as dmc
from agelens.client import (
    Client,
    ClientError,
    Cohort,
    InsufficientCredits,
    NotFound,
    Preview,
    Unauthenticated,
)
from agelens.languages import N_
from dash import ClientsideFunction, Dash, Input, Output, State, no_update, set_props
from dash.dependencies import ALL

from dash_app import api_client, problems
from dash_app.content import Component
from dash_app.pages.cohorts import (
    column_matching,
    draft_preview,
    payment,
    preview_findings,
    questions,
    view,
)
from dash_app.pages.cohorts.draft_preview import DraftPreview, Options

FEATURES, UNITS = ({"type": f"cohorts-{kind}", "place": ALL} for kind in ("feature", "unit"))
GATHERED = (
    Input("cohorts-clock", "value"),
    Input("cohorts-naming", "value"),
    Input("cohorts-id-column", "value"),
    Input(FEATURES, "value"),
    Input(UNITS, "value"),
    State(FEATURES, "id"),
    State("cohorts-known", "data"),
    State("cohorts-options", "data"),
    State("cohorts-draft", "data"),
)


def register(app: Dash) -> None:
    """Choices are gathered in the browser; the API says what they mean."""
    _gather(app)
    _update_preview(app)
    _pay(app)


def _gather(app: Dash) -> None:
    """And remember them as long as the tab is open."""
    app.clientside_callback(
        ClientsideFunction("agelens_cohorts", "gather"),
        Output("cohorts-options", "data"),
        *GATHERED,
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens_cohorts", "recall"),
        Output("cohorts-options", "data", allow_duplicate=True),
        Input("cohorts-draft", "data"),
        State("cohorts-options", "data"),
        prevent_initial_call="initial_duplicate",
    )


def _update_preview(app: Dash) -> None:
    """Draw what the API says to the choices."""

    @app.callback(
        Output("cohorts-matching", "children"),
        Output("cohorts-findings", "children"),
        Output("cohorts-price", "children"),
        Output("cohorts-answer", "children"),
        Output("cohorts-wrong", "data"),
        Output("cohorts-told-price", "data"),
        Output("cohorts-units", "children"),
        Output("cohorts-codes", "children"),
        Output("cohorts-run", "disabled"),
        Input("cohorts-options", "data"),
        State("cohorts-draft", "data"),
        State("cohorts-known", "data"),
        State("cohorts-wrong", "data"),
        State("cohorts-known-codes", "data"),
        running=[(Output("cohorts-run", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def update_preview(
        options: Options,
        cohort_id: str,
        table_state: column_matching.KnownTable,
        columns_with_error: list[int],
        codes: list[questions.KnownCode],
    ) -> object:
        with api_client.client() as client:
            cohort = client.cohorts[cohort_id]
            if cohort.status != "draft":  # another page has run it
                set_props("cohorts-root", {"children": view.arrived(client, cohort)})
                return (no_update,) * 9
            table: object = no_update
            drawn_anew = options["draw"] != table_state["draw"]
            draft = draft_preview.preview_draft(
                cohort, askable(client, options), for_table=drawn_anew
            )
            if drawn_anew:
                table = column_matching.table(cohort, client.models[options["model"]], draft)
            price = payment.price(cohort, draft.preview, client.wallet.available)
            column_messages = _show_problems(
                draft, table_state, columns_with_error, drawn_anew=drawn_anew
            )
            return (
                table,
                preview_findings.findings(draft),
                price,
                None,
                column_messages,
                payment.shown_price(draft.preview),
                questions.suggestions(draft.preview),
                # choices that somebody may be making stay as they are
                questions.codes(draft.preview)
                if drawn_anew or questions.asked_codes(draft.preview) != codes
                else no_update,
                not payment.can_run(draft.preview),
            )


def _pay(app: Dash) -> None:
    """Run the draft with the choices."""

    @app.callback(
        Output("cohorts-root", "children", allow_duplicate=True),
        Output("cohorts-answer", "children", allow_duplicate=True),
        Output("cohorts-price", "children", allow_duplicate=True),
        Output("cohorts-told-price", "data", allow_duplicate=True),
        Input("cohorts-run", "n_clicks"),
        State("cohorts-options", "data"),
        State("cohorts-draft", "data"),
        State("cohorts-told-price", "data"),
        running=[(Output("cohorts-run", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def run(
        clicks: int | None, options: Options, cohort_id: str, shown_price: int | None
    ) -> object:
        if not clicks:
            return (no_update,) * 4
        with api_client.client() as client:
            cohort = client.cohorts[cohort_id]
            options = askable(client, options)
            other = dearer_or_cheaper(cohort, options, shown_price)
            if other is not None:
                price = payment.price(cohort, other, client.wallet.available)
                return no_update, payment.price_changed(), price, other.price
            refused = _run(cohort, options)
            if refused is not None:
                return no_update, refused, no_update, no_update
            return view.arrived(client, cohort), None, no_update, no_update


def askable(client: Client, options: Options) -> Options:
    """What the clock can be asked; of a clock that is gone the API says so."""
    with suppress(NotFound):
        return draft_preview.options_for_clock(options, client.models[options["model"]])
    return options


def dearer_or_cheaper(cohort: Cohort, options: Options, shown_price: int | None) -> Preview | None:
    """What the draft would cost now, if that is not what the page shows."""
    if cohort.status != "draft":  # another page has run it: paid already
        return None
    # the price alone: one question, whatever was matched by hand
    preview, _ = draft_preview.preview_or_problem(cohort, options)
    return None if preview is None or preview.price == shown_price else preview


def _run(cohort: Cohort, options: Options) -> Component | None:
    """Nothing when it runs; running it again is harmless, so that a double click pays once."""
    try:
        cohort.run(**draft_preview.request_options(options))
    except Unauthenticated:
        raise
    except InsufficientCredits:
        return payment.too_few(cohort)
    except ClientError as error:
        return dmc.Box(problems.alert(error, N_("Not started")), mt="md")
    return None


def _show_problems(
    draft: DraftPreview,
    table_state: column_matching.KnownTable,
    columns_with_error: list[int],
    *,
    drawn_anew: bool,
) -> list[int]:
    """Say beside each choice what is wrong with it, and take back what was said before.

    A table that is drawn anew says it by itself.
    """
    above = draft_preview.option_problems(draft.problem)
    set_props("cohorts-clock", {"error": above.get("model")})
    set_props("cohorts-id-column", {"error": above.get("id_column")})
    if drawn_anew:
        return []
    column_messages = draft_preview.column_problems(draft.problem)
    index_by_column = dict(zip(table_state["columns"], table_state["places"], strict=True))
    current_errors = {
        index_by_column[column]: message
        for column, message in column_messages.items()
        if column in index_by_column
    }
    for index in {*columns_with_error, *current_errors}:
        set_props({"type": "cohorts-feature", "place": index}, {"error": current_errors.get(index)})
    return list(current_errors)
