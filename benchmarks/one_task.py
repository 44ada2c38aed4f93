"""From submit to finished, one task at a time."""

import time
from collections.abc import Callable
from statistics import median, quantiles

from benchmarks import noop
from benchmarks.comparison import Comparison
from benchmarks.warm_stack import MODEL, PANEL, WarmStack

BLOCKS, PER_BLOCK = 4, 50


def measure(stage: WarmStack) -> Comparison:
    """One task from submit to finished over HTTP, 200 in sequence."""

    def predict() -> None:
        stage.client.predict(PANEL, model=MODEL)

    ours: list[float] = []
    noops: list[float] = []
    for _ in range(BLOCKS):  # in turns, so that the machine's moods meet both
        ours += [_milliseconds(predict) for _ in range(PER_BLOCK)]
        noops += [_milliseconds(stage.run_noop) for _ in range(PER_BLOCK)]
    return Comparison(
        name="One task, submit to finished",
        unit="ms (p50)",
        figure=median(ours),
        baseline=median(noops),
        against=noop.NAME,
        bound="<=",
        target=2.5,
        spread=f"p90 {_p90(ours):.1f} and {_p90(noops):.1f} ms, {len(ours)} of each",
    )


def _milliseconds(step: Callable[[], None]) -> float:
    started = time.perf_counter()
    step()
    return (time.perf_counter() - started) * 1000


def _p90(values: list[float]) -> float:
    return quantiles(values, n=10)[-1]
