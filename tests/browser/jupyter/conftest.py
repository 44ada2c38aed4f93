"""A real JupyterLab for notebooks that use the client, against the API of the site.

    def test_something(lab, make_person):
        opened = lab(make_person(credits=100), ["import agelens.client"])     # or a notebook's path
        opened.run_all()
        expect(opened.page.get_by_text("Predict")).to_be_visible()

`lab(person, notebook, app="voila")` opens it in Voila, `"notebook"` in Notebook 7; `environment=`
adds variables for the kernel, `mark.view` sets how the page looks. The page must not have printed
anything on its console but what is known of Jupyter itself, nor have asked another host.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import nbformat
import pytest
from browser.conftest import FAILED
from browser.jupyter import server
from browser.jupyter.opened import KNOWN, START_MS, Opened
from browser.people import Person
from browser.running import Site
from browser.watching import Watch
from playwright.sync_api import BrowserContext

Lab = Callable[..., Opened]


@pytest.fixture
def lab(
    site: Site, context: BrowserContext, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Lab]:
    """Open a notebook as somebody, in a Jupyter server of the test's own."""
    opened: list[Opened] = []
    with ExitStack() as cleanup:

        def start(
            person: Person,
            notebook: Path | Sequence[str],
            *,
            app: str = "lab",
            environment: Mapping[str, str] | None = None,
        ) -> Opened:
            told = _environment(site, person) | dict(environment or {})
            started = cleanup.enter_context(server.running(tmp_path / "jupyter", told))
            watch = Watch(context, started.url)
            watch.expect(*KNOWN)
            page = context.new_page()
            opened.append(Opened(page, watch, started, _put(notebook, started.root)))
            page.goto(started.address(opened[-1].name, app), timeout=START_MS)
            return opened[-1]

        yield start
        failed = request.node.stash.get(FAILED, False)
        unexpected = [problem for each in opened for problem in _closed(each, failed, tmp_path)]
    assert unexpected == []


def _environment(site: Site, person: Person) -> dict[str, str]:
    token = person.client.tokens.create("notebook").access_token
    return {"AGELENS_URL": site.api_url, "AGELENS_TOKEN": str(token)}


def _put(notebook: Path | Sequence[str], root: Path) -> str:
    """Into the root folder: a copy, or a new notebook of these cells."""
    if isinstance(notebook, Path):
        return Path(shutil.copy(notebook, root)).name
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in notebook],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(made, root / "test.ipynb")
    return "test.ipynb"


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
