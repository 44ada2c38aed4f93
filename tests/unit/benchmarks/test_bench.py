"""What the bench says of its figures."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import click
import numpy as np
import pytest
from agelens.commands import bench
from agelens.settings import Settings

from benchmarks import command, history, on_one_core
from benchmarks.clocks import __main__ as clocks
from benchmarks.clocks.contest import Contest
from benchmarks.clocks.kaggle_people import kaggle_contest
from benchmarks.clocks.nhanes_people import nhanes_contest
from benchmarks.clocks.turns import described, in_turns
from benchmarks.comparison import Comparison, NotMeasuredError, number, table


def row(figure: float, bound: Literal["<=", ">="], target: float) -> Comparison:
    return Comparison(
        "Something", "ms", figure, 10.0, "a no-op", bound, target, spread="200 of each"
    )


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


def test_every_row_names_what_it_is_held_against() -> None:
    assert "against a no-op; 200 of each" in table([row(25, "<=", 2.5)])


@pytest.mark.parametrize(
    ("value", "shown"), [(812345.6, "812,346"), (0.12345, "0.123"), (25, "25")]
)
def test_figures_are_shown_to_the_digits_that_count(value: float, shown: str) -> None:
    assert number(value) == shown


def test_both_sides_are_timed_in_turns_after_one_round_that_does_not_count() -> None:
    steps: list[str] = []

    ours, theirs = in_turns(lambda: steps.append("ours"), lambda: steps.append("theirs"), rounds=3)

    assert steps == ["ours", "theirs"] * 4
    assert len(ours) == len(theirs) == 3


def test_the_median_is_told_with_the_range() -> None:
    assert described([3.0, 1.0, 2.5], ".1f") == "2.5 (1.0 to 3.0)"


def tell(monkeypatch: pytest.MonkeyPatch, *lines: dict[str, object], then: str = "") -> None:
    """A process that measures nothing and says this."""
    said = "\n".join(json.dumps(line) for line in lines)
    monkeypatch.setattr(on_one_core, "COMMAND", [sys.executable, "-c", f"print({said!r}); {then}"])


def test_what_could_not_be_measured_is_told_after_the_rows_that_could(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured = row(25, "<=", 2.5)
    tell(monkeypatch, {"not_measured": "no shap"}, {"row": vars(measured)})
    rows = on_one_core.measure()

    assert next(rows) == measured
    with pytest.raises(NotMeasuredError, match="no shap"):
        next(rows)


def test_a_measuring_process_that_breaks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch, {"measuring": "something"}, then="raise SystemExit(3)")

    with pytest.raises(NotMeasuredError, match="ended with 3"):
        list(on_one_core.measure())


def test_without_the_packages_of_training_a_row_says_so() -> None:
    def measure() -> Comparison:
        raise ModuleNotFoundError("No module named 'shap'", name="shap")

    def one_by_one() -> Iterator[Comparison]:
        yield row(25, "<=", 2.5)
        yield measure()

    missing = {"not_measured": "needs agelens[train]: there is no shap"}
    assert list(clocks.lines(measure)) == [missing]
    assert list(clocks.lines(one_by_one)) == [{"row": vars(row(25, "<=", 2.5))}, missing]


def test_a_part_that_fails_leaves_the_others_measured_and_is_told_by_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(_: Settings) -> Iterator[Comparison]:
        raise NotMeasuredError("no servers")
        yield

    parts = {"service": nothing, "clocks": lambda _: iter([row(25, "<=", 2.5)])}
    monkeypatch.setattr(command, "PARTS", parts)

    assert command.run(Settings()) == 1
    shown = capsys.readouterr()
    assert "2.50x" in shown.out
    assert shown.err == "Error: service: no servers\n"
    assert command.run(Settings(), only="clocks") == 0


def test_a_recorded_run_is_one_line_with_its_commit_machine_and_ratios(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "history.jsonl"
    monkeypatch.setattr(history, "HISTORY", path)
    monkeypatch.setattr(history, "_git", lambda *words: "abc" if words[0] == "rev-parse" else "")
    monkeypatch.setattr(command, "PARTS", {"clocks": lambda _: iter([row(25, "<=", 2.5)])})

    assert command.run(Settings()) == 0
    assert not path.exists()
    for _ in range(2):
        assert command.run(Settings(), record=True) == 0
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert (
        first.keys() == second.keys() == {"date", "commit", "changed", "python", "machine", "rows"}
    )
    assert (first["commit"], first["changed"]) == ("abc", False)
    assert first["machine"]["cores"] == os.cpu_count()
    (kept,) = first["rows"]
    assert (kept["figure"], kept["baseline"], kept["ratio"]) == (25, 10, 2.5)


def test_every_line_of_the_history_can_be_compared() -> None:
    lines = [json.loads(line) for line in history.HISTORY.read_text().splitlines()]
    assert lines
    for line in lines:
        assert len(line["commit"]) == 40
        for kept in line["rows"]:
            ratio = kept["figure"] / kept["baseline"]
            assert kept["ratio"] == pytest.approx(ratio, rel=1e-3)


@pytest.mark.slow
def test_agelens_bench_runs_them_from_a_checkout_and_says_so_elsewhere(tmp_path: Path) -> None:
    assert bench.run(["--help"]) == 0
    assert bench.run(["--only", "nonsense"]) == 2
    with pytest.raises(click.ClickException, match="need the repository"):
        bench.run([], repository=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("contest_of", [kaggle_contest, nhanes_contest])
def test_clock_and_trees_are_about_as_good_and_both_add_up(
    contest_of: Callable[[], Contest],
) -> None:
    contest = contest_of()
    some = contest.sample(50)
    told, shares = contest.trees.predict_and_explain(contest.matrix(some))
    raw = contest.trees.model.predict(contest.matrix(some), raw_score=True)
    scores = contest.score(some)

    assert len(told) == 50
    total = contest.trees.explainer.expected_value + shares.sum(axis=1)
    np.testing.assert_allclose(total, raw, atol=1e-9)
    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, atol=1e-6)
    ours, theirs = (float(word) for word in contest.accuracy.split() if word[0].isdigit())
    assert ours == pytest.approx(theirs, rel=0.06)
