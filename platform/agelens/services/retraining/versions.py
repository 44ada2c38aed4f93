"""Choose the version number of a retrained clock."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agelens.clocks.manifests import word
from agelens.domain.errors import InvalidInput
from agelens.storage import ACTIVE, ModelVersion, Retraining

FIRST = "1.0.0"
_NUMBERS = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?")


def choose(session: Session, model: str, asked: str | None) -> str:
    """The version asked for, if it is free, else the minor version after the highest there is.

    Versions that retrainings under way will get are taken; requests for a clock take turns.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"retraining {model}"))))
    versions_in_use = _taken(session, model)
    if asked is None:
        return after(versions_in_use)
    try:
        word(asked)
    except ValueError as error:
        raise InvalidInput.at("version", str(error).removeprefix("version: ")) from error
    if asked in versions_in_use:
        raise InvalidInput.at("version", f"{model} {asked} is published or being trained already")
    return asked


def after(versions: set[str]) -> str:
    """The next minor version after the highest of these; what is no number does not count."""
    numbers = [match for version in versions if (match := _NUMBERS.fullmatch(version))]
    if not numbers:
        return FIRST
    major, minor, _ = max(tuple(int(part or 0) for part in match.groups()) for match in numbers)
    return f"{major}.{minor + 1}.0"


def _taken(session: Session, model: str) -> set[str]:
    published = select(ModelVersion.version).where(ModelVersion.name == model)
    in_training = select(Retraining.version).where(
        Retraining.model == model, Retraining.status.in_(ACTIVE)
    )
    return {*session.scalars(published), *session.scalars(in_training)}
