"""A notebook that is open in the browser."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from browser.jupyter.server import JupyterServer
from browser.running import wait_until
from browser.watching import Watch
from playwright.sync_api import Locator, Page, TimeoutError, expect

START_MS = 120_000
RUN_SECONDS = 240.0
MENU_MS = 3_000
BEGUN = re.compile(r"\[(\*|\d+)\]:")
TRACEBACK = "Traceback (most recent call last)"
RAN = re.compile(r"\[\d+\]:")
# anywidget gives a widget's script two seconds to load; that of a figure has megabytes, and a busy
# machine is slower. What is given up then never shows its figure, however long one waits.
PATIENT = """(() => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (milliseconds) => timeout(Math.max(milliseconds, 120_000));
})()"""
# What JupyterLab says of itself and its extensions on a busy machine, whatever notebook is open.
KNOWN = (r"console warning: Plugin .+ (took [\d.]+ms|is taking too long) to activate",)


@dataclass(frozen=True)
class Opened:
    """A notebook in JupyterLab (or Notebook 7), and what its page did."""

    page: Page
    watch: Watch
    server: JupyterServer
    name: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.server.root / self.name

    @property
    def cells(self) -> Locator:
        """Its code cells, with what they put out."""
        return self.page.locator(".jp-Notebook .jp-CodeCell")

    def run_all(self, seconds: float = RUN_SECONDS) -> None:
        """Run > Run All Cells, and wait until that is done; a cell that fails, fails the test."""
        self.ready()
        wait_until(self._begun, START_MS / 1000)
        self.idle(seconds)

    def ready(self) -> None:
        """Wait until a kernel is there and does nothing."""
        expect(self._indicator("idle")).to_be_visible(timeout=START_MS)

    def idle(self, seconds: float = RUN_SECONDS) -> None:
        """Wait until every code cell has run and the kernel does nothing."""
        count = sum(bool(cell.source) for cell in self._code())
        prompts = self.page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text=RAN)
        failed = self.page.locator(".jp-OutputArea-output").filter(has_text=TRACEBACK)
        wait_until(lambda: failed.count() > 0 or prompts.count() == count, seconds)
        expect(self._indicator("idle")).to_be_visible(timeout=START_MS)
        assert failed.count() == 0, "\n".join(failed.all_inner_texts())

    def _begun(self) -> bool:
        """Use the menu; a page that is still arranging itself may close it again."""
        try:
            self.page.get_by_role("menuitem", name="Run", exact=True).click(timeout=MENU_MS)
            every = self.page.get_by_role("menuitem", name="Run All Cells", exact=True)
            every.click(timeout=MENU_MS)
            touched = self.page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text=BEGUN)
            touched.first.wait_for(timeout=MENU_MS)
        except TimeoutError:
            self.page.keyboard.press("Escape")
            return False
        return True

    def _indicator(self, status: str) -> Locator:
        return self.page.locator(f'.jp-Notebook-ExecutionIndicator[data-status="{status}"]')

    def _code(self) -> Sequence[nbformat.NotebookNode]:
        notebook = nbformat.read(self.path, as_version=4)
        return [cell for cell in notebook.cells if cell.cell_type == "code"]
