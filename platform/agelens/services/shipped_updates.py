"""Find clocks of the package that are newer than the active version.

`agelens migrate` publishes what comes with the package and activates only the first version of a
clock, so an upgrade leaves the newer version to an administrator, who has to hear of it.
"""

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens import wire
from agelens.clocks.bundles import SHIPPED, is_newer, shipped
from agelens.storage import ModelVersion

log = structlog.get_logger()


def newer_shipped(session: Session) -> list[wire.ShippedUpdate]:
    """For each clock whose newest shipped version is newer than the active one, or not published."""
    names = sorted({directory.parent.name for directory in SHIPPED})
    query = select(ModelVersion.name, ModelVersion.version, ModelVersion.active)
    published: dict[str, set[str]] = {name: set() for name in names}
    active: dict[str, str] = {}
    for row in session.execute(query.where(ModelVersion.name.in_(names))):
        published[row.name].add(row.version)
        if row.active:
            active[row.name] = row.version
    updates = []
    for name in names:
        directory = shipped(name)
        if directory is None:
            continue
        newest, active_version = directory.name, active.get(name)
        if active_version is None or is_newer(newest, active_version):
            updates.append(_update(name, newest, active_version, newest in published[name]))
    return updates


def log_newer_shipped(session: Session) -> None:
    """One line for each, for whoever reads the log after an upgrade."""
    for update in newer_shipped(session):
        log.warning(
            "a newer version of a clock came with the package and is not active",
            model=update["name"],
            version=update["version"],
            active=update["active_version"],
            run=update["command"],
        )


def _update(name: str, version: str, active: str | None, published: bool) -> wire.ShippedUpdate:
    command = f"agelens models activate {name} {version}" if published else "agelens migrate"
    return {
        "name": name,
        "version": version,
        "active_version": active,
        "published": published,
        "command": command,
    }
