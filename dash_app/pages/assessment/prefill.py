"""Switch clocks, and fill in a demo profile."""

from collections.abc import Sequence

from dash import Dash, Input, Output, State, ctx, no_update

from dash_app import access
from dash_app.pages.assessment import countries, form, form_actions, form_values, ids, page
from dash_app.pages.assessment.schema import Form


def register(app: Dash) -> None:
    """Both ask the API."""

    @app.callback(
        Output("assessment-form-body", "children"),
        Output("assessment-cost", "children"),
        Output(ids.SUMMARY, "children", allow_duplicate=True),
        Input(ids.MODEL, "value"),
        State(ids.DRAFT, "data"),
        prevent_initial_call=True,
    )
    def switch(name: str, draft: str | None) -> object:
        with access.client() as client:
            model = client.models[name]
            available = client.wallet.available
        where = page.address(model, draft)
        shown = Form(model, countries.of_visitor())
        body = form.body(shown, place=page.place(draft), address=where, problems={}, switched=True)
        return body, form_actions.cost(model, available, where), None

    @app.callback(
        Output("assessment-offer", "data"),
        Input("assessment-demo", "n_clicks"),
        State(ids.CLOCK, "data"),
        State(ids.unit(), "value"),
        running=[(Output("assessment-demo", "loading"), True, False)],
        prevent_initial_call=True,
    )
    def demo(clicks: int | None, name: str, _units: Sequence[str]) -> object:
        if not clicks:
            return no_update
        shown = {state["id"]["feature"]: state["value"] for state in ctx.states_list[1]}
        with access.client() as client:
            model = client.models[name]
            example = client.models.example(name)
        found = form_values.from_example(
            example.answers, example.units, example.chronological_age, model.features, shown
        )
        return {"typed": found, "asked": clicks}
