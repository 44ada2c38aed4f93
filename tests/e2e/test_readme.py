"""The README's examples, run as they are printed there."""

from typing import Any

import pytest
from agelens.commands.stack import Stack
from documents import blocks, printed, run_python


def test_the_examples_run_and_print_what_the_readme_says(
    service: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGELENS_URL", service.url)
    monkeypatch.delenv("AGELENS_TOKEN", raising=False)
    of_frame, of_service = printed("README.md")
    local, client = blocks("README.md", "python")
    assert run_python(local, {}) == of_frame
    names: dict[str, Any] = {}
    assert run_python(client, names) == of_service
    assert names["client"].wallet.balance == 50 - 10
    names["client"].close()
