"""The made-up years of the bench are such as the service leaves behind."""

from agelens.services.audit import audit
from agelens.storage import LedgerEntry, Task, User
from agelens.storage.engine import open_engine, session_factory
from servers import SharedServers
from sqlalchemy import func, inspect, select

from benchmarks.growth.history import BUSY, fill

TASKS = 2_000


def test_a_filled_database_is_consistent_and_has_its_indexes(shared_servers: SharedServers) -> None:
    with shared_servers.settings() as settings:
        engine = open_engine(str(settings.database_url))
        before = _indexes(engine)
        fill(str(settings.database_url), TASKS)
        with session_factory(engine)() as session:
            found = audit(session)
            busy = select(func.count(Task.id)).join(User, User.id == Task.user_id)
            assert session.scalar(busy.where(User.email == BUSY)) == TASKS // 10
            kinds = select(LedgerEntry.kind, func.count()).group_by(LedgerEntry.kind)
            entries = {row[0]: row[1] for row in session.execute(kinds)}
        assert found.differences == ()
        assert (found.tasks, found.entries) == (TASKS, 2 * TASKS + TASKS // 100)
        assert entries["hold"] == entries["capture"] + entries["release"] == TASKS
        assert _indexes(engine) == before
        engine.dispose()


def _indexes(engine: object) -> dict[str, list[str]]:
    tables = inspect(engine)
    return {
        name: sorted(str(index["name"]) for index in tables.get_indexes(name))
        for name in ("users", "wallets", "assessments", "tasks", "ledger_entries")
    }
