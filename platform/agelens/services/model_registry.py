"""Model registry: the active version of each clock, and the default clock."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from agelens.clocks.base import Clock
from agelens.clocks.bundles import load_clock, unpack, version_key
from agelens.clocks.manifests import MAX_PRICE
from agelens.clocks.measurement import figure_of
from agelens.clocks.notes import is_demonstration, note_of
from agelens.clocks.provenance import citation
from agelens.clocks.readiness import requirements_text
from agelens.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from agelens.storage import ModelVersion

_cached_versions: "dict[str | None, CachedVersion]" = {}
_loaded: dict[uuid.UUID, Clock] = {}  # a version never changes, so it is loaded once a process
MOST_LOADED = 64  # any published version can be asked for: what was loaded first makes room
# every submission asks these, so they are built once
_DEFAULT = select(ModelVersion).where(ModelVersion.is_default)
_ACTIVE = select(ModelVersion).where(ModelVersion.name == bindparam("wanted"), ModelVersion.active)


@dataclass(frozen=True)
class CachedVersion:
    """The version that a name meant when this process last looked, and what it cost."""

    id: uuid.UUID
    price: int


def cached_version(session: Session, name: str | None) -> CachedVersion:
    """As `resolve`, without asking the database where this process knows an answer already.

    It may be out of date: who uses it has the database check it, and forgets it if it is.
    """
    version = _cached_versions.get(name)
    if version is None:
        row = resolve(session, name)
        version = CachedVersion(row.id, row.price)
        if len(_cached_versions) >= MOST_LOADED:
            _cached_versions.clear()
        _cached_versions[name] = version
    return version


def forget_cached_version(name: str | None) -> None:
    """Look again the next time."""
    _cached_versions.pop(name, None)


def activate(session: Session, name: str, version: str) -> ModelVersion:
    """Let new tasks use this version; tasks that are queued keep theirs."""
    return _make_active(session, find(session, name, version), activated_at=datetime.now(UTC))


def roll_back(session: Session, name: str) -> ModelVersion:
    """Return to the version that was active before the present one; again, to the one before."""
    _lock_names(session)
    present = resolve(session, name)
    previous = session.scalars(
        select(ModelVersion)
        .where(ModelVersion.name == name, ModelVersion.activated_at < present.activated_at)
        .order_by(ModelVersion.activated_at.desc())
        .limit(1)
    ).one_or_none()
    if previous is None:
        raise Conflict(f"{name} has no earlier version to return to.")
    return _make_active(session, previous, activated_at=previous.activated_at)


def _make_active(
    session: Session, version: ModelVersion, *, activated_at: datetime | None
) -> ModelVersion:
    _lock_names(session)
    session.execute(
        update(ModelVersion)
        .where(ModelVersion.name == version.name, ModelVersion.active)
        .values(active=False, is_default=False)
    )
    has_default = session.scalar(select(ModelVersion.id).where(ModelVersion.is_default))
    session.execute(
        update(ModelVersion)
        .where(ModelVersion.id == version.id)
        .values(active=True, is_default=has_default is None, activated_at=activated_at)
    )
    session.refresh(version)
    return version


def set_price(session: Session, name: str, credits: int) -> int:
    """Let every version of a clock cost this from now on, also versions published later.

    Queued tasks and cohorts keep the price that they were pinned with. Returns the number of
    versions.

    Raises
    ------
    InvalidInput
        If it is not a price.
    NotFound
        If no version of the clock is published.
    """
    if not 0 <= credits <= MAX_PRICE:
        raise InvalidInput.at("credits", f"must be a whole number from 0 to {MAX_PRICE:,}")
    if price_of(session, name) is None:
        raise NotFound(f"There is no clock called {name}.")
    versions = update(ModelVersion).where(ModelVersion.name == name).values(price=credits)
    return len(session.scalars(versions.returning(ModelVersion.id)).all())


def price_of(session: Session, name: str) -> int | None:
    """What a clock costs, None when nothing of it is published; locked against other changes.

    A version that is published at the same moment waits, and then takes the new price. The lock
    spares the foreign keys of tasks, so that submissions do not wait.
    """
    versions = select(ModelVersion.price, ModelVersion.active).where(ModelVersion.name == name)
    locked = versions.order_by(ModelVersion.id).with_for_update(key_share=True)
    rows = sorted(session.execute(locked), key=lambda row: not row.active)
    return rows[0].price if rows else None  # versions published up to 0.4 may differ


def find(session: Session, name: str, version: str) -> ModelVersion:
    """One version of a clock."""
    row = session.scalars(
        select(ModelVersion).where(ModelVersion.name == name, ModelVersion.version == version)
    ).one_or_none()
    if row is None:
        known = ", ".join(version_names(session, name))
        lack = f"{name} has no version {version}" if version else f"{name}@ names no version"
        words = f"{lack}; published: {known}."
        raise NotFound(words if known else f"There is no clock called {name}.")
    return row


def with_content(session: Session, sha256: str) -> ModelVersion | None:
    """The version whose bundle has this hash, which is that of its manifest; None if there is none."""
    return session.scalars(select(ModelVersion).where(ModelVersion.sha256 == sha256)).first()


def names_version(model: str | None) -> bool:
    """Whether somebody who asks for this model wants a version of it, whichever is active."""
    return model is not None and "@" in model


def version_names(session: Session, name: str) -> list[str]:
    """The published versions of a clock, newest first; none if there is no such clock.

    By number: those that come with the package are published in one go.
    """
    published = select(ModelVersion.version).where(ModelVersion.name == name)
    return sorted(session.scalars(published), key=version_key, reverse=True)


def active(session: Session, name: str) -> ModelVersion | None:
    """The active version of a clock, if it has one."""
    return session.scalars(_ACTIVE, {"wanted": name}).one_or_none()


def resolve(session: Session, name: str | None) -> ModelVersion:
    """The active version of the named clock, the version that `name@version` names, or the default.

    Any published version can be named, for ever: an analysis can be repeated after an activation.

    Raises
    ------
    NotFound
        If there is none, with the versions that there are.
    """
    if name is not None and names_version(name):
        clock, _, version = name.partition("@")
        if not clock:
            raise NotFound(f'"{name}" names no clock.')
        return find(session, clock, version)
    if name is not None:
        active_version = active(session, name)
        if active_version is None:
            raise NotFound(f"There is no clock called {name}.")
        return active_version
    default = session.scalars(_DEFAULT).one_or_none()
    if default is None:
        raise Unavailable("No clock is published yet; run `agelens migrate`.")
    return default


def active_models(session: Session) -> list[ModelVersion]:
    """The clocks that can be used now, the default first."""
    return list(
        session.scalars(
            select(ModelVersion)
            .where(ModelVersion.active)
            .order_by(ModelVersion.is_default.desc(), ModelVersion.name)
        )
    )


def versions(session: Session, name: str | None = None) -> list[ModelVersion]:
    """Every published version, newest first; NotFound when the named clock has none."""
    query = select(ModelVersion)
    if name is not None:
        query = query.where(ModelVersion.name == name)
    newest_first = sorted(session.scalars(query), key=_by_version, reverse=True)
    by_name = sorted(newest_first, key=lambda version: version.name)
    if name is not None and not by_name:
        raise NotFound(f"There is no clock called {name}.")
    return by_name


def _by_version(version: ModelVersion) -> tuple[tuple[int, str], ...]:
    return version_key(version.version)


def clock_of(session: Session, version: ModelVersion) -> Clock:
    """The clock behind a version, loaded from its bundle the first time a process needs it."""
    return clock_by_id(session, version.id)


def clock_by_id(session: Session, version_id: uuid.UUID) -> Clock:
    """As `clock_of`, without looking at the version's row when its clock is loaded already."""
    clock = _loaded.get(version_id)
    if clock is None:
        version = session.get_one(ModelVersion, version_id)
        clock = _loaded[version_id] = load_clock(unpack(version.bundle))
        for oldest_id in list(_loaded)[:-MOST_LOADED]:
            _loaded.pop(oldest_id, None)
    return clock


def warm(session: Session) -> list[str]:
    """Load every active clock before the first task asks for it."""
    return [clock_of(session, version).manifest.name for version in active_models(session)]


def describe(session: Session, version: ModelVersion) -> dict[str, Any]:
    """A version as the API shows it: features, metrics and card come from its manifest."""
    clock = clock_of(session, version)
    manifest = clock.manifest
    return {
        "name": version.name,
        "version": version.version,
        "title": version.title,
        "unit": version.unit,
        "price": version.price,
        "default": version.is_default,
        "active": version.active,
        "versions": version_names(session, version.name),
        "sha256": version.sha256,
        "data_sha256": version.data_sha256,
        "citation": citation(manifest),
        "needs_age": manifest.needs_age,
        "ages": list(clock.ages) if clock.ages else None,
        "needs": requirements_text(clock),
        "base_meaning": manifest.base_meaning,
        "explanation": manifest.explanation_game,
        "interval": {"level": manifest.interval_level, "method": manifest.interval_method},
        "measurement": figure_of(clock),
        "features": [feature.describe() for feature in manifest.features],
        "metrics": manifest.metrics,
        "card": manifest.card,
        "note": note_of(manifest.name),
        "demonstration": is_demonstration(manifest.name),
    }


def _lock_names(session: Session) -> None:
    """Two activations at once take turns, or both would claim the one active place."""
    session.execute(select(ModelVersion.id).order_by(ModelVersion.id).with_for_update())
