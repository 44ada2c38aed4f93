"""Comparisons as the service answers them."""

from typing import Any

from agelens.client import Comparison, Task
from agelens.client.decoding import decode

NO_FIGURE = {"sd": None, "minimum_detectable_change": None, "left_out": [], "reason": "made up"}


def comparison_wire(before: Any, after: Any, **more: Any) -> dict[str, Any]:
    """Of two tasks' wire mappings, of one version."""
    sides = {
        name: {
            "task_id": wire["id"],
            "version": wire["model"]["version"],
            "prediction": wire["result"]["prediction"],
            "result": wire["result"],
        }
        for name, wire in (("before", before), ("after", after))
    }
    change = sides["after"]["prediction"] - sides["before"]["prediction"]
    told = {
        "model": after["model"],
        "unit": after["result"]["unit"],
        **sides,
        "change": change,
        "markers": [],
        "time": {"change": 0.0, "years_passed": None},
        "version": None,
        "measurement": NO_FIGURE,
        "real": None,
        "sentence": "Whether this change is more than chance cannot be said: made up.",
    }
    return told | more


def comparison(before: Task, after: Task) -> Comparison:
    """Of two tasks of one version."""
    wires = [
        {"id": task.id, "model": vars(task.model), "result": task.wire} for task in (before, after)
    ]
    return decode(Comparison, comparison_wire(*wires))
