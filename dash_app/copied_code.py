"""A result as Python code: a notebook's cell that opens it, or computes it again."""

import pprint
from collections.abc import Mapping

from agelens.client import Assessment, Task

CODE_WIDTH = 76
OPENING = (
    "# A cell for a notebook of `agelens lab`. Elsewhere: pip install agelens, and put a token",
    "# of your own (Account, Tokens) into AGELENS_TOKEN.",
    "import os",
    "",
    "from agelens.client import Client, NotFound",
    "",
)


def of_task(task: Task, address: str) -> str:
    """A notebook's cell, which is a program too, that opens this result; no token is in it.

    Whoever runs it may be somebody else, as in JupyterLab with an account of its own: for them it
    is computed again. The token that AGELENS_TOKEN holds is for the service at AGELENS_URL, so
    there is no other to ask when that is set.
    """
    arguments = {"model": f"{task.model.name}@{task.model.version}", **_panel_fields(task)}
    return _cell(
        address,
        task.answers,
        arguments,
        "try:",
        f"    result = client.task({task.id!r}).result",
        f"except NotFound:  # of another account: the same answers again, for {task.price} credits",
        "    result = client.predict(answers, **given)",
        "",
        "print(result.prediction, result.unit, result.interval)",
        "for factor in result.contributions:",
        '    print(f"{factor.label:35} {factor.years:+.2f}")',
        "result",
    )


def of_assessment(assessment: Assessment, address: str) -> str:
    """The same for one panel and several clocks, each in the version that answered."""
    clocks = [f"{task.model.name}@{task.model.version}" for task in assessment.tasks]
    price = assessment.price
    return _cell(
        address,
        assessment.answers,
        {"models": clocks, **_panel_fields(assessment)},
        "try:",
        f"    assessment = client.assessments[{assessment.id!r}]",
        f"except NotFound:  # of another account: the same answers again, for {price} credits",
        "    assessment = client.assess(answers, **given)",
        "",
        "for clock, result in assessment.results.items():",
        "    print(clock, result.prediction, result.unit, result.interval)",
        "assessment",
    )


def _panel_fields(panel: Task | Assessment) -> dict[str, object]:
    """What was said of a panel beside its answers."""
    day = panel.measured_on
    fields: dict[str, object] = {
        "units": dict(panel.units),
        "chronological_age": panel.chronological_age,
        "measured_on": day.isoformat() if day else None,
        "context": list(panel.context),
        "baseline": panel.baseline,
    }
    return {name: value for name, value in fields.items() if value not in (None, {}, [])}


def _cell(
    address: str, answers: Mapping[str, object], arguments: Mapping[str, object], *lines: str
) -> str:
    opening_lines = [
        f'client = Client(os.environ.get("AGELENS_URL", {address!r}))',
        f"answers = {_literal(answers)}",
        f"given = {_literal(arguments)}",
        "",
    ]
    return "\n".join([*OPENING, *opening_lines, *lines]) + "\n"


def _literal(mapping: Mapping[str, object]) -> str:
    """A dict as a person would write it."""
    if len(repr(mapping)) <= CODE_WIDTH:
        return repr(mapping)
    entries = [f"    {key!r}: {pprint.pformat(value)}," for key, value in mapping.items()]
    return "\n".join(["{", *entries, "}"])
