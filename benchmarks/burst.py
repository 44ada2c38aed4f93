"""A thousand tasks at once."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from statistics import median

from benchmarks import noop
from benchmarks.comparison import Comparison
from benchmarks.warm_stack import MODEL, PANEL, WarmStack

ROUNDS, TASKS, SUBMITTERS = 3, 1000, 8


def measure(stage: WarmStack) -> Comparison:
    """1,000 tasks from 8 client threads until all are finished, three rounds."""
    ours: list[float] = []
    noops: list[float] = []
    for _ in range(ROUNDS):  # in turns, so that the machine's moods meet both
        ours.append(_rate(lambda: predict_all(stage)))
        noops.append(_rate(lambda: _noop_all(stage)))
    return Comparison(
        name=f"{TASKS:,} tasks from {SUBMITTERS} threads",
        unit="tasks/s",
        figure=median(ours),
        baseline=median(noops),
        against=noop.NAME,
        bound=">=",
        target=0.6,
        spread=f"{ROUNDS} rounds: {_listed(ours)} and {_listed(noops)} per second",
    )


def _rate(everything: Callable[[], None]) -> float:
    started = time.perf_counter()
    everything()
    return TASKS / (time.perf_counter() - started)


def predict_all(stage: WarmStack) -> None:
    """Submit all, and return when each has ended."""

    def submit(count: int) -> None:
        with closing(stage.another_client()) as client:
            for _ in range(count):
                client.submit(PANEL, model=MODEL)

    _share(submit)
    stage.until(
        lambda: stage.client.wallet.show().held == 0, every_seconds=0.1
    )  # each ending lets go of its hold


def _noop_all(stage: WarmStack) -> None:
    job_ids: list[str] = []

    def enqueue(count: int) -> None:
        for _ in range(count):
            job_ids.append(noop.enqueue(stage.queue))

    _share(enqueue)
    stage.until(lambda: noop.unfinished(stage.queue, job_ids) == 0, every_seconds=0.1)


def _share(work: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(SUBMITTERS) as pool:
        list(pool.map(work, [TASKS // SUBMITTERS] * SUBMITTERS))


def _listed(rates: list[float]) -> str:
    return ", ".join(f"{rate:.0f}" for rate in rates)
