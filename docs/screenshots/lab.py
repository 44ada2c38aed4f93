"""The picture of the explorer: a JupyterLab of its own, in which somebody moves a slider."""

import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from agelens.commands.lab.command import QUIET
from playwright.sync_api import Error, Page

CELL = """\
from agelens.client import Client
from agelens.notebook import Explorer

Explorer(Client(), model="mortality-age")"""
PORT = 8899
START_MS = 60_000
STEPS = 12
SIZE = {"width": 1280, "height": 1180}
BEGUN = re.compile(r"\[(\*|1)\]")


@contextmanager
def jupyter(url: str, token: str) -> Iterator[str]:
    """A server whose kernels know the service; the address of a notebook with an explorer."""
    with TemporaryDirectory() as folder:
        made = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(CELL)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(made, Path(folder) / "explorer.ipynb")
        key = secrets.token_hex(16)
        options = (
            f"--ServerApp.port={PORT}", "--ServerApp.port_retries=0", "--ServerApp.allow_root=True",
            f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={key}",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        )  # fmt: skip
        kept = {
            f"JUPYTER_{name}_DIR": f"{folder}/.{name}" for name in ("CONFIG", "DATA", "RUNTIME")
        }
        kept |= {
            f"JUPYTERLAB_{name}_DIR": f"{folder}/.{name}" for name in ("SETTINGS", "WORKSPACES")
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", *options],
            env=os.environ
            | kept
            | {"JUPYTER_CONFIG_PATH": str(QUIET)}
            | {"AGELENS_URL": url, "AGELENS_TOKEN": token},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield f"http://127.0.0.1:{PORT}/lab/tree/explorer.ipynb?token={key}"
        finally:
            process.terminate()
            process.wait()


def explore(page: Page, address: str, picture: Path) -> None:
    """Open the notebook, run it, pay for one prediction, and move a slider."""
    page.set_viewport_size(SIZE)
    until = time.monotonic() + START_MS / 1000
    while not _opens(page, address):
        if time.monotonic() > until:
            sys.exit("JupyterLab did not start")
        time.sleep(1)
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for(timeout=START_MS)
    page.locator(".jp-CodeCell .cm-content").first.click()
    while page.locator(".jp-InputPrompt", has_text=BEGUN).count() == 0:
        page.keyboard.press("Shift+Enter")  # a page that is still arranging itself may miss it
        page.wait_for_timeout(1000)
    page.get_by_role("button", name="Predict").click(timeout=START_MS)
    page.get_by_text("what the clock would say costs nothing").wait_for(timeout=START_MS)
    slider = page.get_by_role("slider", name="Systolic blood pressure")
    slider.focus()
    for _ in range(STEPS):
        page.keyboard.press("ArrowLeft")
    page.get_by_text(re.compile(r"was \d")).first.wait_for()
    page.get_by_role("tab", name=re.compile("File Browser")).click()  # folds it away
    page.locator(".jp-CodeCell").first.evaluate("cell => cell.scrollIntoView()")
    page.wait_for_timeout(2000)  # the figure takes the room that there is now
    page.screenshot(path=picture)


def _opens(page: Page, address: str) -> bool:
    try:
        page.goto(address)
    except Error:  # nobody listens yet
        return False
    return True
