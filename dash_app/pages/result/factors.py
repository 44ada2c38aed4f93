"""What drives the result: the waterfall chart and a table of factors."""

from collections.abc import Sequence

from agelens import charts, wire
from agelens.client import Task
from dash import html

from dash_app import results
from dash_app.content import Component
from dash_app.displayed_factors import DisplayedFactor, value_texts
from dash_app.pages.result import reference_scale
from dash_app.pages.result.sections import figure, section

MOST = 8
ASSUMED = "not measured; a value was assumed"
CLIPPED = "beyond the training data; counted at its limit"
TWO_COMPARISONS = (
    "“Above” and “below” compare your value with healthy adults. The effect is what this clock "
    "learned from its own data. An out-of-range value can still lower the estimate."
)


def drivers_section(task: Task, found: Sequence[DisplayedFactor]) -> Component:
    """From the start to the number, factor by factor."""
    result = task.wire
    first, others = (found[:MOST], found[MOST:]) if len(found) > MOST + 1 else (found, [])
    made = charts.waterfall(result, most=MOST, values=value_texts(list(found)))
    more = f"{len(others)} other factors"
    return section(
        "What drives your result",
        html.P(
            f"The clock starts from {result['base_meaning']}. Each factor then moves it up or down."
        ),
        figure("result-waterfall", made, figure_text(result)),
        table(first, result["unit"], "The largest factors" if others else "All factors"),
        *([html.Details([html.Summary(more), table(others, result["unit"], more)])] * bool(others)),
        html.P(checked(result), className="result-checked"),
        html.P(TWO_COMPARISONS, className="result-faint"),
        kind="because",
    )


def figure_text(result: wire.Result) -> str:
    """The waterfall for those who do not see it."""
    rows = sorted(result["contributions"], key=lambda row: -abs(row["years"]))[:MOST]
    unit = result["unit"]
    parts = ", ".join(f"{row['label']} {charts.amount(row['years'], unit)}" for row in rows)
    start, end = (charts.number(result[key], unit) for key in ("base_value", "prediction"))
    return f"From {start} to {end} {unit}; the largest factors: {parts}."


def checked(result: wire.Result) -> str:
    """What was really found when the explanation was checked."""
    gap = abs(result["additivity_gap"])
    found = "exactly" if gap == 0 else f"to within {gap:.0e}"
    what = "age" if result["unit"] == "years" else "result"
    return (
        f"✓ Checked: the starting point and the factors add up to the {what}, {found}. "
        "Numbers shown here are rounded."
    )


def table(rows: Sequence[DisplayedFactor], unit: str, caption: str) -> Component:
    """One row per factor."""
    heads = ("Factor", "Your value", "Range in healthy adults", "Effect")
    return html.Table(
        [
            html.Caption(caption),
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody([_row(factor, unit) for factor in rows]),
        ],
        className="result-table",
    )


def _row(factor: DisplayedFactor, unit: str) -> Component:
    row = factor.row
    effect = charts.amount(row["years"], unit)
    kind = results.change_class(effect)
    marks = [ASSUMED] * bool(row["imputed"]) + [CLIPPED] * bool(row["clipped"])
    notes = [html.Div(mark, className="result-faint") for mark in marks]
    return html.Tr(
        [
            html.Th(row["label"], scope="row"),
            html.Td([factor.text, *notes]),
            html.Td(reference_scale.cell(factor)),
            html.Td([html.Strong(effect, className=kind), _word(kind, unit)]),
        ]
    )


def _word(kind: str, unit: str) -> Component:
    higher, lower = ("older", "younger") if unit == "years" else ("higher", "lower")
    word = {"older": higher, "younger": lower}.get(kind, "no change")
    return html.Div(word, className="result-faint")
