"""What can happen to a service: each fault breaks something of a story, and says how it is mended."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest
from agelens.commands.up.embedded import postgres_binaries
from agelens.settings import environment
from agelens.storage.engine import open_engine
from agelens.storage.files import Files
from agelens.storage.migrate import alembic_config
from alembic import command
from integration.recovery.disks import free
from integration.recovery.false_clocks import LIBRARY, SEEN_WITHIN_SECONDS, FalseClock
from integration.recovery.story import Story
from integration.recovery.test_foreign_jobs import foreign_jobs
from redis import Redis

Fault = Callable[[Story], None]
FROZEN_SECONDS = 4.0  # past the lease of the stories
FULL_SECONDS = 4.0
STARTED_AFTER_SECONDS, FALSE_FOR_SECONDS = 4.0, 4.0
COPIES = 2
QUEUES = ("predictions", "cohorts")
WORKERS = ("worker-1", "worker-2")
PROCESSES = ("api", "scheduler", *WORKERS, "trainer")


def redis_of(story: Story) -> Redis:
    return Redis.from_url(str(story.stack.settings.redis_url))


def kill(name: str, story: Story) -> None:
    story.stack.parts[name].kill()


def freeze(name: str, story: Story) -> None:
    part = story.stack.parts[name]
    part.send_signal(signal.SIGSTOP)
    story.afterwards(FROZEN_SECONDS, lambda: part.send_signal(signal.SIGCONT))


def empty_redis(story: Story) -> None:
    redis_of(story).flushall()


def take_redis_away(story: Story) -> None:
    story.stack.servers.redis.kill()
    story.afterwards(story.chance.uniform(0.2, 2.0), story.stack.servers.redis.start)


def restart_postgres(story: Story) -> None:
    story.stack.servers.postgres.stop()
    story.afterwards(story.chance.uniform(0.2, 2.0), story.stack.servers.postgres.start)


def jump(name: str, seconds: int, story: Story) -> None:
    """The clock of one process's host is set while it runs, and the load meets that.

    The process starts with the right time; what it measures by the monotonic clock stays true.
    """
    clock = FalseClock(story.home / f"clock-{name}")
    honest = story.parts[name].variables
    story.parts[name].variables = honest | clock.variables

    def set_right() -> None:
        story.parts[name].variables = honest
        story.stack.parts[name].kill()

    story.stack.parts[name].kill()
    story.afterwards(STARTED_AFTER_SECONDS, partial(clock.set, seconds))
    seen = STARTED_AFTER_SECONDS + SEEN_WITHIN_SECONDS
    story.afterwards(seen, story.load)
    story.afterwards(seen + FALSE_FOR_SECONDS, set_right)


def fill_disk(story: Story) -> None:
    """No room for uploads, results of cohorts and logs, which lie on the home's disk.

    What was queued before finds the disk full when it is scored.
    """
    assert story.disk is not None
    without_workers(story)
    story.is_full = True
    place = story.disk

    def make_room() -> None:
        story.is_full = False
        free(place)

    story.afterwards(FULL_SECONDS, make_room)


def without_workers(story: Story) -> None:
    """New work stays queued; the workers come back by themselves a moment later."""
    story.kill(*WORKERS)
    story.load()
    story.afterwards(0.0, story.down.clear)


def shuffle_jobs(story: Story) -> None:
    """Every queued job several times, under its own name and under others, in any order."""
    without_workers(story)
    redis = redis_of(story)
    for queue in QUEUES:
        key = f"rq:queue:{queue}"
        names = [name.decode() for name in redis.lrange(key, 0, -1)]
        for name in tuple(names):
            row, number = name.rsplit("-", 1)
            for copy in range(1, COPIES + 1):
                other = f"{row}-{int(number) + 100 * copy}"
                redis.copy(f"rq:job:{name}", f"rq:job:{other}")
                names += [name, other]
        story.chance.shuffle(names)
        redis.delete(key)
        if names:
            redis.rpush(key, *names)


def send_foreign_jobs(story: Story) -> None:
    """Jobs that would run somebody's code, and garbage; see the test of its own."""
    foreign_jobs(redis_of(story), story.home / "canary")


def downgrade(story: Story) -> None:
    """Going back to tables without cohorts is refused while there are some to be scored."""
    without_workers(story)
    engine = open_engine(str(story.stack.settings.database_url))
    try:
        with (
            pytest.raises(RuntimeError, match="queued or running"),
            engine.begin() as connection,
        ):
            command.downgrade(alembic_config(connection), "0003")
    finally:
        engine.dispose()


def restore_older_dump(story: Story) -> None:
    """Back up under load, go on, then restore: what came after the backup is rolled back.

    The storage is newer then, and nothing in it is deleted: `agelens audit --files` lists it.
    """
    file = story.home / f"backup-{len(story.accepted['tasks'])}.tar"
    story.load()
    agelens(story, "backup", str(file))
    before = {kind: len(ids) for kind, ids in story.accepted.items()}
    story.load()
    story.kill(*PROCESSES)
    agelens(story, "restore", "--force", str(file))
    newer = story.accepted["cohorts"][before["cohorts"] :]
    audit = agelens(story, "audit", "--files", code=1)
    assert all(f"cohorts/{key}: the database knows no such cohort" in audit for key in newer), audit
    for kind, ids in story.accepted.items():
        story.figures.rolled_back += len(ids) - before[kind]
        del ids[before[kind] :]
    story.forgotten_cohorts += newer
    story.down.clear()


def agelens(story: Story, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "agelens.cli", *words],
        env=environment(story.stack.settings) | {"PATH": str(postgres_binaries())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def start_stranger(story: Story) -> None:
    """A worker that was given another folder refuses to start, and takes no part."""
    other = story.home / "other-storage"
    shutil.rmtree(other, ignore_errors=True)
    variables = environment(story.stack.settings) | {"AGELENS_STORAGE": str(other)}
    done = subprocess.run(
        [sys.executable, "-m", "agelens.cli", "worker"],
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "This storage does not carry the identity of the database" in done.stderr


def why_not(fault: str, story: Story) -> str | None:
    """Why a fault cannot be brought about here; None when it can."""
    if fault in CLOCKS and LIBRARY is None:
        return "libfaketime is not installed"
    if fault in DISK and story.disk is None:
        return "the home has no disk of its own, mounting is not permitted"
    return None


def cohorts_in(story: Story) -> list[str]:
    """The cohorts of which the storage has files."""
    return Files(story.stack.settings.storage_url).folders("cohorts")


CLOCKS: dict[str, Fault] = {
    f"clock of {name} {seconds:+d} s": partial(jump, name, seconds)
    for name, seconds in (
        ("worker-1", 3600),
        ("worker-1", -3600),
        ("scheduler", 3600),
        ("scheduler", -3600),
    )
}
DISK: dict[str, Fault] = {"disk full": fill_disk}
EVERYWHERE: dict[str, Fault] = {
    **{f"kill {name}": partial(kill, name) for name in PROCESSES},
    **{f"freeze {name}": partial(freeze, name) for name in ("worker-1", "scheduler", "trainer")},
    "empty redis": empty_redis,
    "redis away": take_redis_away,
    "restart postgres": restart_postgres,
    "restart postgres again": restart_postgres,
    "jobs repeated and shuffled": shuffle_jobs,
    "foreign jobs": send_foreign_jobs,
    "downgrade": downgrade,
    "restore of an older dump": restore_older_dump,
    "worker with another storage": start_stranger,
}
