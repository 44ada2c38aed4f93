"""Formatting of tasks and results: status colours, predictions, intervals."""

from agelens import charts
from agelens.client import Task
from agelens.languages import N_, _

STATUS_COLOURS = {
    "draft": "gray",
    "queued": "yellow",
    "running": "yellow",
    "succeeded": "teal",
    "failed": "red",
    "canceled": "gray",
}

STATUS_NAMES = {
    "draft": N_("draft"),
    "queued": N_("queued"),
    "running": N_("running"),
    "succeeded": N_("succeeded"),
    "failed": N_("failed"),
    "canceled": N_("canceled"),
}


def status(name: str) -> str:
    """A state in words."""
    return _(STATUS_NAMES.get(name, name))


def prediction(task: Task) -> str:
    """The result in its unit: "52.3 years"; nothing without one."""
    wire = task.wire_result
    if not wire:
        return ""
    return charts.quantity(charts.number(wire["prediction"], wire["unit"]), wire["unit"])


def interval(task: Task) -> str:
    """Where it is likely to be: "46.1 to 58.4"; nothing where the clock does not say."""
    wire = task.wire_result
    if not wire or not wire["interval"]:
        return ""
    low, high = wire["interval"]["low"], wire["interval"]["high"]
    ends = {"low": charts.number(low, wire["unit"]), "high": charts.number(high, wire["unit"])}
    return _("{low} to {high}", **ends)


def gap_years(task: Task) -> float | None:
    """How much older the biological age is than the age that was given with it."""
    gap = task.wire_result["age_gap"] if task.wire_result else None
    return gap["raw"] if gap else None


def change_class(shown: str) -> str:
    """The class that colours a change, by the text that shows it: "0.0 years" has no colour."""
    return {"+": "older", "\N{MINUS SIGN}": "younger"}.get(shown[:1], "")
