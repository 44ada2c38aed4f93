"""The README's example, run as it is printed there."""

from typing import Any

import pytest
from agelens.commands.stack import Stack
from documents import blocks, printed, run_python


def test_the_example_runs_and_prints_what_the_readme_says(
    service: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGELENS_URL", service.url)
    monkeypatch.delenv("AGELENS_TOKEN", raising=False)
    (example,) = blocks("README.md", "python")
    names: dict[str, Any] = {}
    assert [run_python(example, names)] == printed("README.md")
    assert names["client"].wallet.balance == 50 - 10
    names["client"].close()
