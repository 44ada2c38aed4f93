"""Start, watch and stop the process that runs a notebook."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from agelens.jobs.notebooks import EXECUTED, FAILURE, JUPYTER, PARAMETERS, SOURCE
from agelens.settings import without_ours

MAX_EXECUTED_BYTES = 64 * 1024 * 1024
LONGEST_FAILURE = 2000


@contextmanager
def running(
    folder: Path, notebook: Path, parameters: Mapping[str, object]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs a copy of the notebook in this folder; killed when the block is left."""
    shutil.copyfile(notebook, folder / SOURCE)
    (folder / PARAMETERS).write_text(json.dumps(parameters))
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "agelens.jobs.notebooks.run", str(os.getpid())],
        cwd=folder,
        env=without_ours(**_places(folder / JUPYTER)),
        stdin=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _places(folder: Path) -> dict[str, str]:
    """Where Jupyter keeps things: nothing of the person whose account this runs in is used."""
    names = ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    return {name: str(folder / name.lower()) for name in names} | {"JUPYTER_PATH": str(folder)}


def failure(folder: Path) -> str:
    """Why the notebook failed; the process may have died before it could say so."""
    failure_file = folder / FAILURE
    message = failure_file.read_text(errors="replace").strip() if failure_file.exists() else ""
    return message[-LONGEST_FAILURE:] or "The process that ran the notebook died."


def executed(folder: Path) -> bytes | None:
    """The notebook as far as it ran; without its outputs if they are huge, None if there is none."""
    try:
        content = (folder / EXECUTED).read_bytes()
        document = json.loads(content)
    except (OSError, ValueError):  # killed before, or while, it was saved
        return None
    if len(content) <= MAX_EXECUTED_BYTES:
        return content
    for cell in document["cells"]:
        if "outputs" in cell:
            cell["outputs"] = []
    return json.dumps(document).encode()
