"""Publishing clocks: a bundle is checked, compared with the active version, and kept for good."""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from agelens.clocks.base import Manifest
from agelens.clocks.bundles import SHIPPED, load_clock, pack, read_bundle, unpack
from agelens.clocks.trial import try_out
from agelens.domain.errors import Conflict
from agelens.services import registry
from agelens.storage import ModelVersion, User


@dataclass(frozen=True)
class Candidate:
    """A bundle that was checked and can be published."""

    manifest: Manifest
    blob: bytes


def register_shipped(session: Session) -> list[ModelVersion]:
    """Publish the clocks that come with the package; the first of a name is activated.

    A newer one than the active version is there for an administrator to activate, even if its
    figure is worse: somebody may have trained a better one here.
    """
    bundles = [check(pack(read_bundle(path))) for path in SHIPPED]
    return [publish(session, bundle, by=None, force=True) for bundle in bundles]


def check(blob: bytes) -> Candidate:
    """Load a packed bundle and let it score somebody made up; nothing in it is ever run.

    Raises
    ------
    InvalidBundle
        If its hashes differ, it is not a clock's, or the clock cannot score.
    """
    clock = load_clock(unpack(blob))
    try_out(clock)
    return Candidate(clock.manifest, blob)


def publish(
    session: Session, candidate: Candidate, *, by: User | None, force: bool = False
) -> ModelVersion:
    """Keep a bundle as a version; the same bundle again changes nothing.

    One whose headline figure is worse than the active version's is refused unless forced. The
    first version of a clock is activated.
    """
    manifest = candidate.manifest
    version, added = keep(session, candidate, by_id=by.id if by else None)
    if added and not force:
        _refuse_worse(session, manifest)  # raising takes back what was kept
    if added and registry.active(session, manifest.name) is None:
        registry.activate(session, manifest.name, manifest.version)
    return version


def keep(
    session: Session, candidate: Candidate, *, by_id: uuid.UUID | None
) -> tuple[ModelVersion, bool]:
    """The version of a bundle and whether it is new; it is not activated, however good it is."""
    manifest = candidate.manifest
    added = session.scalars(
        insert(ModelVersion)
        .values(**_row(candidate), published_by=by_id)
        .on_conflict_do_nothing(index_elements=[ModelVersion.name, ModelVersion.version])
        .returning(ModelVersion)
    ).one_or_none()
    version = added or registry.find(session, manifest.name, manifest.version)
    if version.sha256 != manifest.sha256:
        raise Conflict(
            f"{manifest.name} {manifest.version} is published already, with other content."
        )
    return version, added is not None


def headline_of(manifest: Manifest) -> dict[str, Any] | None:
    """The figure by which versions of a clock are compared, if the bundle declares one."""
    headline = manifest.headline
    if headline is None:
        return None
    return {
        "metric": ".".join(headline.path),
        "value": headline.value(manifest.metrics),
        "better": headline.better,
        "protocol": headline.protocol,
    }


@dataclass(frozen=True)
class Standing:
    """How a version's headline figure stands against the active version's.

    Without an active version to compare with, or with figures of different metrics or protocols,
    `active_value` is None and nothing is called worse.
    """

    headline: dict[str, Any] | None
    active_value: float | None
    worse_than_active: bool


def standing(headline: dict[str, Any] | None, active: ModelVersion | None) -> Standing:
    """Compare figures that were measured the same way, and only those."""
    theirs = active.headline if active is not None else None
    if headline is None or theirs is None or _way(headline) != _way(theirs):
        return Standing(headline, None, worse_than_active=False)
    mine, active_value = headline["value"], theirs["value"]
    worse = mine > active_value if headline["better"] == "lower" else mine < active_value
    return Standing(headline, active_value, worse_than_active=worse)


def versions(session: Session) -> list[dict[str, Any]]:
    """Every published version, newest first, with its figure and how it stands."""
    found = registry.versions(session)
    active = {version.name: version for version in found if version.active}
    return [describe(version, active.get(version.name)) for version in found]


def describe(version: ModelVersion, active: ModelVersion | None) -> dict[str, Any]:
    """A version as administrators see it."""
    shown = ("name", "version", "title", "unit", "price", "active", "is_default", "sha256")
    moments = ("created_at", "activated_at")
    return {name: getattr(version, name) for name in (*shown, *moments)} | asdict(
        standing(version.headline, active)
    )


def describe_now(session: Session, version: ModelVersion) -> dict[str, Any]:
    """`describe`, against the version that is active at this moment."""
    return describe(version, registry.active(session, version.name))


def _refuse_worse(session: Session, manifest: Manifest) -> None:
    active = registry.active(session, manifest.name)
    found = standing(headline_of(manifest), active)
    if active is None or found.headline is None or not found.worse_than_active:
        return
    headline = found.headline
    raise Conflict(
        f"{manifest.name} {manifest.version} is worse than the active {active.version}: "
        f"{headline['metric']} is {headline['value']:g}, there it is {found.active_value:g}, and "
        f"{headline['better']} is better ({headline['protocol']}). "
        "Publish it all the same with --force, or ?force=true."
    )


def _way(headline: dict[str, Any]) -> tuple[Any, ...]:
    return headline["metric"], headline["better"], headline["protocol"]


def _row(candidate: Candidate) -> dict[str, Any]:
    manifest = candidate.manifest
    return {
        "id": uuid.uuid4(),
        "name": manifest.name,
        "version": manifest.version,
        "title": manifest.title,
        "unit": manifest.unit,
        "sha256": manifest.sha256,
        "price": manifest.price,
        "headline": headline_of(manifest),
        "active": False,
        "is_default": False,
        "bundle": candidate.blob,
    }
