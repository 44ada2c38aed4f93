"""Two things timed in turns, so that the machine's moods meet both."""

import time
from collections.abc import Callable
from statistics import median


def in_turns(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int
) -> tuple[list[float], list[float]]:
    """The seconds of every round, after one that does not count."""
    ours()
    theirs()
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for step, durations in zip((ours, theirs), seconds, strict=True):
            started = time.perf_counter()
            step()
            durations.append(time.perf_counter() - started)
    return seconds


def described(values: list[float], digits: str) -> str:
    """The median and the range."""
    middle, low, high = (format(v, digits) for v in (median(values), min(values), max(values)))
    return f"{middle} ({low} to {high})"
