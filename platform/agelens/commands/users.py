"""Commands on accounts and their wallets: administrators, blocks, credits, reset links."""

import secrets

import click

from agelens.commands.database_session import session_of
from agelens.commands.up.home import running_addresses
from agelens.services import (
    accounts,
    administrators,
    billing,
    password_changes,
    refunds,
)
from agelens.settings import Settings
from agelens.storage import Role


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
