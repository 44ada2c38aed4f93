"""Links in files that pages include from elsewhere in the repository.

CONTRIBUTING.md and its like stand at the top and link from there. In a page of the site a link to a
document becomes one to its page, and a link to any other file one to a copy of it.
"""

import os
import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?![a-z][a-z0-9+.-]*:|#)([^)\s#]+)(#[^)\s]*)?\)")
# What stands at the top of the repository and has a page here.
PAGES = {
    "README.md": "index.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "LICENSE": "project/license.md",
    "SECURITY.md": "project/security.md",
    "notebooks/README.md": "how-to/notebooks.md",
}


def page_of(target: Path) -> Path:
    """The file to link to for a place in the repository: its page, where it has one."""
    if target.is_dir() and (target / "index.md").is_file():
        return target / "index.md"
    page = PAGES.get(target.relative_to(ROOT).as_posix())
    return DOCS / page if page else target


def rewritten(text: str, source: Path, page: Path) -> str:
    """The text with its links as seen from a page instead of from the file it stands in."""

    def moved(match: re.Match[str]) -> str:
        target = page_of((source.parent / match[2]).resolve())
        if target.is_dir():  # nothing to open in a browser
            return match[1]
        return f"[{match[1]}]({os.path.relpath(target, page.parent)}{match[3] or ''})"

    return LINK.sub(moved, text)


def on_include(app: Sphinx, path: Path, _parent: str, content: list[str]) -> None:
    """Rewrite the links of a file that is about to be included.

    MyST names the parent without its folder, so the page is asked of the environment.
    """
    source = (Path(app.srcdir) / path).resolve()
    if source.suffix == ".md" and not source.is_relative_to(DOCS):
        content[0] = rewritten(content[0], source, DOCS / f"{app.env.docname}.md")


def setup(app: Sphinx) -> dict[str, Any]:
    """Listen to files that are included."""
    app.connect("include-read", on_include)
    return {"parallel_read_safe": True}
