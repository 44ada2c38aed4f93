"""Exports of results for programs, of one clock or of several: JSON and CSV.

They are in English whatever language the page speaks, so that a program reads one like another: call
them, and fetch what they export, within `languages.in_language(SOURCE)`.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

from agelens import wire
from agelens.client import Assessment, Task

from dash_app import number_text
from dash_app.content import Content
from dash_app.displayed_factors import DisplayedFactor, factors_of

COLUMNS = (
    "feature", "label", "value", "unit", "years", "imputed", "clipped",
    "reference_low", "reference_high",
)  # fmt: skip
EFFECT_DECIMALS = 4  # the digits behind these say nothing; the JSON has them all

OF_THE_OWNER = ("user_id", "user_email")  # what only administrators are told
OF_DRAFTS = ("models",)  # which clocks a draft is meant for; what is exported has been asked

Schema = Mapping[str, number_text.Feature]


def file_name(tasks: Sequence[Task], ending: str) -> str:
    """Which clock, when, and enough of the id to find it again; of several clocks, that of the first."""
    task = tasks[0]
    when = task.measured_on or task.finished_at or task.created_at
    name = task.model.name if len(tasks) == 1 else f"{len(tasks)}-clocks"
    return f"agelens-{name}-{when:%Y-%m-%d}-{task.id[:8]}.{ending}"


def as_json(exported: Task | Assessment) -> str:
    """The task, or the assessment with its tasks, as the API tells of what was asked: nothing is rounded."""
    document = _document(asdict(exported))
    if isinstance(exported, Assessment):
        document["tasks"] = [_document(asdict(task)) for task in exported.tasks]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _document(decoded: Mapping[str, object]) -> dict[str, object]:
    """The client's names of what it has decoded, back to those of the API."""
    left_out = OF_THE_OWNER + OF_DRAFTS
    document = {name: _json_value(value) for name, value in decoded.items() if name not in left_out}
    if "wire_result" in document:
        document["result"] = document.pop("wire_result")
    return document


def _json_value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value  # a datetime is one


def as_csv(results: Sequence[tuple[Task, Schema]]) -> str:
    """A part for each result: head lines, an empty line, a row per contribution.

    Values and ranges are in the units that the person used, and as they were typed.
    """
    output = io.StringIO()
    table = csv.writer(output, lineterminator="\r\n")
    for index, (task, schema) in enumerate(results):
        if index:
            table.writerow([])
        table.writerows(_head(task, task.wire))
        table.writerow([])
        table.writerow(COLUMNS)
        table.writerows(_row(task, factor) for factor in factors_of(task, schema))
    return output.getvalue()


def _head(task: Task, result: wire.Result) -> list[list[Content]]:
    interval = result["interval"]
    low, high, level = (
        (interval["low"], interval["high"], interval["level"]) if interval else (None,) * 3
    )
    return [
        ["task", task.id],
        ["model", f"{task.model.name} {task.model.version}"],
        ["measured_on", task.measured_on.isoformat() if task.measured_on else None],
        ["finished_at", task.finished_at.isoformat() if task.finished_at else None],
        ["chronological_age", task.chronological_age],
        ["context", " ".join(task.context)],
        ["baseline", task.baseline],
        ["unit", result["unit"]],
        ["prediction", _rounded(result["prediction"])],
        ["interval_low", _rounded(low)],
        ["interval_high", _rounded(high)],
        ["interval_level", level],
        ["base_value", _rounded(result["base_value"])],
    ]


def _row(task: Task, factor: DisplayedFactor) -> list[Content]:
    contribution = factor.contribution
    return [
        contribution["feature"], contribution["label"], typed(task, factor), factor.unit, _rounded(contribution["years"]),
        contribution["imputed"], contribution["clipped"], *(_end(factor, end) for end in factor.usual),
    ]  # fmt: skip


def typed(task: Task, factor: DisplayedFactor) -> str | None:
    """A value as it was typed, in its unit; None when it was not measured."""
    if factor.number is None:
        value = factor.contribution["value"]
        return None if value is None else str(value)
    in_unit = factor.in_unit(factor.number)
    answer = task.answers.get(factor.contribution["feature"])
    if isinstance(answer, str):
        number = number_text.parse_number(answer)
        if isinstance(number, float) and number_text.nearly_equal(number, in_unit):
            return answer.strip().replace(",", ".")
    return number_text.shortest(in_unit)


def _end(factor: DisplayedFactor, end: float | None) -> str | None:
    """An end of a range, which nobody typed: with as many decimals as the unit is worth."""
    if end is None:
        return None
    decimals = (
        number_text.decimals(factor.schema, factor.unit) if factor.schema else EFFECT_DECIMALS
    )
    return number_text.shortest(round(factor.in_unit(end), decimals))


def _rounded(number: float | None) -> str | None:
    return None if number is None else number_text.shortest(round(number, EFFECT_DECIMALS))
