"""A real worker that is killed (SIGKILL) at the worst moments, by chance from a fixed seed.

Usage: crashing_worker.py SEED PROBABILITY LOG    (each crash adds the name of its moment to LOG)

Where jobs run in forks, it is the fork that dies, or the worker that waits for it, or both.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agelens.jobs import predict, worker
from agelens.services import task_claims, task_scoring, task_settling

seed, probability, log = int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
chance = random.Random(seed)
worker_pid = os.getpid()
# else every fork would draw what the first one drew
os.register_at_fork(after_in_child=lambda: chance.seed(f"{seed} {os.getpid()}"))


def perhaps_crash(moment: str) -> None:
    if chance.random() < probability:
        fork, its_worker = {os.getpid()}, {worker_pid}  # the same one where jobs run in the worker
        victims = chance.choice([fork, its_worker, fork | its_worker])
        with log.open("a") as file:
            file.write(moment + "\n")
        if its_worker <= victims and os.getppid() in its_worker:
            os.kill(os.getppid(), signal.SIGKILL)
        if fork <= victims:
            os.kill(os.getpid(), signal.SIGKILL)


def dangerous(
    function: Callable[..., Any], *, before: str | None = None, after: str | None = None
) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        if before:
            perhaps_crash(before)
        result = function(*args, **kwargs)
        if after:
            perhaps_crash(after)
        return result

    return run


def listen(*arguments: Any) -> None:
    """Work among dangers, which begin here: starting is no task."""
    for claim in (task_claims.claim, task_claims.claim_retry):
        name = claim.__name__
        setattr(task_claims, name, dangerous(claim, before="asked to claim", after="claimed"))
    task_scoring.score = dangerous(task_scoring.score, after="scored")
    task_settling.settle = dangerous(task_settling.settle, after="settled, nobody told")
    predict.predict_queued = dangerous(
        predict.predict_queued, after="all settled, job not acknowledged"
    )
    work(*arguments)


work = worker.work
worker.work = listen
worker.main()
