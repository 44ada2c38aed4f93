"""Labels of the history page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agelens.client import FieldProblem, Model
from agelens.languages import N_, _, ngettext

from dash_app.problems import REQUIRED, enter_your

STATUSES = {
    "draft": N_("Draft"),
    "queued": N_("Waiting"),
    "running": N_("Calculating"),
    "succeeded": N_("Done"),
    "failed": N_("Failed"),
    "canceled": N_("Canceled"),
}
MOST_PROBLEMS = 2


@dataclass(frozen=True)
class Names:
    """What clocks and their fields are called, and which clocks only demonstrate the service."""

    clocks: Mapping[str, str]
    fields: Mapping[str, str]
    demonstrations: frozenset[str] = frozenset()

    @classmethod
    def from_models(cls, models: Iterable[Model]) -> "Names":
        """As the service names them now."""
        clocks: dict[str, str] = {}
        fields = {"chronological_age": _("Age")}
        titles = set()
        for model in models:
            clocks[model.name] = model.title
            fields |= {feature["key"]: feature["label"] for feature in model.features}
            if model.demonstration:
                titles.add(model.name)
        return cls(clocks, fields, frozenset(titles))

    def clock(self, name: str) -> str:
        """A clock that is gone keeps its short name."""
        return self.clocks.get(name, name)

    def short(self, name: str) -> str:
        """A title without what stands in brackets, where that tells it from the others."""
        brief = _brief(self.clock(name))
        same_brief = [title for title in self.clocks.values() if _brief(title) == brief]
        return brief if len(same_brief) <= 1 else self.clock(name)


def _brief(title: str) -> str:
    return title.partition(" (")[0]


def status(name: str) -> str:
    """A status in words."""
    return _(STATUSES[name]) if name in STATUSES else name


def missing(problems: Sequence[FieldProblem], names: Names) -> str:
    """What a draft still needs, in a line."""
    messages = [_message(problem, names) for problem in problems[:MOST_PROBLEMS]]
    n_more = len(problems) - MOST_PROBLEMS
    more_text = [ngettext("And {n} more.", "And {n} more.", n_more, n=n_more)] if n_more > 0 else []
    return " ".join([*messages, *more_text])


def _message(problem: FieldProblem, names: Names) -> str:
    label = names.fields.get(problem.field, problem.field)
    if problem.message == _(REQUIRED):
        return enter_your(label)
    return _("{label} {problem}.", label=label, problem=problem.message)
