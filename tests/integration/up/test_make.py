"""`make up` and the preparation of `make lab`, in a virtual environment that is made already."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Start

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


def test_ctrl_c_at_the_terminal_ends_make_up_and_leaves_no_process(
    start: Start, installed: Path
) -> None:
    up = start(command=("make", "-C", str(ROOT), "up", f"VENV={installed}")).wait_ready()
    assert up.is_ready()
    assert up.login(up.credentials() or {}) == 200
    os.killpg(up.process.pid, signal.SIGINT)  # the terminal tells make and AgeLens alike
    up.process.wait(40)
    assert up.left() == []
    assert "Installing" not in up.said()
    assert "Stopping; the data stay." in up.said()
    assert "Traceback" not in up.said()


def test_jupyterlab_beside_dash_does_not_ask_to_be_built(installed: Path) -> None:
    for program in ("python", "jupyter"):  # which would install and configure for minutes
        stand_in = installed / "bin" / program
        stand_in.write_text("#!/bin/sh\n")
        stand_in.chmod(0o755)
    subprocess.run(["make", "-C", str(ROOT), f"{installed}/.lab", f"VENV={installed}"], check=True)
    settings = installed / "share" / "jupyter" / "lab" / "settings" / "page_config.json"
    assert json.loads(settings.read_text()) == {"buildCheck": False, "buildAvailable": False}
