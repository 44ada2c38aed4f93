"""Panels against several clocks: what each takes of the answers, whether it is ready, what is wrong."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sqlalchemy.orm import Session

from agelens import wire
from agelens.clocks.readiness import Readiness, readiness
from agelens.domain.answer_parsing import REQUIRED
from agelens.domain.errors import (
    FieldProblem,
    InvalidAnswers,
    InvalidBundle,
    InvalidInput,
    json_pointer,
)
from agelens.domain.features import Feature, Names
from agelens.domain.panel import AGE, PanelReader
from agelens.services import model_registry
from agelens.storage import Assessment, ModelVersion

LONGEST_NAME = 200
_readers: dict[uuid.UUID, PanelReader] = {}  # the names of a clock take a millisecond to look up


@dataclass(frozen=True)
class ClockCheck:
    """A version of a clock, its part of a panel, and what it makes of that.

    `is_pinned` is whether its version was named.
    """

    version: ModelVersion
    is_pinned: bool
    answers: dict[str, Any]
    units: dict[str, Any]
    readiness: Readiness
    features: Sequence[Feature] = ()

    @property
    def name(self) -> str:
        return self.version.name

    def not_run(self) -> wire.NotRun:
        """Why it does not score the panel."""
        return {
            "model": {"name": self.name, "version": self.version.version},
            "lacks": list(self.readiness.lacks),
            "at_least": self.readiness.at_least,
            "reason": self.readiness.reason,
        }

    def describe(self) -> dict[str, Any]:
        """What the API says of it to somebody who fills a panel in."""
        result = self.readiness
        problems = (*result.problems, *result.refusals)
        return {
            **self.not_run(),
            "price": self.version.price,
            "ready": result.ready,
            "errors": [asdict(problem) for problem in problems],
            "warnings": list(result.panel.warnings) if result.panel else [],
        }


def requested_versions(
    session: Session, models: Sequence[str] | Literal["ready"] | None
) -> list[tuple[ModelVersion, bool]]:
    """The versions of clocks that are asked for, each with whether it was named as a version.

    Raises
    ------
    InvalidInput
        If one is asked for twice.
    NotFound
        If there is none of this name.
    """
    if models == "ready":
        return [(version, False) for version in model_registry.active_models(session)]
    model_names = [None] if models is None else list(models)
    requested = [
        (model_registry.resolve(session, name), model_registry.names_version(name))
        for name in model_names
    ]
    seen: set[uuid.UUID] = set()
    for index, (version, _) in enumerate(requested):
        if version.id in seen:
            message = f"{version.name} {version.version} is asked for twice"
            raise InvalidInput([FieldProblem(f"/models/{index}", "models", message)])
        seen.add(version.id)
    return requested


def check_all(
    session: Session, requested: Iterable[tuple[ModelVersion, bool]], panel: Assessment
) -> list[ClockCheck]:
    """Give each clock what it takes of the panel.

    Raises
    ------
    InvalidAnswers
        Naming the answers and units that no clock takes, or that could not be used.
    """
    checked = [_check(session, version, pinned, panel) for version, pinned in requested]
    _refuse_unknown(session, checked, panel)
    return checked


def raise_problems(checked: Sequence[ClockCheck], panel: Assessment, *, named: bool) -> None:
    """Raise InvalidAnswers if the panel cannot be assessed.

    An answer that cannot be used always is a problem. What a clock lacks is one if it was `named`, or
    if no clock is ready.
    """
    problems = list(dict.fromkeys(p for each in checked for p in each.readiness.problems))
    if named:
        problems += _missing_answers(checked)
    if not problems and not any(each.readiness.ready for each in checked):
        problems = [_no_clock_is_ready(checked)]
    if problems:
        raise InvalidAnswers(problems)


def _check(session: Session, version: ModelVersion, pinned: bool, panel: Assessment) -> ClockCheck:
    try:
        clock = model_registry.clock_of(session, version)
    except InvalidBundle as error:
        broken = FieldProblem("/models", "models", "its bundle cannot be trusted")
        clock_readiness = Readiness(reason=error.title, refusals=(broken,))
        return ClockCheck(version, pinned, {}, {}, clock_readiness)
    panel_reader = reader(session, version)
    answers, units = (
        readable_entries(panel_reader.names, part) for part in (panel.answers, panel.units)
    )
    clock_readiness = readiness(
        clock,
        panel_reader,
        answers,
        units,
        panel.chronological_age,
        baseline=panel.baseline,
        context=panel.context,
    )
    return ClockCheck(version, pinned, answers, units, clock_readiness, clock.manifest.features)


def reader(session: Session, version: ModelVersion) -> PanelReader:
    """Reads panels, complete or not, as a version of a clock takes them."""
    own = _readers.get(version.id)
    if own is None:
        features = model_registry.clock_of(session, version).manifest.features
        own = _readers[version.id] = PanelReader(features, partial=True)
        for first in list(_readers)[: -model_registry.MOST_LOADED]:
            _readers.pop(first, None)
    return own


def readable_entries(names: Names, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the answers or units that a clock with these names takes."""
    return {name: entry for name, entry in values.items() if _finds(names, name)}


def _finds(names: Names, name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and bool(names.find(name))


def _refuse_unknown(session: Session, checked: Sequence[ClockCheck], panel: Assessment) -> None:
    """Answers that only clocks take that were not asked stay with the panel, if they could be used.

    The words for others, and what may have been meant, are those of a prediction.
    """
    read_names = {name for each in checked for name in each.answers}
    answers = {name: value for name, value in panel.answers.items() if name not in read_names}
    read_names = {name for each in checked for name in each.units}
    units = {name: value for name, value in panel.units.items() if name not in read_names}
    if not answers and not units:
        return
    problems = _of_other_clocks(session, checked, answers, units)
    if answers or units:
        problems += _of_no_clock(checked, answers, units)
    if problems:
        raise InvalidAnswers(problems)


def _of_other_clocks(
    session: Session, checked: Sequence[ClockCheck], answers: dict[str, Any], units: dict[str, Any]
) -> list[FieldProblem]:
    """Take out what active clocks read that were not asked; what is wrong with that."""
    requested_ids = {each.version.id for each in checked}
    problems: list[FieldProblem] = []
    for version in model_registry.active_models(session):
        if version.id in requested_ids:
            continue
        try:
            other_reader = reader(session, version)
        except InvalidBundle:  # it is reported where it is asked
            continue
        readable = [readable_entries(other_reader.names, part) for part in (answers, units)]
        try:
            other_reader.read(*readable)
        except InvalidAnswers as error:
            problems += error.problems
        for part, names in zip((answers, units), readable, strict=True):
            for name in names:
                del part[name]
    return problems


def _of_no_clock(
    checked: Sequence[ClockCheck], answers: Mapping[str, Any], units: Mapping[str, Any]
) -> list[FieldProblem]:
    features = {f.key: f for each in checked for f in each.features}
    several = "these clocks" if len(checked) > 1 else "this clock"
    try:
        PanelReader(list(features.values()), partial=True).read(answers, units)
    except InvalidAnswers as error:
        return [
            replace(p, message=p.message.replace("this clock", several)) for p in error.problems
        ]
    return []


def _missing_answers(checked: Sequence[ClockCheck]) -> list[FieldProblem]:
    """What the named clocks lack, by field where it must be answered, and whom they do not score."""
    by_field: dict[str, list[str]] = {}
    other_problems = []
    for each in checked:
        result = each.readiness
        if result.at_least < len(result.lacks):
            other_problems.append(
                FieldProblem("/answers", "answers", f"{each.name} {result.reason}")
            )
        else:
            for key in result.lacks:
                by_field.setdefault(key, []).append(each.name)
        other_problems += [replace(p, message=f"{each.name}: {p.message}") for p in result.refusals]
    of_fields = [
        FieldProblem(
            json_pointer(key) if key == AGE else json_pointer("answers", key),
            key,
            REQUIRED if len(checked) == 1 else f"is required by {' and '.join(names)}",
        )
        for key, names in by_field.items()
    ]
    return of_fields + other_problems


def _no_clock_is_ready(checked: Sequence[ClockCheck]) -> FieldProblem:
    lacking = [each for each in checked if each.readiness.lacks]
    message = "are not enough for any clock"
    if lacking:
        nearest = min(lacking, key=lambda each: (not each.answers, each.readiness.at_least))
        message += f"; {nearest.name} {nearest.readiness.reason}"
    return FieldProblem("/answers", "answers", message)
