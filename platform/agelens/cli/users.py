"""`agelens users`."""

import click

from agelens.cli.process_settings import process_settings


@click.group()
def users() -> None:
    """People and their credits."""


@users.command("list")
def list_users() -> None:
    """Show people and their credits."""
    from agelens.commands import database

    database.list_users(process_settings())


@users.command("create-admin")
@click.argument("email")
def create_admin(email: str) -> None:
    """Create an administrator (password: AGELENS_ADMIN_PASSWORD, else made up and shown once)."""
    from agelens.commands import database

    database.create_admin(process_settings(), email)


@users.command("topup")
@click.argument("email")
@click.argument("amount", type=int)
def topup(email: str, amount: int) -> None:
    """Add credits to a wallet."""
    from agelens.commands import database

    database.topup(process_settings(), email, amount)


@users.command("adjust", context_settings={"ignore_unknown_options": True})
@click.argument("email")
@click.argument("amount", type=int)
@click.option("--reason", required=True)
def adjust(email: str, amount: int, reason: str) -> None:
    """Correct a balance by AMOUNT (may be negative)."""
    from agelens.commands import database

    database.adjust(process_settings(), email, amount, reason)


@users.command("refund")
@click.argument("which", metavar="ID")
@click.option("--reason", required=True)
def refund(which: str, reason: str) -> None:
    """Give back what a task or a cohort cost, once."""
    from agelens.commands import database

    database.refund(process_settings(), which, reason)
