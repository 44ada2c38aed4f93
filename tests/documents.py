"""Code blocks of the documents, run as they are printed there."""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from agelens.settings import Settings

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent
PRINTED = r"prints\n\n```\n(.*?)```"


def blocks(document: str, language: str) -> list[str]:
    """The code blocks of a document in a language, in their order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def printed(document: str) -> list[str]:
    """What the document says that its blocks print, in their order."""
    return re.findall(PRINTED, (ROOT / document).read_text(encoding="utf-8"), re.DOTALL)


def run_python(code: str, names: dict[str, Any]) -> str:
    """Run a block after the ones before it, which left `names`; what it prints."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code, "<a document>", "exec"), names)  # noqa: S102  (it is our own text)
    return output.getvalue()


def run_shell(code: str, folder: Path, settings: Settings | None = None) -> str:
    """Run a block with the programs of this Python for `.venv/bin`; what it prints, errors too."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AGELENS_")}
    if settings is not None:
        environment |= {
            "DATABASE_URL": str(settings.database_url),
            "REDIS_URL": str(settings.redis_url),
            "AGELENS_HOME": str(settings.home),
        }
    run = subprocess.run(
        ["bash", "-eu", "-c", code.replace(".venv/bin", str(PROGRAMS))],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
        env=environment,
    )
    assert run.returncode == 0, run.stdout
    return run.stdout
