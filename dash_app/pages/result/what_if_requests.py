"""What-if requests: one at a time, and the latest wins; response curves once they come into sight."""

import re
import time
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from agelens import wire
from agelens.client import ClientError, Unauthenticated
from agelens.languages import in_sentence
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update

from dash_app import api_client, problems
from dash_app.pages.result import actions, response_curves, single_changes, what_if


def register(app: Dash) -> None:
    """The workbench's callbacks; the browser decides when to ask."""
    _in_the_browser(app)

    @app.callback(
        Output("result-answered", "data"),
        Input("result-asked", "data"),
        State("result-factors", "data"),
        prevent_initial_call=True,
    )
    def changed(change: dict[str, Any] | None, factors: dict[str, Any]) -> object:
        """One answer for everything that the script redraws: the number, the bars, the words."""
        if change is None:
            return no_update
        answer = {"visit": factors["visit"], "at": time.time()}
        try:
            after = _score(change, factors)
        except Unauthenticated:
            raise
        except ClientError as error:
            return answer | {
                "error": _with_labels(problems.error_message(error), factors["result"])
            }
        keys = [*factors["sliders"], *factors["choices"]]
        return answer | what_if.changed_texts(factors["result"], after, keys)

    @app.callback(
        Output("result-curves", "data"),
        Input("result-curves-asked", "data"),
        State("result-factors", "data"),
        prevent_initial_call=True,
    )
    def curves(visit: float | None, factors: dict[str, Any]) -> object:
        """The curves that the sliders stand on; without them the sliders work as well."""
        if visit is None:
            return no_update
        try:
            with api_client.client() as client:
                return {
                    "visit": visit,
                    "curves": response_curves.tracks_by_feature(client, factors),
                }
        except Unauthenticated:
            raise
        except ClientError:
            return no_update

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
            with api_client.client() as client:
                task = client.task(task_id)
                return single_changes.changes_list(client, task), *actions.comparison_link(
                    client, task
                )
        except Unauthenticated:
            raise
        except ClientError as error:
            message = dmc.Text(problems.error_message(error), className="result-faint")
            return message, no_update, no_update


def _with_labels(message: str, result: wire.Result) -> str:
    """A message speaks of features by their keys: people know their names."""
    for row in result["contributions"]:
        key, label = re.escape(row["feature"]), row["label"]
        message = re.sub(rf"^{key}\b", label, message)
        message = re.sub(rf"\b{key}\b", in_sentence(label), message)
    return message


def _score(change: Mapping[str, Any], factors: Mapping[str, Any]) -> wire.Result:
    units = {key: factors["units"][key] for key in change if key in factors["units"]}
    with api_client.client() as client:
        (result,) = client.what_ifs(factors["task"], [dict(change)], units=units)
    return result.wire


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
    app.clientside_callback(  # without an output it would not be called for a page that arrives
        ClientsideFunction("agelens_result", "arrived"),
        Output("result-curves-asked", "data"),
        Input("result-factors", "data"),
    )
    for name in ("answered", "curves"):
        app.clientside_callback(
            ClientsideFunction("agelens_result", name),
            Input(f"result-{name}", "data"),
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
