"""`agelens up`: PostgreSQL, Redis, API, workers, trainer, scheduler and web app, until Ctrl-C."""

import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import click

from agelens.commands.up import first_admin, forks, ports, processes
from agelens.commands.up.addresses import answers, origin
from agelens.commands.up.disk import DiskTooSmallError, check_space
from agelens.commands.up.embedded import EmbeddedPostgres, EmbeddedRedis
from agelens.commands.up.home import Home, HomeInUseError
from agelens.commands.up.server import EmbeddedServer, EmbeddedServerError
from agelens.commands.up.supervisor import Child, StopRequestedError, Supervisor
from agelens.commands.up.web_app import WebApp
from agelens.domain.errors import AgeLensError
from agelens.settings import Settings, WebSettings, environment

_SERVERS = ("postgres", "redis")
_SERVER_START_SECONDS = 30
_READY_SECONDS = 90
_TOO_MANY_FAILURES = 4
WELCOME_CREDITS = 20  # unless it is set: whoever tries AgeLens sees a result before the wallet


class NotStartedError(Exception):
    """AgeLens could not start; the message says why."""


def run(settings: Settings, call: Callable[[Sequence[str]], object]) -> int:
    """Start everything, block, stop everything; the exit code.

    `call` runs a command of ours in this process, which a fork may do instead of a new one.
    """
    try:
        home = Home(settings.home)
        with home.locked():
            check_space(home.path, has_servers=settings.database_url is None)
            return _Stack(settings, home, call).run()
    except (HomeInUseError, DiskTooSmallError) as error:
        click.echo(f"Error: {error}", err=True)
    except OSError as error:
        path = error.filename or settings.home.expanduser().resolve()
        click.echo(f"Error: AgeLens did not start. {path}: {error.strerror}", err=True)
    return 1


def say(message: str) -> None:
    """Tell the person at the terminal, or a file, whose disk may be full."""
    with suppress(OSError):
        print(message, flush=True)


class _Stack:
    """One run of everything."""

    def __init__(
        self, settings: Settings, home: Home, call: Callable[[Sequence[str]], object]
    ) -> None:
        self.home = home
        self.call = call
        self.settings = settings.model_copy(update={"home": home.path})
        self.supervisor = Supervisor(home, say)
        self.servers: list[EmbeddedServer] = []

    def run(self) -> int:
        self.supervisor.listen_to_signals()
        code = 0
        try:
            self._start()
            self.supervisor.run_until_asked_to_stop()
        except StopRequestedError:
            pass
        except (NotStartedError, EmbeddedServerError, ports.PortInUseError, AgeLensError) as error:
            click.echo(f"Error: AgeLens did not start. {error}", err=True)
            code = 1
        finally:
            if self.supervisor.children:
                say("Stopping; the data stay.")
            self.supervisor.stop_all(last=_SERVERS)
            for server in self.servers:
                server.stop()
        return code

    def _start(self) -> None:
        began = time.monotonic()
        if n_ended := self.home.end_leftovers():
            say(f"Ended {n_ended} processes that an earlier run left behind.")
        self._settle()
        say(f"AgeLens is starting; its data are in {self.home.path}")
        self._start_servers()
        web = WebApp(WebSettings.beside(self.settings, self._api()), self.home, self.supervisor)
        web.start()  # it needs none of the others, and takes as long to import as all of them
        if forks.can_fork():
            forks.preload()  # meanwhile the servers start
        self._wait_for_servers()
        migration = self._agelens("migrate", "migrate")
        if not self._is_migrated():
            self._finish(migration)
        self._start_parts()
        self._finish(migration)
        admin = first_admin.ensure(self.settings, str(self.settings.database_url))
        if admin:
            _introduce(admin)
        self._wait(self._is_ready, _READY_SECONDS, "api")
        self._start_trainer()
        self._announce(web.wait(), began)

    def _settle(self) -> None:
        """Decide what may be left open in the settings."""
        settings = self.settings
        api = ports.choose(settings.api_host, settings.api_port, "AGELENS_API_PORT")
        web = ports.choose(settings.web_host, settings.web_port, "AGELENS_WEB_PORT", reserved=api)
        key = settings.secret_key or self.home.secret_key()
        self._set(api_port=api, web_port=web, secret_key=key)
        if "welcome_credits" not in settings.model_fields_set:
            self._set(welcome_credits=WELCOME_CREDITS)

    def _set(self, **changes: object) -> None:
        self.settings = self.settings.model_copy(update=changes)

    def _start_servers(self) -> None:
        kinds: list[tuple[str, type[EmbeddedServer]]]
        kinds = [("database_url", EmbeddedPostgres), ("redis_url", EmbeddedRedis)]
        for setting, kind in kinds:
            if getattr(self.settings, setting):
                continue
            server = kind(self.home.path)
            child = Child(server.name, server.spawn, stop_signal=server.stop_signal)
            self.supervisor.start(child)
            self._set(**{setting: server.url})
            self.servers.append(server)

    def _wait_for_servers(self) -> None:
        for server in self.servers:
            self._wait(server.ask, _SERVER_START_SECONDS, server.name)

    def _is_migrated(self) -> bool:
        """Whether the tables are today's: then nobody need wait for the shipped clocks to be checked."""
        from sqlalchemy.exc import SQLAlchemyError

        from agelens.storage import schema_version
        from agelens.storage.engine import open_engine

        engine = open_engine(str(self.settings.database_url))
        try:
            with engine.connect() as connection:
                newest = schema_version.revisions()[1]
                return schema_version.revision_of(connection) == newest
        except SQLAlchemyError:
            return False  # the migration says what is wrong
        finally:
            engine.dispose()

    def _finish(self, migration: processes.Process) -> None:
        if not self.supervisor.run_to_its_end(migration, _READY_SECONDS):
            raise NotStartedError(self._blame("migrate"))

    def _start_parts(self) -> None:
        workers = [f"worker-{number}" for number in range(1, self.settings.workers + 1)]
        for name in ("api", *workers, "scheduler"):
            child = Child(name, self._spawner(name), has_heartbeat=name != "api")
            self.supervisor.start(child)
        from agelens.commands.up.heartbeats import HeartbeatMonitor  # late: it imports RQ

        self.supervisor.children_without_heartbeat = HeartbeatMonitor(
            str(self.settings.redis_url)
        ).children_without_heartbeat

    def _spawner(self, name: str) -> Callable[[], processes.Process]:
        return lambda: self._agelens(name, name.split("-")[0])

    def _start_trainer(self) -> None:
        """Last: nobody waits for it, and what people wait for has the processors to itself."""

        def spawn() -> processes.Process:
            return self._agelens("trainer", "worker", "training", death_signal=signal.SIGQUIT)

        # on this signal it gives back the retraining under way instead of finishing it first
        trainer = Child("trainer", spawn, stop_signal=signal.SIGQUIT, has_heartbeat=True)
        self.supervisor.start(trainer)

    def _agelens(
        self, name: str, *command: str, death_signal: signal.Signals = signal.SIGTERM
    ) -> processes.Process:
        if forks.can_fork():
            return forks.fork(
                lambda: self.call(command),
                title=f"agelens {' '.join(command)}",
                log=self.home.log(name),
                environment=environment(self.settings),
                death_signal=death_signal,
            )
        return processes.spawn(
            [sys.executable, "-m", "agelens.cli", *command],
            log=self.home.log(name),
            environment=environment(self.settings),
            death_signal=death_signal,
        )

    def _wait(self, condition: Callable[[], bool], seconds: float, name: str) -> None:
        """Wait for one part, giving up when any part keeps dying."""
        failing: list[str] = []

        def over() -> bool:
            needed = [c for c in self.supervisor.children if c.needed]
            failing[:] = [c.name for c in needed if c.failures >= _TOO_MANY_FAILURES]
            return bool(failing) or condition()

        if not self.supervisor.wait_until(over, seconds) or failing:
            raise NotStartedError(self._blame(failing[0] if failing else name))

    def _is_ready(self) -> bool:
        return answers(self.settings.api_host, self.settings.api_port, "/readyz")

    def _api(self) -> str:
        return origin(self.settings.api_host, self.settings.api_port)

    def _blame(self, name: str) -> str:
        log = self.home.logs / f"{name}.log"
        lines = log.read_text(errors="replace").splitlines()[-20:] if log.exists() else []
        return "\n".join([f"{name} failed; the end of {log}:", *lines])

    def _announce(self, web: str, began: float) -> None:
        api = self._api()
        self.home.remember_addresses(
            api,
            str(self.settings.database_url),
            redis=str(self.settings.redis_url),
            **({"web": web} if web.startswith("http") else {}),
        )
        say(
            f"AgeLens is ready after {time.monotonic() - began:.1f} s.\n"
            f"  Web    {web}\n"
            f"  API    {api}/api\n"
            f"  Docs   {api}/docs\n"
            f"  Logs   {self.home.logs}\n"
            "Ctrl-C stops everything; the data stay."
        )


def _introduce(admin: first_admin.Credentials) -> None:
    password = admin.password or "the one in AGELENS_ADMIN_PASSWORD"
    say(
        "First administrator, shown only this once:\n"
        f"  e-mail    {admin.email}\n"
        f"  password  {password}"
    )
