"""Fail the build where a page would load anything from another host: the site opens from a disk.

Links are fine, a reader decides to follow them; scripts, styles, fonts and pictures are not.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the tests of what is found need no Sphinx
    from sphinx.application import Sphinx

ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
LOADED = re.compile(r"(?:@import|url\()\s*[\"']?((?:https?:)?//[^\"')\s]+)", re.IGNORECASE)
LOADING = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
LOADING_LINKS = {"stylesheet", "preload", "modulepreload", "icon", "manifest", "preconnect"}


class Loads(HTMLParser):
    """Collects what a page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the addresses that this element loads by itself."""
        given = {name: value or "" for name, value in attrs}
        names = LOADING.get(tag, ())
        if tag == "link" and LOADING_LINKS & {*given.get("rel", "").lower().split()}:
            names = ("href",)
        self.found += [given[name] for name in names if ELSEWHERE.match(given.get(name, ""))]
        self.found += LOADED.findall(given.get("style", ""))


def loads_of_page(html: str) -> list[str]:
    """What a page loads from another host."""
    parser = Loads()
    parser.feed(html)
    styles = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL | re.IGNORECASE)
    return parser.found + [load for style in styles for load in LOADED.findall(style)]


def loads_of_site(folder: Path) -> list[str]:
    """The same of every page and style sheet of a built site, with the file's name."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".css"):
            text = path.read_text(encoding="utf-8")
            loads = loads_of_page(text) if path.suffix == ".html" else LOADED.findall(text)
            found += [f"{path.relative_to(folder)}: {load}" for load in loads]
    return found


def check(app: "Sphinx", error: Exception | None) -> None:
    """Refuse a site that needs another host."""
    from sphinx.errors import ExtensionError

    if error is None and app.builder.format == "html":
        found = loads_of_site(Path(app.outdir))
        if found:
            raise ExtensionError("loaded from other hosts: " + "; ".join(found))


def setup(app: "Sphinx") -> dict[str, Any]:
    """Look at the pages once they are written."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True}
