"""Counters are mapped to files only once these have real blocks on the disk."""

import os
from pathlib import Path

import pytest
from agelens.web import metrics
from agelens.web.metrics import RESERVED_BYTES, CounterFiles


def sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in folder.iterdir()}


def test_files_are_filled_before_anything_is_counted(tmp_path: Path) -> None:
    files = CounterFiles(tmp_path)
    assert files.are_ready()
    ours = os.getpid()
    wanted = {f"counter_{ours}.db": RESERVED_BYTES, f"histogram_{ours}.db": RESERVED_BYTES}
    assert sizes(tmp_path) == wanted
    for path in tmp_path.iterdir():
        assert path.stat().st_blocks * 512 >= RESERVED_BYTES, "a sparse file"
    assert CounterFiles(tmp_path).are_ready()
    assert sizes(tmp_path) == wanted


def test_on_a_full_disk_nothing_is_counted_until_there_is_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "RESERVE_AGAIN_SECONDS", 0.0)
    name = tmp_path / f"counter_{os.getpid()}.db"
    name.symlink_to("/dev/full")
    files = CounterFiles(tmp_path)
    assert not files.are_ready()
    assert not files.are_ready()
    name.unlink()
    assert files.are_ready()


def test_counters_in_memory_need_no_file() -> None:
    assert CounterFiles(None).are_ready()
