"""Labels of the history page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agelens.client import FieldProblem, Model

from dash_app.problems import REQUIRED, enter_your

STATUSES = {
    "draft": "Draft",
    "queued": "Waiting",
    "running": "Calculating",
    "succeeded": "Done",
    "failed": "Failed",
    "canceled": "Canceled",
}
MOST_PROBLEMS = 2


@dataclass(frozen=True)
class Names:
    """What clocks and their fields are called."""

    clocks: Mapping[str, str]
    fields: Mapping[str, str]

    @classmethod
    def from_models(cls, models: Iterable[Model]) -> "Names":
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
    messages = [_message(problem, names) for problem in problems[:MOST_PROBLEMS]]
    more = len(problems) - MOST_PROBLEMS
    return " ".join([*messages, *([f"And {more} more."] if more > 0 else [])])


def _message(problem: FieldProblem, names: Names) -> str:
    label = names.fields.get(problem.field, problem.field)
    if problem.message == REQUIRED:
        return enter_your(label)
    return f"{label} {problem.message}."
