"""What drives the result: body systems in a chart, and the factors of each in a table."""

from collections.abc import Mapping, Sequence

from agelens import charts, wire
from agelens.client import Task
from agelens.languages import N_, _, ngettext
from dash import html

from dash_app import result_format
from dash_app.content import Component, Content
from dash_app.displayed_factors import DisplayedFactor, value_texts
from dash_app.result_view import reference_scale
from dash_app.result_view.compared import age_of
from dash_app.result_view.sections import figure, section

OPEN = 2  # of the systems are open at first: those that add most
NOTABLE_YEARS = 0.5
WIDEST_BAR = 100.0  # percent
CLIPPED = N_("beyond the training data; counted at its limit")
STARTS = N_(
    "The clock starts from {start}: {base} {unit}. Each body system then moves the result up or down."
)
IN_RANGE_YET_OLDER = N_(
    "In range, yet it adds {amount}: the clock compares you with {start}, not with the range."
)
TWO_COMPARISONS = N_(
    "“Above” and “below” compare your value with healthy adults. The effect is what this clock "
    "learned from its own data. An out-of-range value can still lower the estimate."
)


def drivers_section(task: Task, factors: Sequence[DisplayedFactor]) -> Component:
    """From the starting point to the number, body system by body system, and every factor in them."""
    result, age = task.wire, age_of(task)
    groups = groups_of(factors)
    unit = result["unit"]
    plot = charts.systems_waterfall(result, groups, chronological_age=age)
    by_key = {factor.contribution["feature"]: factor for factor in factors}
    systems = charts.body_systems(result, groups)
    widest = max((abs(row["years"]) for row in result["contributions"]), default=0.0)
    start, base = charts.starting_point(result), charts.number(result["base_value"], unit)
    return section(
        _("What drives your result"),
        html.P(_(STARTS, start=start, base=base, unit=charts.printed(unit))),
        figure("result-systems", plot, figure_text(result, groups)),
        *(
            _system(system, by_key, result, widest, is_open=index < OPEN)
            for index, system in enumerate(systems)
        ),
        _every_factor(task, factors, age),
        html.P(checked(result), className="result-checked"),
        html.P(_(TWO_COMPARISONS), className="result-faint"),
        kind="because",
    )


def groups_of(factors: Sequence[DisplayedFactor]) -> dict[str, str]:
    """The registry's body system of each factor."""
    return {f.contribution["feature"]: str((f.schema or {}).get("group", "")) for f in factors}


def _every_factor(task: Task, factors: Sequence[DisplayedFactor], age: float | None) -> Component:
    """The waterfall of single factors, none left out."""
    result = task.wire
    plot = charts.waterfall(
        result, most=len(factors), values=value_texts(list(factors)), chronological_age=age
    )
    return html.Details(
        [
            html.Summary(
                ngettext(
                    "{n} factor in one chart", "All {n} factors in one chart",
                    len(factors), n=len(factors),
                )
            ),
            figure("result-waterfall", plot, factors_text(result)),
        ],
        id="result-every-factor",
    )  # fmt: skip


def figure_text(result: wire.Result, groups: Mapping[str, str]) -> str:
    """The chart of body systems for those who do not see it."""
    systems = charts.body_systems(result, groups)
    unit = result["unit"]
    return _from_to(result, [(_(each.name), charts.amount(each.change, unit)) for each in systems])


def factors_text(result: wire.Result) -> str:
    """The waterfall of factors for those who do not see it."""
    rows = sorted(result["contributions"], key=lambda row: -abs(row["years"]))
    parts = [(row["label"], charts.amount(row["years"], result["unit"])) for row in rows]
    return _from_to(result, parts)


def _from_to(result: wire.Result, parts: Sequence[tuple[str, str]]) -> str:
    unit = result["unit"]
    start, end = (charts.number(result[key], unit) for key in ("base_value", "prediction"))
    listed = ", ".join(f"{name} {amount}" for name, amount in parts)
    return _(
        "From {start} to {end} {unit}: {parts}.",
        start=start, end=end, unit=charts.printed(unit), parts=listed,
    )  # fmt: skip


def checked(result: wire.Result) -> str:
    """What was really found when the explanation was checked."""
    gap = abs(result["additivity_gap"])
    if gap == 0:
        message = N_("✓ Checked: the starting point and all factors add up to the result, exactly.")
    else:
        message = N_("✓ Checked: the starting point and all factors add up to the result.")
    return f"{_(message)} {_('Numbers shown here are rounded.')}"


def _system(
    system: charts.BodySystem,
    by_key: Mapping[str, DisplayedFactor],
    result: wire.Result,
    widest: float,
    *,
    is_open: bool,
) -> Component:
    """One body system: its sum and how its values stand, and its factors in a table."""
    factors = [by_key[row["feature"]] for row in system.rows]
    total = charts.amount(system.change, result["unit"])
    head = [
        html.Span(_(system.name), className="result-system-name"),
        html.Span(_standings(factors), className="result-system-standing"),
        html.Strong(total, className=result_format.change_class(total)),
    ]
    return html.Details(
        [html.Summary(head), table(factors, result, _(system.name), widest)],
        open=is_open,
        className="result-system",
    )


def _standings(factors: Sequence[DisplayedFactor]) -> str:
    """How many of the values are out of range, and how many were not measured."""
    standings = [reference_scale.standing_of(factor) for factor in factors]
    outside = sum(standing in ("above", "below") for standing in standings)
    missing = sum(factor.contribution["imputed"] for factor in factors)
    parts = [ngettext("{n} factor", "{n} factors", len(factors), n=len(factors))]
    if outside:
        parts.append(ngettext("{n} out of range", "{n} out of range", outside, n=outside))
    if missing:
        parts.append(ngettext("{n} not measured", "{n} not measured", missing, n=missing))
    return " · ".join(parts)


def table(
    rows: Sequence[DisplayedFactor], result: wire.Result, caption: str, widest: float = 0.0
) -> Component:
    """One row per factor."""
    heads = (_("Factor"), _("Your value"), _("Range in healthy adults"), _("Effect"))
    return html.Table(
        [
            html.Caption(caption, className="unseen"),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody([_row(factor, result, widest) for factor in rows]),
        ],
        className="result-table",
    )


def _row(factor: DisplayedFactor, result: wire.Result, widest: float) -> Component:
    contribution, unit = factor.contribution, result["unit"]
    effect = charts.amount(contribution["years"], unit)
    kind = result_format.change_class(effect)
    notes = [html.Div(_(CLIPPED), className="result-faint")] * bool(contribution["clipped"])
    value_text: list[Content] = [] if contribution["imputed"] else [factor.text]
    return html.Tr(
        [
            html.Th(contribution["label"], scope="row"),
            html.Td([*value_text, *reference_scale.badge(factor), *notes]),
            html.Td([*reference_scale.cell(factor), *_in_range_yet(factor, result)]),
            html.Td(
                [
                    html.Strong(effect, className=kind),
                    *_bar(contribution, kind, widest),
                    _word(kind, unit),
                ]
            ),
        ]
    )


def _in_range_yet(factor: DisplayedFactor, result: wire.Result) -> list[Content]:
    """What puzzles people most, in a line."""
    years, unit = factor.contribution["years"], result["unit"]
    if reference_scale.standing_of(factor) != "in range" or years < NOTABLE_YEARS:
        return []
    start = charts.starting_point(result)
    amount = charts.quantity(charts.number(years, unit), unit)
    words = _(IN_RANGE_YET_OLDER, amount=amount, start=start)
    return [html.Div(words, className="result-faint result-yet")]


def _bar(contribution: wire.Contribution, kind: str, widest: float) -> list[Content]:
    """The effect as a length, hatched where a value was assumed."""
    if not widest:
        return []
    width = WIDEST_BAR * abs(contribution["years"]) / widest
    names = ["result-bar", kind, *["assumed"] * bool(contribution["imputed"])]
    bar = html.I(style={"width": f"{width:.1f}%"}, className=" ".join(filter(None, names)))
    return [html.Span(bar, className="result-bar-line", **{"aria-hidden": "true"})]


def _word(kind: str, unit: str) -> Component:
    higher, lower = (_("older"), _("younger")) if unit == "years" else (_("higher"), _("lower"))
    word = {"older": higher, "younger": lower}.get(kind, _("no change"))
    return html.Div(word, className="result-faint")
