"""The parts that the demo, the bench and the browser tests start for themselves."""

from pathlib import Path

import httpx
import pytest
from agelens.commands.stack import PartFailedError, throw_away_stack
from agelens.settings import Settings

pytestmark = pytest.mark.slow


def test_the_web_app_is_started_and_ended_on_its_own() -> None:
    with throw_away_stack(Settings(), workers=0) as stack:
        url = stack.start_web()
        assert url == stack.web_url
        assert "<html" in httpx.get(url, timeout=30).text
        stack.stop("dash")
        with pytest.raises(httpx.TransportError):
            httpx.get(url, timeout=5)
        assert httpx.get(f"{stack.url}/healthz").status_code == 200


def test_a_web_app_that_does_not_start_is_told_with_its_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "dash.py").write_text("raise SystemExit('this dash is broken')\n")
    with throw_away_stack(Settings(), workers=0) as stack:
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        with pytest.raises(PartFailedError, match="dash did not run:\nthis dash is broken"):
            stack.start_web()
