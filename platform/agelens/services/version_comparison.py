"""Compare a version of a clock with the active one by their primary metric."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from agelens.clocks.base import Manifest
from agelens.services import model_registry
from agelens.storage import ModelVersion


def primary_metric_of(manifest: Manifest) -> dict[str, Any] | None:
    """The figure by which versions of a clock are compared, if the bundle declares one."""
    metric = manifest.primary_metric
    if metric is None:
        return None
    return {
        "metric": ".".join(metric.path),
        "value": metric.value(manifest.metrics),
        "better": metric.better,
        "protocol": metric.protocol,
    }


@dataclass(frozen=True)
class VersionComparison:
    """How a version's primary metric stands against the active version's.

    Where one of them has no figure, or metric or protocol differ, they are not `comparable`, and
    `active_value` and `worse_than_active` are None. `same_data` is whether both were trained on
    the same file; None without an active version.
    """

    headline: dict[str, Any] | None  # the primary metric, by its name on the wire
    comparable: bool
    active_value: float | None
    worse_than_active: bool | None
    same_data: bool | None


def compare(version: ModelVersion, active: ModelVersion | None) -> VersionComparison:
    """Compare figures that were measured the same way, and only those."""
    metric, active_metric = version.headline, active.headline if active is not None else None
    same_data = version.data_sha256 == active.data_sha256 if active is not None else None
    if metric is None or active_metric is None or _way(metric) != _way(active_metric):
        return VersionComparison(metric, False, None, None, same_data)
    value, active_value = metric["value"], active_metric["value"]
    worse = value > active_value if metric["better"] == "lower" else value < active_value
    return VersionComparison(metric, True, active_value, worse, same_data)


def objection(version: ModelVersion, active: ModelVersion | None) -> str | None:
    """Why a version should not be published without a second thought, in words; None if it may."""
    if active is None or active.headline is None:
        return None
    title, active_metric = f"{version.name} {version.version}", active.headline
    if version.headline is None:
        return (
            f"{title} declares no figure to compare with the active {active.version}, which has "
            f"{active_metric['metric']} {active_metric['value']:g} ({active_metric['protocol']})."
        )
    if not compare(version, active).worse_than_active:
        return None
    metric = version.headline
    return (
        f"{title} is worse than the active {active.version}: "
        f"{metric['metric']} is {metric['value']:g}, there it is {active_metric['value']:g}, and "
        f"{metric['better']} is better ({metric['protocol']})."
    )


def versions(session: Session) -> list[dict[str, Any]]:
    """Every published version, newest first, with its figure and how it stands."""
    all_versions = model_registry.versions(session)
    active = {version.name: version for version in all_versions if version.active}
    return [describe(version, active.get(version.name)) for version in all_versions]


def describe(version: ModelVersion, active: ModelVersion | None) -> dict[str, Any]:
    """A version as administrators see it."""
    plain_fields = ("name", "version", "title", "unit", "price", "active", "is_default", "sha256")
    moments = ("created_at", "activated_at")
    return {name: getattr(version, name) for name in (*plain_fields, *moments)} | asdict(
        compare(version, active)
    )


def describe_now(session: Session, version: ModelVersion) -> dict[str, Any]:
    """`describe`, against the version that is active at this moment."""
    return describe(version, model_registry.active(session, version.name))


def _way(metric: dict[str, Any]) -> tuple[Any, ...]:
    return metric["metric"], metric["better"], metric["protocol"]
