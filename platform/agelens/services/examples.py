"""Example results: the registry's made-up person, scored by each clock."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from agelens.clocks.base import Clock
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import InvalidAnswers, NotFound, ScoringError
from agelens.domain.registry import example_age
from agelens.services import model_registry
from agelens.wire import Result

_scored: dict[uuid.UUID, "Example"] = {}  # a version never changes, so it is asked once a process


@dataclass(frozen=True)
class Example:
    """A request that anybody could send, and what this version answers."""

    model: dict[str, str]
    answers: dict[str, float | str]
    units: dict[str, str]
    chronological_age: float
    result: Result


def example(session: Session, name: str | None) -> Example:
    """The example person of the named clock, or of the default one, really scored by it.

    Raises
    ------
    NotFound
        If there is no such clock, or it is made for other people than this one.
    """
    version = model_registry.resolve(session, name)
    if version.id not in _scored:
        _scored[version.id] = _score(model_registry.clock_of(session, version))
    return _scored[version.id]


def _score(clock: Clock) -> Example:
    manifest = clock.manifest
    features = manifest.features
    answers = {f.key: f.example for f in features}
    units = {f.key: f.unit for f in features if f.kind == "number"}
    age = example_age()
    try:
        result = predict(clock, read_panel_for(clock, answers, units, age))
    except (InvalidAnswers, ScoringError) as error:
        raise NotFound(f"{manifest.name} has no example: {error.detail}") from error
    return Example(
        {"name": manifest.name, "version": manifest.version}, answers, units, age, result
    )
