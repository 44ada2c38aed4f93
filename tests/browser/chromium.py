"""The browser of this machine, as the tests drive it."""

import os
import shutil

import pytest
from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "NO BROWSER: the web app is not tested. Install one "
    "(Debian: apt-get install --no-install-recommends chromium); looked for "
) + ", ".join(NAMES)


def path() -> str | None:
    """Where the browser is; playwright's own download is never used."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def needed_path() -> str:
    """Where the browser is; without one the tests are skipped, or fail where it is required."""
    found = path()
    if found:
        return found
    if os.environ.get("AGELENS_TEST_BROWSER") == "required":
        pytest.fail(MISSING, pytrace=False)
    pytest.skip(MISSING)


def launch(playwright: Playwright, executable: str) -> Browser:
    """Start it without a window."""
    return playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
