"""What the browser tests do on a machine without a browser."""

import pytest
from browser import chromium


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium.shutil, "which", lambda _name: None)
    monkeypatch.delenv("AGELENS_TEST_BROWSER", raising=False)


def test_without_a_browser_they_are_skipped_and_say_what_to_install() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"apt-get install .* chromium"):
        chromium.needed_path()


def test_where_a_browser_is_required_a_missing_one_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AGELENS_TEST_BROWSER", "required")
    with pytest.raises(pytest.fail.Exception, match=r"apt-get install .* chromium"):
        chromium.needed_path()
