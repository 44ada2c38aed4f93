"""A real JupyterLab for notebooks that use the client, against the API of the site.

    def test_something(lab, make_person):
        opened = lab(make_person(credits=100), ["import agelens.client"])     # or a notebook's path
        opened.run_all()
        expect(opened.page.get_by_text("Predict")).to_be_visible()

`lab(person, notebook, app="voila")` opens it in Voila, `"notebook"` in Notebook 7; `mark.view` sets
how the page looks. One server serves all tests; each notebook has a kernel that acts as its person.
The page must not have printed anything on its console but what is known of Jupyter itself, nor have
asked another host.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import nbformat
import pytest
from browser.conftest import FAILED
from browser.jupyter import server
from browser.jupyter.opened import KNOWN, PATIENT, START_MS, Opened
from browser.people import Person
from browser.running import Site
from browser.watching import Watch
from playwright.sync_api import BrowserContext

Lab = Callable[..., Opened]


@pytest.fixture(scope="session")
def jupyter(
    browser_path: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[server.JupyterServer]:
    """One server for all notebooks."""
    with server.running(tmp_path_factory.mktemp("jupyter")) as started:
        yield started


@pytest.fixture
def lab(
    site: Site,
    jupyter: server.JupyterServer,
    context: BrowserContext,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Lab]:
    """Open a notebook as somebody; when the test is over its kernel ends."""
    opened: list[Opened] = []
    context.add_init_script(PATIENT)

    def start(person: Person, notebook: Path | Sequence[str], *, app: str = "lab") -> Opened:
        kernel = f"test-{secrets.token_hex(4)}"
        jupyter.add_kernel(kernel, _environment(site, person))
        watch = Watch(context, jupyter.url)
        watch.expect(*KNOWN)
        name = _put(notebook, jupyter.root, kernel)
        opened.append(Opened(context.new_page(), watch, jupyter, name))
        opened[-1].page.goto(jupyter.address(name, app), timeout=START_MS)
        return opened[-1]

    yield start
    failed = request.node.stash.get(FAILED, False)
    unexpected = [problem for each in opened for problem in _closed(each, failed, tmp_path)]
    jupyter.end_kernels()
    assert unexpected == []


def _environment(site: Site, person: Person) -> dict[str, str]:
    token = person.client.tokens.create("notebook").access_token
    return {"AGELENS_URL": site.api_url, "AGELENS_TOKEN": str(token)}


def _put(notebook: Path | Sequence[str], root: Path, kernel: str) -> str:
    """Into the root folder, to run in that kernel: a copy, or a new notebook of these cells."""
    if isinstance(notebook, Path):
        made = nbformat.read(notebook, as_version=4)
    else:
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in notebook])
    made.metadata["kernelspec"] = {"name": kernel, "display_name": kernel}
    nbformat.write(made, root / f"{kernel}.ipynb")
    return f"{kernel}.ipynb"


def _closed(opened: Opened, failed: bool, folder: Path) -> list[str]:
    """What its page did that nobody announced; after a failure its picture is kept."""
    unexpected = opened.watch.unexpected()
    if unexpected or failed:
        for path in opened.watch.keep(folder):
            print(f"kept {path}")
        print("\n".join(opened.watch.problems))
        print(opened.server.log.read_text(encoding="utf-8")[-4000:])
    opened.watch.end()
    return unexpected
