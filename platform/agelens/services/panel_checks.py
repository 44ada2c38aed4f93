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
from agelens.services import registry
from agelens.storage import Assessment, ModelVersion

LONGEST_NAME = 200
_readers: dict[uuid.UUID, PanelReader] = {}  # the names of a clock take a millisecond to look up


@dataclass(frozen=True)
class Checked:
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
        found = self.readiness
        problems = (*found.problems, *found.refusals)
        return {
            **self.not_run(),
            "price": self.version.price,
            "ready": found.ready,
            "errors": [asdict(problem) for problem in problems],
            "warnings": list(found.panel.warnings) if found.panel else [],
        }


def wanted(
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
        return [(version, False) for version in registry.active_models(session)]
    named = [None] if models is None else list(models)
    asked = [(registry.resolve(session, name), registry.names_version(name)) for name in named]
    seen: set[uuid.UUID] = set()
    for place, (version, _) in enumerate(asked):
        if version.id in seen:
            message = f"{version.name} {version.version} is asked for twice"
            raise InvalidInput([FieldProblem(f"/models/{place}", "models", message)])
        seen.add(version.id)
    return asked


def check_all(
    session: Session, asked: Iterable[tuple[ModelVersion, bool]], panel: Assessment
) -> list[Checked]:
    """Give each clock what it takes of the panel.

    Raises
    ------
    InvalidAnswers
        Naming the answers and units that no clock takes, or that could not be used.
    """
    checked = [_checked(session, version, pinned, panel) for version, pinned in asked]
    _refuse_unknown(session, checked, panel)
    return checked


def raise_problems(checked: Sequence[Checked], panel: Assessment, *, named: bool) -> None:
    """Raise InvalidAnswers if the panel cannot be assessed.

    An answer that cannot be used always is a problem. What a clock lacks is one if it was `named`, or
    if no clock is ready.
    """
    problems = list(dict.fromkeys(p for each in checked for p in each.readiness.problems))
    if named:
        problems += _lacking(checked)
    if not problems and not any(each.readiness.ready for each in checked):
        problems = [_nobody_is_ready(checked)]
    if problems:
        raise InvalidAnswers(problems)


def _checked(session: Session, version: ModelVersion, pinned: bool, panel: Assessment) -> Checked:
    try:
        clock = registry.clock_of(session, version)
    except InvalidBundle as error:
        broken = FieldProblem("/models", "models", "its bundle cannot be trusted")
        found = Readiness(reason=error.title, refusals=(broken,))
        return Checked(version, pinned, {}, {}, found)
    own = reader(session, version)
    answers, units = (taken(own.names, part) for part in (panel.answers, panel.units))
    found = readiness(
        clock,
        own,
        answers,
        units,
        panel.chronological_age,
        baseline=panel.baseline,
        context=panel.context,
    )
    return Checked(version, pinned, answers, units, found, clock.manifest.features)


def reader(session: Session, version: ModelVersion) -> PanelReader:
    """Reads panels, complete or not, as a version of a clock takes them."""
    own = _readers.get(version.id)
    if own is None:
        features = registry.clock_of(session, version).manifest.features
        own = _readers[version.id] = PanelReader(features, partial=True)
        for first in list(_readers)[: -registry.MOST_LOADED]:
            _readers.pop(first, None)
    return own


def taken(names: Names, said: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the answers or units that a clock with these names takes."""
    return {name: value for name, value in said.items() if _finds(names, name)}


def _finds(names: Names, name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and bool(names.find(name))


def _refuse_unknown(session: Session, checked: Sequence[Checked], panel: Assessment) -> None:
    """Answers that only clocks take that were not asked stay with the panel, if they could be used.

    The words for others, and what may have been meant, are those of a prediction.
    """
    known = {name for each in checked for name in each.answers}
    answers = {name: value for name, value in panel.answers.items() if name not in known}
    known = {name for each in checked for name in each.units}
    units = {name: value for name, value in panel.units.items() if name not in known}
    if not answers and not units:
        return
    problems = _of_other_clocks(session, checked, answers, units)
    if answers or units:
        problems += _of_no_clock(checked, answers, units)
    if problems:
        raise InvalidAnswers(problems)


def _of_other_clocks(
    session: Session, checked: Sequence[Checked], answers: dict[str, Any], units: dict[str, Any]
) -> list[FieldProblem]:
    """Take out what active clocks read that were not asked; what is wrong with that."""
    asked = {each.version.id for each in checked}
    problems: list[FieldProblem] = []
    for version in registry.active_models(session):
        if version.id in asked:
            continue
        try:
            other = reader(session, version)
        except InvalidBundle:  # it is reported where it is asked
            continue
        own = [taken(other.names, part) for part in (answers, units)]
        try:
            other.read(*own)
        except InvalidAnswers as error:
            problems += error.problems
        for part, found in zip((answers, units), own, strict=True):
            for name in found:
                del part[name]
    return problems


def _of_no_clock(
    checked: Sequence[Checked], answers: Mapping[str, Any], units: Mapping[str, Any]
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


def _lacking(checked: Sequence[Checked]) -> list[FieldProblem]:
    """What the named clocks lack, by field where it must be answered, and whom they do not score."""
    by_field: dict[str, list[str]] = {}
    others = []
    for each in checked:
        found = each.readiness
        if found.at_least < len(found.lacks):
            others.append(FieldProblem("/answers", "answers", f"{each.name} {found.reason}"))
        else:
            for key in found.lacks:
                by_field.setdefault(key, []).append(each.name)
        others += [replace(p, message=f"{each.name}: {p.message}") for p in found.refusals]
    of_fields = [
        FieldProblem(
            json_pointer(key) if key == AGE else json_pointer("answers", key),
            key,
            REQUIRED if len(checked) == 1 else f"is required by {' and '.join(names)}",
        )
        for key, names in by_field.items()
    ]
    return of_fields + others


def _nobody_is_ready(checked: Sequence[Checked]) -> FieldProblem:
    lacking = [each for each in checked if each.readiness.lacks]
    message = "are not enough for any clock"
    if lacking:
        nearest = min(lacking, key=lambda each: (not each.answers, each.readiness.at_least))
        message += f"; {nearest.name} {nearest.readiness.reason}"
    return FieldProblem("/answers", "answers", message)
