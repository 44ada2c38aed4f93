"""What the bench says of cohorts, and what it measures them with."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from agelens.clocks.batches import score_batch
from agelens.settings import Settings
from agelens.tables.batch_reader import BatchReader

from benchmarks.cohorts import through_service
from benchmarks.cohorts.memory import PeakMemory
from benchmarks.cohorts.people import ID, clock, people
from benchmarks.cohorts.through_service import Run, clock_alone, rows_of
from benchmarks.comparison import NotMeasuredError

HELD_MIB = 64
HUNGRY = f"""
import sys
sys.stdin.readline()
held = bytearray({HELD_MIB} * 1024 * 1024)
print(len(held), flush=True)
sys.stdin.readline()
"""


def test_everybody_made_up_is_scored_and_some_lack_a_marker() -> None:
    rows = people(500)
    part = rows.rename_columns([f"c{place}" for place in range(rows.num_columns)])
    part = part.append_column("fault", pa.nulls(500, pa.string()))
    batch = BatchReader(clock(), rows.column_names, id_column=ID).read(part)
    table, tally = score_batch(clock(), batch, first_row=1)

    assert tally["scored"] == 500
    assert batch.warnings == {}
    assert 0.05 < np.mean(table["age_gap_percentile"].is_null()) < 0.5  # of those who lack one
    assert table["id"].to_pylist()[:2] == ["1", "2"]
    assert people(500) == rows
    assert people(500, seed=1) != rows


@pytest.mark.slow
def test_the_clock_alone_tells_the_pace_of_every_round() -> None:
    rates = clock_alone(2000)

    assert len(rates) == 5
    assert min(rates) > 1000


def test_a_clock_that_cannot_be_measured_alone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(through_service, "ALONE", (sys.executable, "-c", "raise SystemExit('no')"))

    with pytest.raises(NotMeasuredError, match="the clock alone: no"):
        clock_alone(10)


def test_the_figures_are_held_against_the_clock_the_asked_pace_and_fewer_rows() -> None:
    alone = [500_000.0, 400_000.0, 300_000.0]
    many, few = Run([150_000.0, 30_000.0, 120_000.0], alone, 300.0), Run([1.0, 2.0], [1.0], 200.0)

    whole, asked, memory, first = rows_of(many, few)

    assert whole.ratio == pytest.approx(0.3)
    assert whole.reached
    assert asked.ratio == pytest.approx(12)
    assert memory.ratio == pytest.approx(1.5)
    assert not memory.reached
    assert "30,000 to 150,000" in whole.spread
    assert first.ratio == pytest.approx(0.5)
    assert not first.reached


def test_peak_memory_is_what_was_taken_at_most_and_not_what_is_left() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HUNGRY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        with PeakMemory([process.pid]) as memory:
            process.stdin.write("\n")
            process.stdin.flush()
            assert int(process.stdout.readline()) == HELD_MIB * 1024 * 1024
            deadline = time.monotonic() + 60
            while memory.mib < HELD_MIB and time.monotonic() < deadline:
                time.sleep(0.01)
            process.communicate("\n")

    assert HELD_MIB < memory.mib < 2 * HELD_MIB  # although nothing is held any more


@pytest.mark.slow
def test_a_small_cohort_goes_through_the_whole_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(through_service, "MANY", 400)
    monkeypatch.setattr(through_service, "FEW", 200)

    whole, _, memory, first = through_service.measure(Settings())

    assert whole.figure > 0
    assert memory.figure > 50
    assert first.figure > 0
