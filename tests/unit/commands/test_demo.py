"""A demo that shows something wrong says so and fails."""

import pytest
from agelens.commands.demo.printing import Checks


def test_one_thing_that_is_not_so_fails_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    checks = Checks()
    checks.expect(True, "credits are kept")
    checks.expect(False, "she paid once")
    assert checks.conclude() == 1
    shown = capsys.readouterr()
    assert "NOT SO: she paid once" in shown.out
    assert shown.err == "Error: 1 of 2 checks failed.\n"


def test_everything_as_it_should_be_passes() -> None:
    checks = Checks()
    checks.expect(True, "credits are kept")
    assert checks.conclude() == 0
