"""The false clocks of the fault story do what they say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from integration.recovery.false_clocks import LIBRARY, SEEN_WITHIN_SECONDS, FalseClock

PROBE = """\
import sys, threading, time
for _ in range(2):
    began = time.monotonic()
    time.sleep(0.2)
    threading.Event().wait(0.2)
    print(time.time(), time.monotonic() - began, flush=True)
    sys.stdin.readline()
    time.sleep({patience})
"""


@pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed")
@pytest.mark.parametrize("seconds", [3600, -3600])
def test_a_running_process_sees_the_jump_and_measures_on(tmp_path: Path, seconds: int) -> None:
    clock = FalseClock(tmp_path / "clock")
    with subprocess.Popen(
        [sys.executable, "-c", PROBE.format(patience=SEEN_WITHIN_SECONDS)],
        env=dict(os.environ) | clock.variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        before, took = map(float, process.stdout.readline().split())
        assert 0.4 <= took < 60
        clock.set(seconds)
        process.stdin.write("\n\n")
        process.stdin.flush()
        after, took = map(float, process.stdout.readline().split())
        assert 0.4 <= took < 60
        assert after - before == pytest.approx(seconds, abs=60)
    assert process.returncode == 0
