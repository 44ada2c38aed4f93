"""Fail the build where a page would load anything from another host: the site opens from a disk.

Links are fine, a reader decides to follow them; scripts, styles, fonts and pictures are not.
"""

from pathlib import Path
from typing import Any

from other_hosts import loads_of_site
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError


def check(app: Sphinx, error: Exception | None) -> None:
    """Refuse a site that needs another host."""
    if error is None and app.builder.format == "html":
        found = loads_of_site(Path(app.outdir))
        if found:
            raise ExtensionError("loaded from other hosts: " + "; ".join(found))


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at the pages once they are written."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True}
