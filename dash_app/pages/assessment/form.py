"""The fields of the form: who, what most reports have, and further biomarkers folded by body system."""

from collections.abc import Mapping, Sequence

import dash_mantine_components as dmc
from agelens.languages import _, ngettext
from dash import dcc, html

from dash_app.content import Component, Content
from dash_app.number_text import Feature
from dash_app.pages.assessment import ids, schema
from dash_app.pages.assessment.fields import day, field
from dash_app.pages.assessment.schema import Form

MOST_NAMED = 6  # of what a fold holds, in its summary


def fields(
    form: Form, *, today: str, about: Sequence[Content] = (), is_past: bool = False
) -> list[Content]:
    """All questions; `about` stands below those about the person. A past report begins with its day."""
    further = schema.grouped(form.further)
    return [
        dmc.Paper(
            _about(form, today, about, is_past=is_past),
            withBorder=True,
            className="assessment-groups",
            **{"data-assessment-about": "yes"},
        ),
        _search(),
        dmc.Paper(
            [_group(name, own, form) for name, own in schema.grouped(form.first).items()],
            withBorder=True,
            className="assessment-groups assessment-searched",
        ),
        html.Div(
            [
                *(_fold(_fold_name(name, form), own, form) for name, own in further.items()),
                *([_fold(_("Not used by any clock"), form.unused, form)] if form.unused else []),
            ],
            className="assessment-folds",
        ),
        _sources(form.measured),
    ]


def stores(
    form: Form, *, known_problems: Mapping[str, str], browser_data: Mapping[str, object]
) -> list[Component]:
    """What the browser has to know of the fields; `known_problems` are already known."""
    problems = {"problems": dict(known_problems), "focus": False} if known_problems else None
    return [
        dcc.Store(id=ids.SCHEMA, data=schema.for_browser(form, **browser_data)),
        dcc.Store(id=ids.PROBLEMS, data=problems),
    ]


def _about(form: Form, today: str, extra: Sequence[Content], *, is_past: bool) -> list[Component]:
    measured_on = form.typed.get(ids.DAY, {}).get("value", "")
    questions = [
        *([field(form, form.sex)] if form.sex else []),
        field(form, form.features[0]),
        day(ids.DAY, schema.labels(form)[ids.DAY], measured_on or today, today, is_first=is_past),
    ]
    grid = [html.Div(questions, className="assessment-grid"), *extra]
    return [_titled_group(_("About you"), grid)]


def _search() -> Component:
    return dmc.TextInput(
        id="assessment-find",
        label=_("Find a biomarker"),
        placeholder=_("Name, abbreviation or LOINC code"),
        inputProps={"type": "search"},
        autoComplete="off",
        spellCheck="false",
        className="assessment-find",
        inputWrapperOrder=["label", "input", "description"],
        description=" ",
        descriptionProps={"id": "assessment-found", "role": "status"},
    )


def _group(name: str, features: Sequence[Feature], form: Form) -> Component:
    return _titled_group(name, [_grid(features, form)])


def _titled_group(name: str, content: Sequence[Content]) -> Component:
    return html.Div(
        [dmc.Title(name, order=2, className="assessment-group-name"), html.Div(content)],
        className="assessment-group",
        role="group",
        **{"aria-label": name},
    )


def _grid(features: Sequence[Feature], form: Form) -> Component:
    return html.Div([field(form, feature) for feature in features], className="assessment-grid")


def _fold(name: str, features: Sequence[Feature], form: Form) -> Component:
    """Says what it holds; open where something stands in it."""
    filled = any(form.typed.get(feature["key"], {}).get("value") for feature in features)
    return html.Details(
        [
            html.Summary(
                [
                    html.Span(name, className="assessment-fold-name"),
                    html.Span(_contents(features), className="assessment-fold-contents"),
                    html.Span(className="assessment-fold-filled"),
                ]
            ),
            _grid(features, form),
        ],
        className="assessment-fold",
        open=filled,
    )


def _fold_name(group: str, form: Form) -> str:
    """The name of a fold; a part of its body system may stand open above."""
    has_fields_above = any(feature["group"] == group for feature in form.first)
    return _("{group}: more", group=group) if has_fields_above else group


def _contents(features: Sequence[Feature]) -> str:
    names = [feature["label"] for feature in features]
    n_more = len(names) - MOST_NAMED
    if n_more < 2:
        return ", ".join(names)
    first_names = ", ".join(names[:MOST_NAMED])
    return ngettext(
        "{named} and {n} more", "{named} and {n} more", n_more, named=first_names, n=n_more
    )


def _sources(features: Sequence[Feature]) -> Component | None:
    """Where the reference ranges come from, for those who cannot point at them."""
    sources = [(f["label"], f["reference"]["source"]) for f in features if f["reference"]]
    if not sources:
        return None
    return html.Details(
        [
            html.Summary(_("Sources of the reference ranges")),
            html.Ul([html.Li([f"{name}: ", html.Span(by, lang="en")]) for name, by in sources]),
        ],
        className="assessment-sources",
    )
