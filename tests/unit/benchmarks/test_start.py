"""What the bench says of starting and idling."""

import os
import sys

import pytest

from benchmarks.comparison import NotMeasuredError
from benchmarks.process_costs import cpu_seconds, environment, medians, tree_mib


def test_cpu_time_is_the_commands_alone() -> None:
    idle, busy = medians(
        1,
        (sys.executable, "-c", "import time; time.sleep(0.2)"),
        (sys.executable, "-c", "import time\nwhile time.process_time() < 0.5: pass"),
    )
    assert idle < 0.2
    assert 0.5 <= busy < 0.7


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(NotMeasuredError, match="ended with 3"):
        cpu_seconds((sys.executable, "-c", "raise SystemExit(3)"), environment())


def test_shared_memory_is_counted_once() -> None:
    kept = bytearray(os.urandom(1024 * 1024)) * 64
    before = tree_mib(os.getpid())
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    try:
        assert before <= tree_mib(os.getpid()) < before + len(kept) / 1024**2 / 2
    finally:
        os.close(writer)
        os.close(reader)
        os.waitpid(pid, 0)
