"""The browser of this machine, as the tests drive it."""

import os
import shutil
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright
from psutil import virtual_memory

# The first draws no window of its own and so takes less of the processor. Six empty pages: 1.5 s of it, not 4.7.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
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
    "(Debian: apt-get install --no-install-recommends chromium-headless-shell); looked for "
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


def launch(playwright: Playwright, executable: str, log: Path) -> Browser:
    """Start it without a window. Where a page crashes, what chromium says of it is printed."""
    arguments = [*ARGUMENTS, "--enable-logging", f"--log-file={log}"]
    browser = playwright.chromium.launch(executable_path=executable, args=arguments)
    told = browser.new_browser_cdp_session()
    told.on("Target.targetCrashed", lambda event: _print_crash(event, log))
    told.send("Target.setDiscoverTargets", {"discover": True})
    return browser


def _print_crash(event: dict[str, Any], log: Path) -> None:
    """The number is a signal: 6 and 11 are chromium's own faults, 7 a full disk, 9 no more memory."""
    free = {"memory": virtual_memory().available, "disk": shutil.disk_usage(gettempdir()).free}
    print(f"chromium: a page {event['status']}, {event['errorCode']}; bytes free: {free}")
    lines = log.read_text(errors="replace").splitlines()
    print("\n".join([line for line in lines if "dbus" not in line][-40:]))
