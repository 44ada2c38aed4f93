"""Clocks that were not calculated, what they lack, and the way back to the form with these values."""

import dash_mantine_components as dmc
from agelens.client import Assessment, Client, NotRun
from agelens.languages import _, in_sentence, ngettext
from dash import html

from dash_app.content import Content
from dash_app.result_view.sections import section

MOST_NAMED = 6
AGE = "chronological_age"


def section_of(client: Client, assessment: Assessment) -> list[Content]:
    """Nothing where every clock could score the panel."""
    if not assessment.not_run:
        return []
    titles = {model.name: model.title for model in client.models}
    labels = {each["key"]: each["label"] for each in client.biomarkers()}
    items = [
        html.Li(
            [html.Strong(titles.get(each.model.name, each.model.name)), " ", needs(each, labels)]
        )
        for each in assessment.not_run
    ]
    again = dmc.Anchor(_("Add the missing values"), href=_form(assessment), id="panel-add")
    parts = [html.Ul(items), *([html.P(again)] if assessment.tasks else [])]
    return [section(_("Not calculated"), *parts, name="panel-lacking")]


def needs(clock: NotRun, labels: dict[str, str]) -> str:
    """What a clock lacks, by the names of the form: "needs one more: HbA1c"."""
    names = [_named(key, labels) for key in clock.lacks]
    if not names:
        return clock.reason
    n_more = len(names) - MOST_NAMED
    names_text = ", ".join(names[:MOST_NAMED])
    if n_more > 0:
        with_others = _("{names} and {n} others", names=names_text, n=n_more)
        names_text = with_others if n_more > 1 else ", ".join(names)
    n = clock.at_least
    if n < len(names):
        return ngettext(
            "needs one more of: {names}", "needs {n} more of: {names}", n, n=n, names=names_text
        )
    return ngettext("needs one more: {names}", "needs {n} more: {names}", n, n=n, names=names_text)


def _named(key: str, labels: dict[str, str]) -> str:
    return in_sentence(_("Age") if key == AGE else labels.get(key, key))


def _form(assessment: Assessment) -> str:
    return f"/new?like={assessment.tasks[0].id}" if assessment.tasks else "/new"
