"""Commands that work on the database directly: migrate, users, models, audit."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from agelens.clocks.bundles import is_newer, pack, read_bundle
from agelens.commands.up.home import running_addresses
from agelens.domain.errors import Conflict
from agelens.services import (
    accounts,
    administrators,
    billing,
    model_registry,
    password_changes,
    publishing,
    refunds,
    storage_binding,
    version_comparison,
)
from agelens.services.audit import audit, audit_files
from agelens.settings import Settings
from agelens.storage import ModelVersion, Role
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.files import Files
from agelens.storage.migrate import migrate as upgrade


@contextmanager
def session_of(settings: Settings) -> Iterator[Session]:
    """One transaction on the configured database, or on that of the AgeLens that runs here."""
    engine = open_engine(settings.database_url or _running_database(settings))
    try:
        with session_factory(engine).begin() as session:
            yield session
    finally:
        engine.dispose()


def _running_database(settings: Settings) -> str:
    addresses = running_addresses(settings.home)
    if addresses is None:
        raise click.ClickException(
            f"DATABASE_URL is not set, and no `agelens up` runs on {settings.home.resolve()}. "
            "Start it, or call this from its folder or with its AGELENS_HOME."
        )
    return addresses["database"]


def migrate(settings: Settings) -> None:
    """Bring the schema up to date and publish the clocks that come with the package."""
    with session_of(settings) as session:
        engine = session.get_bind()
        upgrade(engine.engine)
        for shipped in publishing.register_shipped(session):
            click.echo(_state(session, shipped.version))
            if shipped.other_content:
                click.echo(
                    "  This version was published here before with other content, which is kept; "
                    "the one that comes with the package was left out."
                )


def create_admin(settings: Settings, email: str) -> None:
    """Create an administrator; a password that is not set is made up and shown once."""
    password = settings.admin_password or secrets.token_urlsafe(12)
    with session_of(settings) as session:
        accounts.create_admin(session, email, password)
    click.echo(f"administrator {email} created")
    if settings.admin_password is None:
        click.echo(f"password: {password}   (shown once)")


def list_users(settings: Settings) -> None:
    """People and their credits."""
    with session_of(settings) as session:
        for user, wallet in accounts.with_wallets(session):
            email = user.email or "(erased)"
            blocked = " (blocked)" if user.blocked_at else ""
            credits = f"{wallet.available:>10} credits available"
            click.echo(f"{email:<40} {user.role:<6} {credits}{blocked}")


def block(settings: Settings, email: str) -> None:
    """Shut somebody out."""
    with session_of(settings) as session:
        administrators.block(session, accounts.find_user(session, email).id, actor=None)
    click.echo(f"{email} is blocked")


def unblock(settings: Settings, email: str) -> None:
    """Let somebody in again."""
    with session_of(settings) as session:
        administrators.unblock(session, accounts.find_user(session, email).id, actor=None)
    click.echo(f"{email} is not blocked")


def set_role(settings: Settings, email: str, role: Role) -> None:
    """Make somebody an administrator, or an ordinary user again."""
    with session_of(settings) as session:
        administrators.set_role(session, accounts.find_user(session, email).id, role, actor=None)
    click.echo(f"{email} is {'an administrator' if role == 'admin' else 'an ordinary user'}")


def topup(settings: Settings, email: str, amount: int) -> None:
    """Add credits to somebody's wallet."""
    with session_of(settings) as session:
        wallet = billing.wallet_of(session, accounts.find_user(session, email))
        entry = billing.topup(session, wallet, amount, actor=None)
        click.echo(f"{email}: balance {entry.balance_after}")


def reset_link(settings: Settings, email: str) -> None:
    """Make a link that sets a new password, once."""
    with session_of(settings) as session:
        user = accounts.find_user(session, email)
        secret, link = password_changes.make_link(session, user, actor=None)
    click.echo(f"{_web_app(settings)}/reset/{secret}")
    click.echo(f"It works once, until {link.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


def _web_app(settings: Settings) -> str:
    """The web app's address: as it is set, else that of the AgeLens that runs here."""
    running = running_addresses(settings.home) or {}
    return settings.web_origin if settings.web_url else running.get("web", settings.web_origin)


def adjust(settings: Settings, email: str, amount: int, reason: str) -> None:
    """Correct a balance by hand; the reason stays in the ledger."""
    with session_of(settings) as session:
        wallet = billing.wallet_of(session, accounts.find_user(session, email))
        entry = billing.adjust(session, wallet, amount, note=reason)
        click.echo(f"{email}: balance {entry.balance_after}")


def refund(settings: Settings, which: str, reason: str) -> None:
    """Give back what a task or a cohort cost."""
    with session_of(settings) as session:
        entry = refunds.refund(session, which, note=reason)
        click.echo(f"refunded {entry.amount}" if entry else "was refunded before")


def publish(settings: Settings, directory: Path, *, force: bool) -> None:
    """Check a bundle and publish it; the first version of a clock is activated."""
    with session_of(settings) as session:
        bundle = publishing.check(pack(read_bundle(directory)))
        try:
            version, added = publishing.publish(session, bundle, by=None, force=force)
        except publishing.NeedsForce as error:
            raise Conflict(f"{error.detail} Publish it all the same with --force.") from error
        click.echo(_state(session, version))
        if not added:
            click.echo("  It was published already, nothing changed.")


def _state(session: Session, version: ModelVersion) -> str:
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
        rows = [_columns(version) for version in version_comparison.versions(session)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _columns(version: dict[str, Any]) -> tuple[str, ...]:
    headline = version["headline"]
    figure = f"{_metric(headline['metric'])} {headline['value']:g}" if headline else "no figure"
    return (
        version["name"],
        version["version"],
        f"{version['price']:>5} credits",
        version["sha256"][:12],
        figure,
        ", ".join(_marks(version)),
    )


def _metric(path: str) -> str:
    """The last words of a metric's path that say something: "mortality harrell_c"."""
    return " ".join([word for word in path.split(".") if word != "value"][-2:])


def _marks(version: dict[str, Any]) -> list[str]:
    """What is to be known of a version before it is activated, or of the active one."""
    if version["active"]:
        return ["active", "default"] if version["is_default"] else ["active"]
    if not version["comparable"]:
        return ["cannot be compared with the active one"]
    marks = ["worse than the active one"] if version["worse_than_active"] else []
    return marks if version["same_data"] else [*marks, "trained on other data"]


def claim_storage(settings: Settings) -> None:
    """Bind the storage to the database, whatever it belonged to."""
    with session_of(settings) as session:
        identity = storage_binding.claim(session, Files.configured(settings))
    click.echo(f"{settings.storage_url} now belongs to this database ({identity})")


def run_audit(settings: Settings, *, files: bool = False) -> int:
    """Recompute every wallet; the number of differences is 0 when all credits are accounted for."""
    with session_of(settings) as session:
        result = audit(session)
    differences = list(result.differences)
    if files:
        with session_of(settings) as session:
            on_disk = audit_files(session, Files.configured(settings))
        differences += on_disk.differences
        click.echo(f"{on_disk.files} files of cohorts")
    for difference in differences:
        click.echo(difference, err=True)
    click.echo(
        f"{result.wallets} wallets, {result.entries} ledger entries, {result.tasks} tasks, "
        f"{result.cohorts} cohorts: "
        f"{len(differences) or 'no'} difference{'s' * (len(differences) != 1)}"
    )
    return len(differences)
