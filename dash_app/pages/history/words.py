"""What the history calls things."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agelens import charts
from agelens.client import FieldProblem, Model, Task

STATUSES = {
    "draft": "Draft",
    "queued": "Waiting",
    "running": "Being calculated",
    "succeeded": "Done",
    "failed": "Failed",
    "canceled": "Canceled",
}
COLOURS = {
    "draft": "gray",
    "queued": "yellow",
    "running": "yellow",
    "succeeded": "teal",
    "failed": "red",
    "canceled": "gray",
}
YEARS = "years"
MOST_PROBLEMS = 2


def prediction(task: Task) -> str:
    """The result in its unit: "52.3 years"; nothing without one."""
    wire = task.wire_result
    return number(wire["prediction"], wire["unit"]) + f" {wire['unit']}" if wire else ""


def interval(task: Task) -> str:
    """Where it is likely to be: "46.1 to 58.4"."""
    found = task.wire_result and task.wire_result["interval"]
    if not task.wire_result or not found:
        return ""
    unit = task.wire_result["unit"]
    return f"{number(found['low'], unit)} to {number(found['high'], unit)}"


def number(quantity: float, unit: str) -> str:
    """Years to a tenth, other units to a hundredth."""
    return charts.amount(quantity, unit).removeprefix("+").removesuffix(f" {unit}")


def gap_years(task: Task) -> float | None:
    """How much older the biological age is than the age that was given with it."""
    wire = task.wire_result
    if not wire or wire["unit"] != YEARS or task.chronological_age is None:
        return None
    return float(wire["prediction"] - task.chronological_age)


@dataclass(frozen=True)
class Names:
    """What clocks and their fields are called."""

    clocks: Mapping[str, str]
    fields: Mapping[str, str]

    @classmethod
    def of(cls, models: Iterable[Model]) -> "Names":
        """As the service names them now."""
        clocks, fields = {}, {"chronological_age": "Age"}
        for model in models:
            clocks[model.name] = model.title
            fields |= {feature["key"]: feature["label"] for feature in model.features}
        return cls(clocks, fields)

    def clock(self, name: str) -> str:
        """A clock that is gone keeps its short name."""
        return self.clocks.get(name, name)


def missing(problems: Sequence[FieldProblem], names: Names) -> str:
    """What a draft still needs, in a line."""
    told = [
        f"{names.fields.get(problem.field, problem.field)} {problem.message}."
        for problem in problems[:MOST_PROBLEMS]
    ]
    more = len(problems) - MOST_PROBLEMS
    return " ".join([*told, *([f"And {more} more."] if more > 0 else [])])
