"""`agelens lab` in a browser: nothing in the way, the researcher's notebook runs, its explorer moves."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from agelens.client import Client
from browser.jupyter.opened import KNOWN, PATIENT, START_MS, Opened
from browser.jupyter.server import JupyterServer
from browser.running import Site, answers, wait_until
from browser.watching import Watch
from playwright.sync_api import BrowserContext, Locator, expect
from proxies import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

NOTEBOOK = Path(__file__).parents[3] / "notebooks" / "researcher_client.ipynb"
START_SECONDS = 120.0
CELLS = {"windowingMode": "none"}  # every cell is in the page, even those out of sight
# What stood in the way at any time, also what has gone again by itself.
ASKED = """(() => {
    window.asked = [];
    new MutationObserver((changes) => {
        for (const node of changes.flatMap((change) => [...change.addedNodes])) {
            if (node.matches?.(".jp-Dialog, .Toastify__toast")) window.asked.push(node.innerText);
            node.querySelectorAll?.(".jp-Dialog, .Toastify__toast").forEach(
                (one) => window.asked.push(one.innerText));
        }
    }).observe(document, {childList: true, subtree: true});
})()"""
PRESSURE_BEFORE = "150 mmHg"  # of the example person


@pytest.fixture
def lab(site: Site, tmp_path: Path) -> Iterator[JupyterServer]:
    """`agelens lab` on a fresh home, with a copy of the notebook in its folder."""
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    shutil.copy(NOTEBOOK, notebooks)
    settings = tmp_path / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps(CELLS))
    port, token, log = free_port(), secrets.token_hex(16), tmp_path / "lab.log"
    options = [f"--port={port}", "--ServerApp.port_retries=0", "--no-browser"]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "agelens.cli", "lab", *options],
            env=_environment(tmp_path, site.api_url, token),
            stdout=written,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    server = JupyterServer(f"http://localhost:{port}", token, tmp_path, log)
    try:
        wait_until(lambda: answers(f"{server.url}/api"), seconds=START_SECONDS)
        yield server
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Its kernels end with it; on a busy machine it may wait for them longer than we do."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _environment(folder: Path, api: str, token: str) -> dict[str, str]:
    """Nothing of this machine's Jupyter, and nothing that says who one is."""
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("AGELENS_", "JUPYTER"))}
    return {
        **plain,
        "AGELENS_URL": api,
        "AGELENS_HOME": str(folder / "home"),
        "AGELENS_NOTEBOOKS": str(folder / "notebooks"),
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


@pytest.fixture
def watched(context: BrowserContext, lab: JupyterServer) -> Iterator[Watch]:
    """Like `watch`, for the pages of JupyterLab."""
    seen = Watch(context, lab.url)
    seen.expect(*KNOWN)
    yield seen
    unexpected = seen.unexpected()
    seen.end()
    assert unexpected == []


def test_it_opens_on_a_notebook_that_runs_and_the_figure_of_its_explorer_follows_a_slider(
    lab: JupyterServer, watched: Watch, context: BrowserContext, site: Site
) -> None:
    page = context.new_page()
    page.add_init_script(PATIENT)
    page.add_init_script(ASKED)
    page.goto(f"{lab.url}/lab/tree/notebooks?token={lab.token}", timeout=START_MS)
    entry = page.get_by_role("listitem", name=re.compile("researcher_client.ipynb"))
    expect(entry).to_be_visible(timeout=START_MS)
    entry.dblclick()
    expect(page.locator(".jp-RenderedMarkdown").first).to_contain_text("Nobody here exists.")
    opened = Opened(page, watched, lab, f"notebooks/{NOTEBOOK.name}")
    opened.run_all()
    expect(opened.cells.filter(has_text="40 rows not scored")).to_have_count(1)
    assert page.evaluate("window.asked") == []  # by now JupyterLab has looked for a build and news

    explorer = page.locator(".agelens")
    expect(explorer.first).to_be_visible()
    wait_until(lambda: clipped(explorer.first) == [])
    explorer.get_by_role("button", name=re.compile("^Predict")).click()
    expect(explorer.get_by_text("Move any control")).to_be_visible()
    figure = explorer.locator(".js-plotly-plot")
    expect(figure).to_contain_text(PRESSURE_BEFORE)
    row = explorer.locator(".widget-hbox").filter(has_text="Systolic blood pressure")
    row.last.get_by_role("slider").first.press("PageDown")  # once: no step in between is drawn
    expect(figure).to_contain_text(f"{PRESSURE_BEFORE} → ")

    moved = rf"Systolic blood ?pressure{PRESSURE_BEFORE} → (\d+) mmHg"
    pressure = re.search(moved, str(figure.text_content()))
    assert pressure
    with Client(site.api_url, _token(lab)) as client:
        varied = client.what_if(next(client.history()).id, systolic_bp=float(pressure[1]))
    expect(figure).to_contain_text(f"Biological age {varied.prediction:.1f}")


def clipped(explorer: Locator) -> list[str]:
    """Groups of controls that are taller than the place they have; all of them scroll together."""
    found: list[str] = explorer.evaluate(
        """explorer => [...explorer.querySelectorAll(".widget-vbox .widget-vbox .widget-vbox")]
            .filter(box => box.querySelector("input") && !getComputedStyle(box).maxHeight.endsWith("px"))
            .filter(box => box.scrollHeight > box.clientHeight + 1)
            .map(box => box.innerText)"""
    )
    return found


def _token(lab: JupyterServer) -> str:
    """Of the account that `agelens lab` has made."""
    (kept,) = json.loads((lab.root / "home" / "lab.json").read_text()).values()
    return str(kept["token"])
