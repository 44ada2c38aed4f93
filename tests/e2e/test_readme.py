"""The README's session, run as it is printed there."""

import csv
import io
import json
import re
import subprocess
from pathlib import Path

from agelens.commands.stack import Stack

README = Path(__file__).parents[2] / "README.md"
CHANGING = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"\b[0-9a-f]{32}\b", "REQUEST"),
    (r"ada-\d+@", "ada@"),
    (r"\d{4}-\d\d-\d\dT[0-9:.+]+", "TIME"),
)


def test_the_session_runs_and_prints_what_the_readme_says(service: Stack) -> None:
    text = README.read_text(encoding="utf-8")
    (session,) = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    printed = re.findall(r"prints\n\n```\n(.*?)```", text, re.DOTALL)
    assert "http://127.0.0.1:8000/api" in session
    session = session.replace("http://127.0.0.1:8000", service.url)
    run = subprocess.run(
        ["bash", "-eu", "-c", session], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    assert [masked(run.stdout)] == [masked(output) for output in printed]


def test_the_cohort_after_it_is_scored_and_comes_back(service: Stack, tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    (session,) = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    (cohort,) = re.findall(r"## Many people at once\n.*?```sh\n(.*?)```", text, re.DOTALL)
    session = session.replace("http://127.0.0.1:8000", service.url)
    run = subprocess.run(
        ["bash", "-eu", "-c", f"{session}\necho ==\n{cohort}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr
    told, results = run.stdout.split("\n==\n")[1].split("\n", 1)
    assert json.loads(told)["status"] == "succeeded"
    (row,) = csv.DictReader(io.StringIO(results))
    assert float(row["prediction"]) > 0
    assert row["error"] == ""
    assert "contribution:albumin" in row


def masked(output: str) -> str:
    """Without what differs from run to run."""
    for pattern, name in CHANGING:
        output = re.sub(pattern, name, output)
    return output
