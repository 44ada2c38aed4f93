"""docs/first-hour.md, run as it is printed there."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from agelens.commands.stack import Stack
from documents import ROOT, blocks, printed, run_python, run_shell

PAGE = "docs/first-hour.md"
CHANGING = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"\b[0-9a-f]{32}\b", "REQUEST"),
    (r"ada-\d+@", "ada@"),
    (r"\d{4}-\d\d-\d\dT[0-9:.+]+", "TIME"),
)


def session_at(service: Stack) -> str:
    (session,) = blocks(PAGE, "bash")
    assert "http://127.0.0.1:8000/api" in session
    return session.replace("http://127.0.0.1:8000", service.url)


def masked(output: str) -> str:
    """Without what differs from run to run."""
    for pattern, name in CHANGING:
        output = re.sub(pattern, name, output)
    return output


def test_the_session_runs_and_prints_what_the_page_says(service: Stack, tmp_path: Path) -> None:
    output = run_shell(session_at(service), tmp_path)
    assert [masked(output)] == [masked(said) for said in printed(PAGE)]


def test_the_cohort_after_it_is_scored_and_comes_back(service: Stack, tmp_path: Path) -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    (cohort,) = re.findall(r"## A file of people\n.*?```sh\n(.*?)```", text, re.DOTALL)
    output = run_shell(f"{session_at(service)}\necho ==\n{cohort}", tmp_path)
    told, results = output.split("\n==\n")[1].split("\n", 1)
    assert json.loads(told)["status"] == "succeeded"
    (row,) = csv.DictReader(io.StringIO(results))
    assert float(row["prediction"]) > 0
    assert row["error"] == ""
    assert "contribution:albumin" in row


def test_the_python_runs_and_a_lower_pressure_makes_younger(
    service: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGELENS_URL", service.url)
    monkeypatch.delenv("AGELENS_TOKEN", raising=False)
    (block,) = blocks(PAGE, "python")
    names: dict[str, Any] = {}
    run_python(block, names)
    assert names["younger"].prediction < names["result"].prediction
    assert names["client"].wallet.balance == 500 - 10
    names["client"].close()
