"""Commands on published clocks: publish, activate, roll back, price, list."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from agelens.clocks.bundles import is_newer, pack, read_bundle
from agelens.commands.database_session import session_of
from agelens.domain.errors import Conflict
from agelens.services import model_registry, publishing, version_comparison
from agelens.settings import Settings
from agelens.storage import ModelVersion


def publish(settings: Settings, directory: Path, *, force: bool) -> None:
    """Check a bundle and publish it; the first version of a clock is activated."""
    with session_of(settings) as session:
        bundle = publishing.check(pack(read_bundle(directory)))
        try:
            version, added = publishing.publish(session, bundle, by=None, force=force)
        except publishing.NeedsForce as error:
            raise Conflict(f"{error.detail} Publish it all the same with --force.") from error
        click.echo(version_state(session, version))
        if not added:
            click.echo("  It was published already, nothing changed.")


def version_state(session: Session, version: ModelVersion) -> str:
    """What a published version is now, and what could be done about it."""
    title = f"{version.name} {version.version}"
    if version.active:
        return f"{title}: active{', default' if version.is_default else ''}"
    active = model_registry.resolve(session, version.name)
    if is_newer(active.version, version.version):
        return f"{title}: published ({active.version} is active)"
    return (
        f"{title}: published, not activated ({active.version} is active; "
        f"agelens models activate {title})"
    )


def activate(settings: Settings, name: str, version: str) -> None:
    """Let new tasks use this version."""
    with session_of(settings) as session:
        model_registry.activate(session, name, version)
        click.echo(f"{name} {version} is active")


def roll_back(settings: Settings, name: str) -> None:
    """Return to the version that was active before."""
    with session_of(settings) as session:
        click.echo(f"{name} {model_registry.roll_back(session, name).version} is active")


def set_price(settings: Settings, name: str, credits: int) -> None:
    """Set what a prediction by a clock costs from now on."""
    with session_of(settings) as session:
        count = model_registry.set_price(session, name, credits)
        click.echo(f"{name}: {credits} credits, {count} version{'s' * (count != 1)}")


def list_models(settings: Settings) -> None:
    """Every published version, with the figure by which it is compared."""
    with session_of(settings) as session:
        rows = [_printed_columns(version) for version in version_comparison.versions(session)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _printed_columns(version: dict[str, Any]) -> tuple[str, ...]:
    headline = version["headline"]
    figure = (
        f"{_metric_label(headline['metric'])} {headline['value']:g}" if headline else "no figure"
    )
    return (
        version["name"],
        version["version"],
        f"{version['price']:>5} credits",
        version["sha256"][:12],
        figure,
        ", ".join(_marks(version)),
    )


def _metric_label(metric_path: str) -> str:
    """The last words of a metric's path that say something: "mortality harrell_c"."""
    return " ".join([word for word in metric_path.split(".") if word != "value"][-2:])


def _marks(version: dict[str, Any]) -> list[str]:
    """What is to be known of a version before it is activated, or of the active one."""
    if version["active"]:
        return ["active", "default"] if version["is_default"] else ["active"]
    if not version["comparable"]:
        return ["cannot be compared with the active one"]
    marks = ["worse than the active one"] if version["worse_than_active"] else []
    return marks if version["same_data"] else [*marks, "trained on other data"]
