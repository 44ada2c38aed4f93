"""Folders for retrainings, which hold people's measurements for a while."""

import subprocess
import sys
from pathlib import Path

from agelens.jobs import scratch_folder

HOLD = """
import sys, time
from pathlib import Path
from agelens.jobs import scratch_folder
with scratch_folder.folder(Path(sys.argv[1]), "held") as place:
    (place / "data.csv").write_text("1")
    print("ready", flush=True)
    time.sleep(600)
"""


def left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "retrainings").iterdir())


def test_a_folder_is_its_owners_alone_and_goes_with_its_block(tmp_path: Path) -> None:
    with scratch_folder.folder(tmp_path, "one") as place:
        assert place.stat().st_mode & 0o777 == 0o700
        (place / "data.csv").write_text("1")
    assert left(tmp_path) == []


def test_clearing_takes_what_a_killed_job_left_and_nothing_that_is_in_use(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n"
        scratch_folder.remove_abandoned(tmp_path)
        assert left(tmp_path) == ["held", "held.lock"]
        holder.kill()
    scratch_folder.remove_abandoned(tmp_path)
    assert left(tmp_path) == []


def test_clearing_a_home_without_retrainings_is_nothing(tmp_path: Path) -> None:
    scratch_folder.remove_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []
