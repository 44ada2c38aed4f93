"""Compare a version of a clock with the active one by their primary metric."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from agelens.clocks.base import Manifest
from agelens.services import registry
from agelens.storage import ModelVersion


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

    Where one of them has no figure, or metric or protocol differ, they are not `comparable`, and
    `active_value` and `worse_than_active` are None. `same_data` is whether both were trained on
    the same file; None without an active version.
    """

    headline: dict[str, Any] | None
    comparable: bool
    active_value: float | None
    worse_than_active: bool | None
    same_data: bool | None


def standing(version: ModelVersion, active: ModelVersion | None) -> Standing:
    """Compare figures that were measured the same way, and only those."""
    headline, theirs = version.headline, active.headline if active is not None else None
    same_data = version.data_sha256 == active.data_sha256 if active is not None else None
    if headline is None or theirs is None or _way(headline) != _way(theirs):
        return Standing(headline, False, None, None, same_data)
    mine, active_value = headline["value"], theirs["value"]
    worse = mine > active_value if headline["better"] == "lower" else mine < active_value
    return Standing(headline, True, active_value, worse, same_data)


def objection(version: ModelVersion, active: ModelVersion | None) -> str | None:
    """Why a version should not be published without a second thought, in words; None if it may."""
    if active is None or active.headline is None:
        return None
    title, theirs = f"{version.name} {version.version}", active.headline
    if version.headline is None:
        return (
            f"{title} declares no figure to compare with the active {active.version}, which has "
            f"{theirs['metric']} {theirs['value']:g} ({theirs['protocol']})."
        )
    if not standing(version, active).worse_than_active:
        return None
    headline = version.headline
    return (
        f"{title} is worse than the active {active.version}: "
        f"{headline['metric']} is {headline['value']:g}, there it is {theirs['value']:g}, and "
        f"{headline['better']} is better ({headline['protocol']})."
    )


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
        standing(version, active)
    )


def describe_now(session: Session, version: ModelVersion) -> dict[str, Any]:
    """`describe`, against the version that is active at this moment."""
    return describe(version, registry.active(session, version.name))


def _way(headline: dict[str, Any]) -> tuple[Any, ...]:
    return headline["metric"], headline["better"], headline["protocol"]
