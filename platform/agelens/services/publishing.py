"""Publish clock bundles: verify, compare with the active version, store."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from agelens.clocks.base import Manifest
from agelens.clocks.bundles import SHIPPED, load_clock, pack, read_bundle, unpack
from agelens.clocks.manifests import check_hashes, manifest_document
from agelens.clocks.smoke_test import try_out
from agelens.domain.errors import Conflict
from agelens.services import model_registry
from agelens.services.version_comparison import objection, primary_metric_of
from agelens.storage import ModelVersion, User

log = structlog.get_logger()


class OtherContent(Conflict):
    """The version is published already, with other bytes."""


class NeedsForce(Conflict):
    """It can be published, but only by somebody who insists."""


@dataclass(frozen=True)
class Candidate:
    """A bundle that was checked and can be published."""

    manifest: Manifest
    blob: bytes


@dataclass(frozen=True)
class Shipped:
    """What became of a clock that comes with the package.

    `other_content`: this version was published here before with other bytes, and those are kept.
    """

    version: ModelVersion
    other_content: bool = False


def register_shipped(session: Session) -> list[Shipped]:
    """Publish the clocks that come with the package; of a new name the newest is activated.

    A newer one than the active version is there for an administrator to activate, even if its
    figure is worse: somebody may have trained a better one here. One whose version is taken by
    other content is left out, for the others and the service are needed all the same.
    """
    return [_register(session, read_bundle(path)) for path in SHIPPED]


def _register(session: Session, files: Mapping[str, bytes]) -> Shipped:
    document = manifest_document(files)
    check_hashes(document, files)
    # it was tried out when it was published, and nothing has changed since
    if registered := model_registry.with_content(session, document["sha256"]):
        return Shipped(registered)
    candidate = check(pack(files))
    manifest = candidate.manifest
    try:
        version, _ = publish(session, candidate, by=None, force=True)
    except OtherContent:
        other_version = model_registry.find(session, manifest.name, manifest.version)
        log.warning(
            "a clock of the package was not published: its version is taken by other content",
            model=manifest.name,
            version=manifest.version,
            sha256=manifest.sha256,
            published_sha256=other_version.sha256,
        )
        return Shipped(other_version, other_content=True)
    return Shipped(version)


def check(blob: bytes) -> Candidate:
    """Load a packed bundle and let it score somebody made up; nothing in it is ever run.

    Raises
    ------
    InvalidBundle
        If its hashes differ, it is not a valid clock, or the clock cannot score.
    """
    clock = load_clock(unpack(blob))
    try_out(clock)
    return Candidate(clock.manifest, blob)


def publish(
    session: Session, candidate: Candidate, *, by: User | None, force: bool = False
) -> tuple[ModelVersion, bool]:
    """The version of a bundle, and whether it is new: the same bundle again changes nothing.

    The first version of a clock is activated.

    Raises
    ------
    OtherContent
        If the version is published with other bytes.
    NeedsForce
        If the active version's primary metric is better, or this one has none; unless forced.
    """
    version, added = keep(session, candidate, by_id=by.id if by else None)
    if not added:
        return version, False
    active = model_registry.active(session, version.name)
    reason = None if force else objection(version, active)
    if reason is not None:
        raise NeedsForce(reason)  # which takes back what was kept
    if active is None:
        model_registry.activate(session, version.name, version.version)
    return version, True


def keep(
    session: Session, candidate: Candidate, *, by_id: uuid.UUID | None
) -> tuple[ModelVersion, bool]:
    """The version of a bundle and whether it is new; it is not activated, however good it is.

    It costs what the clock's other versions cost; the manifest's price is only the first one.
    """
    manifest = candidate.manifest
    known_price = model_registry.price_of(session, manifest.name)
    price = manifest.price if known_price is None else known_price
    added = session.scalars(
        insert(ModelVersion)
        .values(**_row(candidate), price=price, published_by=by_id)
        .on_conflict_do_nothing(index_elements=[ModelVersion.name, ModelVersion.version])
        .returning(ModelVersion)
    ).one_or_none()
    version = added or model_registry.find(session, manifest.name, manifest.version)
    if version.sha256 != manifest.sha256:
        raise OtherContent(
            f"{manifest.name} {manifest.version} is published already, with other content, and a "
            "published version is never replaced. Train this one with another --version."
        )
    return version, added is not None


def _row(candidate: Candidate) -> dict[str, Any]:
    manifest = candidate.manifest
    return {
        "id": uuid.uuid4(),
        "name": manifest.name,
        "version": manifest.version,
        "title": manifest.title,
        "unit": manifest.unit,
        "sha256": manifest.sha256,
        "data_sha256": manifest.data_sha256,
        "headline": primary_metric_of(manifest),
        "active": False,
        "is_default": False,
        "bundle": candidate.blob,
    }
