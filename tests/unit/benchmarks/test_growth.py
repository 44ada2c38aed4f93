"""What the bench says of a hundred times the data."""

from typing import Any

import pytest

from benchmarks.growth import comparisons
from benchmarks.growth.comparisons import StepCost, rows_of


class Machine:
    """Does nothing; each step takes as long as it is said to."""

    steps = ("History", "Export of a task", "Audit of an entry")

    def __init__(self, seconds: float, peak_mib: float) -> None:
        self.done: list[tuple[str, int]] = []
        self._answer = (seconds, peak_mib)

    def do(self, step: str, times: int) -> StepCost:
        self.done.append((step, times))
        seconds, peak_mib = self._answer
        return StepCost([seconds] * times, peak_mib)


def test_each_step_is_a_row_and_an_export_also_one_of_memory() -> None:
    many, few = Machine(0.012, 230.0), Machine(0.01, 200.0)
    machines: Any = (many, few)
    rows = {row.name: row for row in rows_of(*machines)}

    assert list(rows) == [
        "History",
        "Export of a task",
        "Peak memory of an export",
        "Audit of an entry",
    ]
    assert (rows["History"].figure, rows["History"].baseline) == (12, 10)
    assert rows["History"].ratio == pytest.approx(1.2)
    assert rows["Peak memory of an export"].unit == "MiB"
    assert rows["Peak memory of an export"].ratio == pytest.approx(1.15)
    assert all(row.reached and row.target == 1.5 for row in rows.values())


def test_steps_are_warmed_up_and_done_in_turns_but_long_ones_are_not_repeated() -> None:
    many = Machine(0.01, 1.0)
    machines: Any = (many, Machine(0.01, 1.0))
    list(rows_of(*machines))

    history = [times for step, times in many.done if step == "History"]
    assert history == [comparisons.WARM_UP] + [comparisons.AT_A_TIME] * comparisons.ROUNDS
    assert ("Audit of an entry", 1) in many.done
