"""`agelens users`."""

import click

from agelens.cli.process_settings import process_settings


@click.group()
def users() -> None:
    """People and their credits.

    \b
    Example:
      agelens users list
    """


@users.command("list")
def list_users() -> None:
    """Show people and their credits.

    \b
    Example:
      agelens users list
    """
    from agelens.commands import users as commands

    commands.list_users(process_settings())


@users.command("create-admin")
@click.argument("email")
def create_admin(email: str) -> None:
    """Create an administrator.

    The password is AGELENS_ADMIN_PASSWORD; without it one is generated and shown once.

    \b
    Example:
      agelens users create-admin head@example.org
    """
    from agelens.commands import users as commands

    commands.create_admin(process_settings(), email)


@users.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a link with which EMAIL can set a new password, once, within an hour.

    \b
    Example:
      agelens users reset-link anna@example.org
    """
    from agelens.commands import users as commands

    commands.reset_link(process_settings(), email)


@users.command("topup")
@click.argument("email")
@click.argument("amount", type=int)
def topup(email: str, amount: int) -> None:
    """Add AMOUNT credits to the wallet of EMAIL.

    \b
    Example:
      agelens users topup anna@example.org 100
    """
    from agelens.commands import users as commands

    commands.topup(process_settings(), email, amount)


@users.command("adjust", context_settings={"ignore_unknown_options": True})
@click.argument("email")
@click.argument("amount", type=int)
@click.option("--reason", required=True, help="Kept in the ledger.")
def adjust(email: str, amount: int, reason: str) -> None:
    """Correct the balance of EMAIL by AMOUNT, which may be negative.

    \b
    Example:
      agelens users adjust anna@example.org -10 --reason "paid twice"
    """
    from agelens.commands import users as commands

    commands.adjust(process_settings(), email, amount, reason)


@users.command("refund")
@click.argument("which", metavar="ID")
@click.option("--reason", required=True, help="Kept in the ledger.")
def refund(which: str, reason: str) -> None:
    """Refund what the task or cohort ID cost; a second time changes nothing.

    \b
    Example:
      agelens users refund 0198c0de-7a11-7e57-8000-000000000000 --reason "wrong sample"
    """
    from agelens.commands import users as commands

    commands.refund(process_settings(), which, reason)


@users.command("block")
@click.argument("email")
def block(email: str) -> None:
    """Block EMAIL: tokens, logins and read-only links stop working at once.

    \b
    Example:
      agelens users block anna@example.org
    """
    from agelens.commands import users as commands

    commands.block(process_settings(), email)


@users.command("unblock")
@click.argument("email")
def unblock(email: str) -> None:
    """Unblock EMAIL: logins and earlier tokens work again.

    \b
    Example:
      agelens users unblock anna@example.org
    """
    from agelens.commands import users as commands

    commands.unblock(process_settings(), email)


@users.command("promote")
@click.argument("email")
def promote(email: str) -> None:
    """Make EMAIL an administrator.

    \b
    Example:
      agelens users promote anna@example.org
    """
    from agelens.commands import users as commands

    commands.set_role(process_settings(), email, "admin")


@users.command("demote")
@click.argument("email")
def demote(email: str) -> None:
    """Make the administrator EMAIL an ordinary user again; the last one stays.

    \b
    Example:
      agelens users demote anna@example.org
    """
    from agelens.commands import users as commands

    commands.set_role(process_settings(), email, "user")
