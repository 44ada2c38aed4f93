"""Exports of a result: JSON, CSV, Python code."""

import csv
import io
import json
import pprint
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from agelens import wire
from agelens.client import Task

from dash_app.content import Content

COLUMNS = (
    "feature", "label", "value", "unit", "years", "imputed", "clipped",
    "reference_low", "reference_high",
)  # fmt: skip
CODE_WIDTH = 76


def file_name(task: Task, ending: str) -> str:
    """Which clock, when, and enough of the id to find it again."""
    when = task.finished_at or task.created_at
    return f"agelens-{task.model.name}-{when:%Y-%m-%d}-{task.id[:8]}.{ending}"


def as_json(task: Task) -> str:
    """The task as the API tells it."""
    document = {name: _plain(value) for name, value in asdict(task).items() if name != "user_id"}
    document["result"] = document.pop("wire_result")
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value  # a datetime is one


def as_csv(task: Task) -> str:
    """Head lines, an empty line, and one row per contribution; all digits are kept."""
    result = task.wire
    output = io.StringIO()
    table = csv.writer(output, lineterminator="\r\n")
    table.writerows(_head(task, result))
    table.writerow([])
    table.writerow(COLUMNS)
    table.writerows(_row(row) for row in result["contributions"])
    return output.getvalue()


def _head(task: Task, result: wire.Result) -> list[list[Content]]:
    interval = result["interval"]
    low, high, level = (
        (interval["low"], interval["high"], interval["level"]) if interval else (None,) * 3
    )
    return [
        ["task", task.id],
        ["model", f"{task.model.name} {task.model.version}"],
        ["finished_at", task.finished_at.isoformat() if task.finished_at else None],
        ["chronological_age", task.chronological_age],
        ["context", " ".join(task.context)],
        ["unit", result["unit"]],
        ["prediction", result["prediction"]],
        ["interval_low", low],
        ["interval_high", high],
        ["interval_level", level],
        ["base_value", result["base_value"]],
    ]


def _row(row: wire.Contribution) -> list[Content]:
    reference = row["reference_range"]
    ends = (reference["low"], reference["high"]) if reference else (None, None)
    return [
        row["feature"], row["label"], row["value"], row["unit"], row["years"], row["imputed"],
        row["clipped"], *ends,
    ]  # fmt: skip


def as_python(task: Task, address: str) -> str:
    """A notebook's cell, which is a program too, that opens this result; no token is in it.

    Whoever runs it may be somebody else, as in JupyterLab with an account of its own: for them it
    is computed again. The token that AGELENS_TOKEN holds is for the service at AGELENS_URL, so
    there is no other to ask when that is set.
    """
    given: dict[str, object] = {"model": f"{task.model.name}@{task.model.version}"}
    if task.units:
        given["units"] = task.units
    if task.chronological_age is not None:
        given["chronological_age"] = task.chronological_age
    if task.context:
        given["context"] = list(task.context)
    if task.baseline:
        given["baseline"] = task.baseline
    lines = [
        "# A cell for a notebook of `agelens lab`. Elsewhere: pip install agelens, and put a token",
        "# of your own (Account, Tokens) into AGELENS_TOKEN.",
        "import os",
        "",
        "from agelens.client import Client, NotFound",
        "",
        f'client = Client(os.environ.get("AGELENS_URL", {address!r}))',
        f"answers = {_literal(task.answers)}",
        f"given = {_literal(given)}",
        "",
        "try:",
        f"    result = client.task({task.id!r}).result",
        f"except NotFound:  # of another account: the same answers again, for {task.price} credits",
        "    result = client.predict(answers, **given)",
        "",
        "print(result.prediction, result.unit, result.interval)",
        "for factor in result.contributions:",
        '    print(f"{factor.label:35} {factor.years:+.2f}")',
        "result",
    ]
    return "\n".join(lines) + "\n"


def _literal(mapping: Mapping[str, object]) -> str:
    """A dict as a person would write it."""
    if len(repr(mapping)) <= CODE_WIDTH:
        return repr(mapping)
    entries = [f"    {key!r}: {pprint.pformat(value)}," for key, value in mapping.items()]
    return "\n".join(["{", *entries, "}"])
