"""What the bench says of its figures."""

from typing import Literal

import pytest
from agelens.commands.bench.rows import Row, table


def row(figure: float, bound: Literal["<=", ">="], target: float) -> Row:
    return Row("Something", "ms", figure, 10.0, bound, target, spread="200 of each")


@pytest.mark.parametrize(
    ("figure", "bound", "target", "reached"),
    [
        (25, "<=", 2.5, True),
        (25.1, "<=", 2.5, False),
        (4, ">=", 0.4, True),
        (3.9, ">=", 0.4, False),
    ],
)
def test_a_target_is_reached_on_its_own_side(
    figure: float, bound: Literal["<=", ">="], target: float, reached: bool
) -> None:
    assert row(figure, bound, target).reached is reached


def test_a_missed_target_is_shown_as_missed() -> None:
    first, second = row(25, "<=", 2.5), row(70, "<=", 2.5)
    lines = table([first, second]).splitlines()
    assert "2.50x" in lines[1]
    assert lines[1].endswith("reached")
    assert "7.00x" in lines[3]
    assert lines[3].endswith("MISSED")
