"""What a task costs: CPU time by process, statements and Redis commands. No target, to find what dominates.

Usage: python -m benchmarks.costs
"""

from collections.abc import Callable
from contextlib import closing
from typing import TypeAlias

import click
import psutil
from agelens.cli.process_settings import process_settings
from agelens.commands.stack import throw_away_stack
from agelens.storage.engine import open_engine
from sqlalchemy import text

from benchmarks.burst import TASKS, predict_all
from benchmarks.service import WORKERS
from benchmarks.warm_stack import MODEL, PANEL, QUEUES, WarmStack

ONE_BY_ONE = 300
Costs: TypeAlias = dict[str, float]


def main() -> None:
    """Print both tables."""
    with throw_away_stack(
        process_settings(),
        workers=WORKERS,
        worker_queues=[QUEUES.ours],
        durable=True,
        rate_limits="off",
        topup_policy="self",
    ) as stack:
        stack.start_part("noop-1", module="benchmarks.noop")  # the stage wants both kinds
        stack.start_part("noop-2", module="benchmarks.noop")
        with closing(WarmStack(stack, workers=WORKERS)) as stage:
            _show(f"{ONE_BY_ONE} tasks, one by one", _of_each(stage, _one_by_one, ONE_BY_ONE))
            _show(f"{TASKS:,} tasks from 8 threads", _of_each(stage, predict_all, TASKS))


def _one_by_one(stage: WarmStack) -> None:
    for _ in range(ONE_BY_ONE):
        stage.client.predict(PANEL, model=MODEL)


def _of_each(stage: WarmStack, step: Callable[[WarmStack], None], tasks: int) -> Costs:
    before = _costs(stage)
    step(stage)
    after = _costs(stage)
    return {name: (after[name] - before.get(name, 0.0)) / tasks for name in after}


def _costs(stage: WarmStack) -> Costs:
    costs: Costs = {}
    ours = {part.pid: name for name, part in stage.stack.parts.items()}
    for process in psutil.process_iter():
        try:
            name = _role(process, ours, str(stage.stack.settings.home))
            if name:
                times = process.cpu_times()
                costs[name] = costs.get(name, 0.0) + 1000 * (times.user + times.system)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    costs["Redis commands"] = stage.queue.redis.info("stats")["total_commands_processed"]
    costs["transactions"] = _transactions(stage)
    return costs


def _role(process: psutil.Process, ours: dict[int, str], home: str) -> str | None:
    """Whose time it is; None of processes that are not ours."""
    if process.pid == psutil.Process().pid:
        return "client, ms"
    for each in (process, *process.parents()):
        if each.pid in ours:
            return f"{ours[each.pid].split('-')[0]}, ms"
        is_server = each.name() in ("postgres", "redis-server", "valkey-server")
        if is_server and any(home in word for word in each.cmdline()):
            return f"{each.name()}, ms"
    return None


def _transactions(stage: WarmStack) -> float:
    engine = open_engine(str(stage.stack.settings.database_url))
    with engine.connect() as connection:
        connection.execute(text("select pg_stat_force_next_flush()"))
        statement = "select sum(xact_commit + xact_rollback) from pg_stat_database"
        count = float(connection.execute(text(statement)).scalar_one())
    engine.dispose()
    return count


def _show(title: str, costs: Costs) -> None:
    click.echo(f"{title}, per task")
    for name in sorted(costs):
        click.echo(f"  {name:<20}{costs[name]:>8.2f}")


if __name__ == "__main__":
    main()
