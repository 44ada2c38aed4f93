"""What a page must not do, seen while a test walks through it."""

import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    WebError,
)

CALLBACK = "/_dash-update-component"
INLINE = ("data:", "blob:", "about:")

# Dash sets the title of a page from what its routing answers (`dash.py`, an inline function of `ns`),
# and stumbles where the page is left before the answer is there
LEFT_EARLY = r"Cannot read properties of undefined \(reading 'title'\)\s+at ns\.[0-9a-f]{16}"


class Watch:
    """Collects what went wrong in a context's pages, and counts their callbacks."""

    def __init__(self, context: BrowserContext, site_url: str) -> None:
        """Whatever happens in any page of the context is seen from now on."""
        self.context = context
        self.site_url = site_url
        self.problems: list[str] = []
        self.callbacks: list[str] = []
        self._expected: list[re.Pattern[str]] = [re.compile(LEFT_EARLY)]
        self._handlers = {
            "console": self._said,
            "weberror": self._failed,
            "request": self._asked,
            "response": self._answered,
        }
        for event, handler in self._handlers.items():
            context.on(event, handler)

    def expect(self, *patterns: str) -> None:
        """Problems that this walk brings about on purpose, as regular expressions."""
        self._expected += [re.compile(pattern) for pattern in patterns]

    def unexpected(self) -> list[str]:
        """What nobody announced."""
        return [
            problem
            for problem in self.problems
            if not any(pattern.search(problem) for pattern in self._expected)
        ]

    def keep(self, folder: Path) -> list[Path]:
        """Pictures and markup of the pages as they are now."""
        kept = []
        for number, page in enumerate(self.context.pages):
            picture, markup = folder / f"page-{number}.png", folder / f"page-{number}.html"
            try:
                page.screenshot(path=picture, full_page=True, timeout=5000)
                markup.write_text(page.content(), encoding="utf-8")
                kept += [picture, markup]
            except Error:  # a page that hangs has no picture
                continue
        return kept

    def end(self) -> None:
        """Close the pages; the context may go on."""
        for page in self.context.pages:
            page.close()
        for event, handler in self._handlers.items():
            self.context.remove_listener(event, handler)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "") if message.location else ""
            self.problems.append(f"console {message.type}: {message.text} ({where})")

    def _failed(self, error: WebError) -> None:
        self.problems.append(f"page error: {error.error}")

    def _asked(self, request: Request) -> None:
        if request.url.startswith(INLINE):
            return
        if not request.url.startswith(self.site_url + "/"):
            self.problems.append(f"foreign request: {request.method} {request.url}")
        elif urlsplit(request.url).path == CALLBACK:
            self.callbacks.append(request.post_data or "")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"status {response.status}: {response.url}")


# Dash has no question open, and every figure is drawn. Asked in each frame until it has been so for
# a few of them: what arrives starts further callbacks at once, focus moves two frames later.
QUIET = """(asking) => {
    const stores = window.dash_stores || [];
    const open = (store) => {
        const {stored, completed, ...asked} = store.getState().callbacks;
        return Object.values(asked).some((callbacks) => callbacks.length);
    };
    const undrawn = [...document.querySelectorAll(".dash-graph")].filter(
        (e) => e.matches(".dash-graph--pending") || !e.querySelector(".main-svg"));
    const busy = !stores.length || stores.some(open) || !document.querySelector("h1") ||
        undrawn.some((e) => e.checkVisibility()) || document.querySelector("html.fetching");
    const before = window.quiet && window.quiet.asking === asking ? window.quiet.frames : 0;
    window.quiet = {asking, frames: busy ? 0 : before + 1};
    return window.quiet.frames > 5;
}"""


def settled(page: Page) -> None:
    """Wait until the page has its heading, every callback its answer and every figure its drawing.

    The network's silence says less: a callback may only be about to start, and a page whose
    network was silent once counts as silent for ever.
    """
    page.wait_for_function(QUIET, arg=secrets.token_hex(4))
