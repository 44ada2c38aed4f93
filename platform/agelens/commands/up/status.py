"""`agelens status`: what runs on a home, and whether it is healthy."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
import httpx
import psutil
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from agelens.commands.up.home import noted_children, running_addresses, running_process
from agelens.queueing import JobQueue
from agelens.queueing.heartbeat import alive
from agelens.queueing.queue import IN_PROCESS
from agelens.services.shipped_updates import newer_shipped
from agelens.settings import Settings
from agelens.storage.engine import open_engine, session_factory

ANSWERS_WITHIN_SECONDS = 5.0


@dataclass(frozen=True)
class Part:
    """One line of the answer."""

    name: str
    state: str
    healthy: bool = True


def run(settings: Settings) -> None:
    """Print the parts of what runs on the home.

    Raises
    ------
    click.ClickException
        If nothing runs, it is still starting, or a part is not healthy.
    """
    home = settings.home.expanduser().resolve()
    process = running_process(home)
    if process is None:
        raise click.ClickException(f"No AgeLens runs on {home}. Start it with `agelens up`.")
    addresses = running_addresses(home)
    if addresses is None:
        raise click.ClickException(f"AgeLens on {home} (process {process}) is not ready yet.")
    click.echo(f"AgeLens runs on {home} (process {process})")
    ill = []
    for part in _parts(home, addresses):
        click.echo(f"  {part.name:<22}{part.state}")
        if not part.healthy:
            ill.append(part.name)
    if ill:
        raise click.ClickException(f"Not healthy: {', '.join(ill)}. See {home / 'logs'}")


def _parts(home: Path, addresses: dict[str, str]) -> Iterator[Part]:
    if "web" in addresses:
        yield _server("Web", addresses["web"], "/healthz")
    yield _server("API", addresses["api"], "/readyz")
    yield _database(addresses["database"])
    yield from _newer_clocks(addresses["database"])
    yield from _redis_and_queues(addresses["redis"])
    for name, pid, created in noted_children(home):
        runs = _runs(pid, created)
        yield Part(f"process {name}", f"{pid}" if runs else f"{pid} ended", runs)


def _server(name: str, address: str, path: str) -> Part:
    try:
        answer = httpx.get(f"{address}{path}", timeout=ANSWERS_WITHIN_SECONDS)
    except httpx.TransportError:
        return Part(name, f"{address} does not answer", healthy=False)
    if answer.is_success:
        return Part(name, f"{address} is ready")
    return Part(name, f"{address} is not ready ({_reason(answer)})", healthy=False)


def _reason(answer: httpx.Response) -> str:
    """A problem's own words, such as "Not ready: scheduler.", else the status."""
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)


def _database(url: str) -> Part:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            version = connection.execute(text("show server_version")).scalar_one()
    except SQLAlchemyError:
        return Part("PostgreSQL", "does not answer", healthy=False)
    finally:
        engine.dispose()
    return Part("PostgreSQL", f"{version} answers")


def _newer_clocks(url: str) -> Iterator[Part]:
    """Clocks of the package that wait for an administrator; nothing while the database is away."""
    engine = open_engine(url)
    try:
        with session_factory(engine)() as session:
            updates = newer_shipped(session)
    except SQLAlchemyError:
        return
    finally:
        engine.dispose()
    for update in updates:
        present = update["active_version"]
        than = f"newer than the active {present}" if present else "not active"
        state = f"{update['version']} is {than} ({update['command']})"
        yield Part(f"clock {update['name']}", state)


def _redis_and_queues(url: str) -> Iterator[Part]:
    queue = JobQueue(url, job_timeout_seconds=1)  # nothing is enqueued
    with closing(queue.redis):
        try:
            depths = queue.depths()
            workers = {name: len(alive(queue.redis, name)) for name in depths}
        except RedisError:
            yield Part("Redis", "does not answer", healthy=False)
            return
    yield Part("Redis", "answers")
    for name, waiting in depths.items():
        state = f"{waiting} waiting, {workers[name]} worker{'s' * (workers[name] != 1)}"
        yield Part(f"queue {name}", state, workers[name] > 0 or name not in IN_PROCESS)


def _runs(pid: int, created: float) -> bool:
    try:
        process = psutil.Process(pid)
        # a younger process may have got the number since
        return (
            process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - created) <= 1
        )
    except psutil.NoSuchProcess:
        return False
