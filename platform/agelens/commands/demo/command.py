"""Run the demo's scenes on a running or throw-away AgeLens, then audit the ledger."""

import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import click
from sqlalchemy import make_url

from agelens.client import Client, ClientError
from agelens.commands.demo import printing, scenario
from agelens.commands.demo.demo_people import Cast, Person
from agelens.commands.stack import PartFailedError, throw_away_stack
from agelens.commands.up.home import running_addresses
from agelens.commands.up.server import EmbeddedServerError
from agelens.services import accounts, billing
from agelens.services.audit import audit
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory

EMPTY_WALLETS = "The demo begins with empty wallets"
SCENES = (
    scenario.nobody_pays_in_advance,
    scenario.credits_arrive,
    scenario.an_ordinary_prediction,
    scenario.mistakes_are_named,
    scenario.a_unit_mistake_is_caught,
    scenario.a_draft_is_kept_for_later,
    scenario.canceling_costs_nothing,
    scenario.what_is_whose,
    scenario.histories,
)


@dataclass(frozen=True)
class DemoServices:
    """A service that runs: its API for the people, its database for the admin and the audit."""

    api: str
    database: str


def run(settings: Settings, *, yes: bool = False) -> int:
    """Run every scene; the exit code is 0 when all checks passed.

    Changing an AgeLens that runs already needs a confirmation.
    """
    checks = printing.Checks()
    try:
        with _demo_services(settings, yes=yes) as services, _people(services) as cast:
            for number, scene in enumerate(SCENES, start=1):
                printing.heading(f"{number}. {(scene.__doc__ or '').rstrip('.')}")
                scene(cast, checks)
            printing.heading("And the books")
            _audit(services, checks)
    except (ClientError, PartFailedError, EmbeddedServerError) as error:
        checks.expect(False, f"{type(error).__name__}: {error}")
    return checks.conclude()


@contextmanager
def _demo_services(settings: Settings, *, yes: bool) -> Iterator[DemoServices]:
    """What runs on our home; else one of our own, gone afterwards."""
    if addresses := running_addresses(settings.home):
        services = DemoServices(addresses["api"], addresses["database"])
        _confirm(services, yes=yes)
        yield services
        return
    click.echo("No AgeLens runs on this home; starting one for the demo, with its own servers ...")
    with throw_away_stack(settings, workers=2, topup_policy="self") as stack:
        click.echo(f"It runs at {stack.url} and leaves nothing behind.")
        yield DemoServices(stack.url, str(stack.settings.database_url))


def _confirm(services: DemoServices, *, yes: bool) -> None:
    """Say what the demo adds to which database, and have it confirmed."""
    database = make_url(services.database).render_as_string(hide_password=True)
    click.echo(
        f"AgeLens runs at {services.api}. The demo adds to its database, {database}:\n"
        "  two accounts, Anna and Boris, with their top-ups and tasks, which stay;\n"
        "  an administrator, who is erased at the end; the ledger entries stay."
    )
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("The demo changes a running AgeLens: confirm it with --yes.")
    if not click.confirm("Go on?"):
        raise click.ClickException("Not confirmed, nothing was changed.")


@contextmanager
def _people(services: DemoServices) -> Iterator[Cast]:
    """Two people who register over HTTP, and an administrator, whom no request can make."""
    suffix = secrets.token_hex(4)
    people = [
        Person(name, f"{name.lower()}-{suffix}@demo.example", secrets.token_urlsafe(12))
        for name in ("Anna", "Boris", "Admin")
    ]
    anna, boris, admin = people
    with Client(services.api) as a, Client(services.api) as b, Client(services.api) as c:
        a.register(anna.email, anna.password)
        b.register(boris.email, boris.password)
        _prepare_accounts(services.database, admin, (anna, boris))
        for client, person in zip((a, b, c), people, strict=True):
            client.login(person.email, person.password)
            click.echo(f"  {person.email}  ({client.me().role})")
        try:
            model = a.models["kaggle-age"]
            yield Cast(anna=a, boris=b, admin=c, boris_email=boris.email, model=model)
        finally:
            with suppress(ClientError):
                c.erase()  # nobody knows this administrator's password


def _prepare_accounts(database_url: str, admin: Person, people: Sequence[Person]) -> None:
    """Make the administrator; the others begin with empty wallets, also where accounts get credits."""
    engine = open_engine(database_url)
    try:
        with session_factory(engine).begin() as session:
            accounts.create_admin(session, admin.email, admin.password)
            for person in people:
                wallet = billing.wallet_of(session, accounts.find_user(session, person.email))
                if wallet.balance:
                    billing.adjust(session, wallet, -wallet.balance, note=EMPTY_WALLETS)
    finally:
        engine.dispose()


def _audit(services: DemoServices, checks: printing.Checks) -> None:
    engine = open_engine(services.database)
    try:
        with session_factory(engine)() as session:
            result = audit(session)
    finally:
        engine.dispose()
    for difference in result.differences:
        click.echo(f"  {difference}")
    checks.expect(
        not result.differences,
        f"every wallet recomputed from its ledger: {result.wallets} wallets, {result.entries} entries, "
        f"{result.tasks} tasks, {len(result.differences) or 'no'} differences",
    )
