"""`make up` and `make lab`, in a virtual environment that is made already."""

import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from .conftest import PATIENCE_SECONDS, Start

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """What make takes for its finished virtual environment: stamps, and `agelens` of this Python."""
    program = tmp_path / "bin" / "agelens"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m agelens.cli "$@"\n')
    program.chmod(0o755)
    for stamp in (".made", ".run"):
        (tmp_path / stamp).touch()
    return tmp_path


def test_make_lab_works_on_what_make_up_started_and_ctrl_c_leaves_no_process(
    start: Start, installed: Path
) -> None:
    up = start(command=("make", "-C", str(ROOT), "up", f"VENV={installed}")).wait_ready()
    assert up.is_ready()
    assert up.login(up.credentials() or {}) == 200
    (installed / ".lab").touch()
    done = subprocess.run(
        ["make", "-C", str(ROOT), "lab", f"VENV={installed}", "LAB=--version"],
        env={**os.environ, "AGELENS_HOME": str(up.home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    assert f"The notebooks work on {up.url} as researcher-" in done.stdout
    assert version("jupyterlab") in done.stdout

    os.killpg(up.process.pid, signal.SIGINT)  # the terminal tells make and AgeLens alike
    up.process.wait(PATIENCE_SECONDS)
    assert up.left() == []
    assert "Installing" not in up.said()
    assert "Stopping; the data stay." in up.said()
    assert "Traceback" not in up.said()
