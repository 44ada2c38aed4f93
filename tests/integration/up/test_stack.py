"""The parts that the demo, the bench and the browser tests start for themselves."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from agelens.commands.stack import PartFailedError, Stack, throw_away_stack
from agelens.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """One without workers and web app."""
    with throw_away_stack(Settings(), workers=0) as stack:
        yield stack


def test_the_web_app_is_started_and_ended_on_its_own(stack: Stack) -> None:
    url = stack.start_web()
    assert url == stack.web_url
    assert "<html" in httpx.get(url, timeout=60).text
    stack.stop("dash")
    with pytest.raises(httpx.TransportError):
        httpx.get(url, timeout=60)
    assert httpx.get(f"{stack.url}/healthz", timeout=60).status_code == 200


def test_a_web_app_that_does_not_start_is_told_with_its_log(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "dash.py").write_text("raise SystemExit('this dash is broken')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(PartFailedError, match=r"dash did not run:\n(.*\n)*this dash is broken"):
        stack.start_web()
    stack.stop("dash")
