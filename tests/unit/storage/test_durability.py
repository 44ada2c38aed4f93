"""What the database counts is on the disk: a power cut takes no results that were paid for."""

import os
from pathlib import Path

import pytest
from agelens.storage.files import Files


def test_a_file_and_its_folders_are_on_the_disk_when_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content before the name, then every folder that has a new entry."""
    done: list[object] = []
    sync, rename = os.fsync, os.replace

    def note_sync(descriptor: int) -> None:
        done.append(os.fstat(descriptor).st_ino)
        sync(descriptor)

    def note_rename(source: str, target: str) -> None:
        done.append("renamed")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "replace", note_rename)
    Files(str(tmp_path)).write_bytes("cohorts/one/0", b"paid for")
    cohorts = tmp_path / "cohorts"
    written = [cohorts / "one" / "0", cohorts / "one", cohorts, tmp_path]
    file, *folders = (path.stat().st_ino for path in written)
    assert done == [file, "renamed", *folders]
