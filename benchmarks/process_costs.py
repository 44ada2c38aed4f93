"""What a process costs: CPU seconds until it ends, MiB while it runs."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import psutil
from agelens.settings import without_ours

from benchmarks import REPOSITORY
from benchmarks.comparison import NotMeasuredError


def environment(**changes: str) -> dict[str, str]:
    """Without our settings; compiled modules are kept, as in any installation."""
    return {k: v for k, v in without_ours().items() if k != "PYTHONDONTWRITEBYTECODE"} | changes


def cpu_seconds(command: Sequence[str], given: Mapping[str, str]) -> float:
    """User and system time of a command, which must succeed.

    Raises
    ------
    NotMeasuredError
        If it fails.
    """
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=given,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise NotMeasuredError(f"{' '.join(command)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def medians(rounds: int, *commands: Sequence[str]) -> list[float]:
    """The median CPU seconds of each command, in turns, after one round that does not count."""
    given = environment()
    turns = [[cpu_seconds(each, given) for each in commands] for _ in range(rounds + 1)][1:]
    return [median(times) for times in zip(*turns, strict=True)]


def tree_mib(pid: int) -> float:
    """What a process and all below it take (PSS: what several share is counted once), in MiB."""
    root = psutil.Process(pid)
    return sum(map(_pss_mib, (root, *root.children(recursive=True))))


def _pss_mib(process: psutil.Process) -> float:
    with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
