"""What is kept of a notebook's run."""

import json
from pathlib import Path

import pytest
from agelens.jobs.notebooks import EXECUTED, FAILURE, process


def test_an_executed_notebook_is_kept_byte_by_byte(tmp_path: Path) -> None:
    content = b'{"cells": [ ]}\n'
    (tmp_path / EXECUTED).write_bytes(content)
    assert process.executed(tmp_path) == content


def test_a_notebook_that_was_cut_off_while_it_was_saved_is_not_kept(tmp_path: Path) -> None:
    assert process.executed(tmp_path) is None
    (tmp_path / EXECUTED).write_bytes(b'{"cells": [')
    assert process.executed(tmp_path) is None


def test_huge_outputs_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MAX_EXECUTED_BYTES", 200)
    cells = [
        {"cell_type": "markdown", "source": "# Title"},
        {"cell_type": "code", "source": "x", "outputs": [{"text": "y" * 300}]},
    ]
    (tmp_path / EXECUTED).write_text(json.dumps({"cells": cells}))
    kept = json.loads(process.executed(tmp_path) or b"")
    assert [cell["source"] for cell in kept["cells"]] == ["# Title", "x"]
    assert kept["cells"][1]["outputs"] == []


def test_the_end_of_a_long_failure_is_told(tmp_path: Path) -> None:
    (tmp_path / FAILURE).write_text("x" * 5000 + "ValueError: the reason\n")
    told = process.failure(tmp_path)
    assert len(told) == process.LONGEST_FAILURE
    assert told.endswith("ValueError: the reason")


def test_a_process_that_said_nothing_died(tmp_path: Path) -> None:
    assert "died" in process.failure(tmp_path)
