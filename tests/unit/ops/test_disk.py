"""A disk that is full, or too small to start on, is said in words and told from one that is not."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from agelens.commands.up import disk
from agelens.commands.up.disk import DiskMonitor, DiskTooSmallError, check_space
from agelens.commands.up.home import Home
from agelens.commands.up.supervisor import Child, Supervisor
from servers import short_home


@pytest.mark.parametrize(("mebibytes", "starts"), [(100, False), (200, True)])
def test_a_new_home_needs_room_for_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mebibytes: int, starts: bool
) -> None:
    free = SimpleNamespace(free=mebibytes * disk.MEBIBYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    check_space(tmp_path, has_servers=False)
    if starts:
        check_space(tmp_path, has_servers=True)
    else:
        with pytest.raises(DiskTooSmallError, match="100 MiB of free space, AgeLens needs 128"):
            check_space(tmp_path, has_servers=True)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18")
    check_space(tmp_path, has_servers=True)


class Room:
    """Whether there is any, as `Path.write_bytes` finds it."""

    left = True

    def write(self, path: Path, content: bytes) -> int:
        if not self.left:
            raise OSError(28, os.strerror(28), str(path))
        return len(content)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room()
    monkeypatch.setattr(Path, "write_bytes", lambda path, content: room.write(path, content))
    monkeypatch.setattr(disk, "LOOK_EVERY_SECONDS", 0.0)
    return room


def test_a_monitor_tells_when_the_disk_fills_and_when_it_has_room_again(
    tmp_path: Path, room: Room
) -> None:
    monitor = DiskMonitor(tmp_path)
    assert not monitor.changed()
    room.left = False
    assert [monitor.changed() for _ in range(3)] == [True, False, False]
    assert monitor.error is not None
    room.left = True
    assert [monitor.changed() for _ in range(3)] == [True, False, False]


def test_whoever_waits_for_another_start_waits_no_longer_once_there_is_room(room: Room) -> None:
    with short_home() as folder:
        said: list[str] = []
        supervisor = Supervisor(Home(folder / "home"), said.append)

        def spawn() -> None:
            raise OSError(28, os.strerror(28))

        child = Child("worker", spawn)  # type: ignore[arg-type]  # it starts nothing
        room.left = False
        supervisor.start(child)
        child.failures = 50
        supervisor.watch()
        waits_until = child.start_again_at
        room.left = True
        supervisor.watch()
        assert child.failures == 1
        assert child.start_again_at != waits_until
        assert "cannot be written (No space left on device)" in said[1]
        assert said[2].endswith("can be written again.")
