"""What-if requests: one at a time, and the latest wins."""

import time
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from agelens import charts, wire
from agelens.client import ClientError, Unauthenticated
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, html, no_update

from dash_app import access, number_text, problems
from dash_app.displayed_factors import with_unit
from dash_app.pages.result import actions, single_changes, what_if
from dash_app.pages.result.factors import figure_text


def register(app: Dash) -> None:
    """The sliders' callbacks; the browser decides when to ask."""
    _in_the_browser(app)

    @app.callback(
        Output("result-changed", "figure"),
        Output("result-changed-figure", "aria-label"),
        Output("result-outcome", "children"),
        Output("result-told", "children"),
        Output("result-answered", "data"),
        Input("result-asked", "data"),
        State("result-factors", "data"),
        prevent_initial_call=True,
    )
    def changed(change: dict[str, Any] | None, factors: dict[str, Any]) -> object:
        if change is None:
            return (no_update,) * 5
        try:
            after = _score(change, factors)
        except Unauthenticated:
            raise
        except ClientError as error:
            message = html.Span(problems.error_message(error), className="older")
            return no_update, no_update, message, no_update, time.time()
        made = charts.waterfall(after, most=what_if.MOST, values=_texts(after, factors))
        before = factors["prediction"]
        spoken = what_if.spoken_outcome(after, before)
        outcome = what_if.outcome_text(after, before)
        return made, figure_text(after), outcome, spoken, time.time()

    @app.callback(
        Output("result-single-changes", "children"),
        Output("result-compare", "href"),
        Output("result-compare", "children"),
        Input("result-task", "data"),
    )
    def after_the_page(task_id: str | None) -> object:
        """What the page does not wait for."""
        if not task_id:
            return no_update, no_update, no_update
        try:
            with access.client() as client:
                task = client.task(task_id)
                return single_changes.changes_list(client, task), *actions.comparison_link(
                    client, task
                )
        except Unauthenticated:
            raise
        except ClientError as error:
            message = dmc.Text(problems.error_message(error), className="result-faint")
            return message, no_update, no_update


def _score(change: Mapping[str, Any], factors: Mapping[str, Any]) -> wire.Result:
    units = {key: factors["units"][key] for key in change if key in factors["units"]}
    with access.client() as client:
        (result,) = client.what_ifs(factors["task"], [dict(change)], units=units)
    return result.wire


def _texts(after: wire.Result, factors: Mapping[str, Any]) -> dict[str, str]:
    """The changed values in the person's units."""
    found = {}
    for row in after["contributions"]:
        key, value = row["feature"], row["value"]
        if key in factors["schema"] and isinstance(value, int | float):
            unit = factors["units"][key]
            shown = number_text.in_unit(factors["schema"][key], value, unit)
            found[key] = with_unit(shown, unit)
    return found


def _in_the_browser(app: Dash) -> None:
    each: dict[str, Any] = {
        name: {"type": f"result-{name}", "feature": ALL}
        for name in ("slider", "choice", "start", "reset")
    }
    app.clientside_callback(
        ClientsideFunction("agelens_result", "moved"),
        Input(each["slider"], "value"),
        Input(each["choice"], "value"),
        State(each["slider"], "id"),
        State(each["choice"], "id"),
        State(each["start"], "data"),
        State(each["start"], "id"),
        State("result-factors", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens_result", "answered"),
        Input("result-answered", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("agelens_result", "reset"),
        Output(each["slider"], "value"),
        Output(each["choice"], "value"),
        Input(each["reset"], "n_clicks"),
        Input("result-reset-all", "n_clicks"),
        State(each["slider"], "id"),
        State(each["choice"], "id"),
        State(each["start"], "data"),
        State(each["start"], "id"),
        prevent_initial_call=True,
    )
