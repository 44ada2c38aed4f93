"""Docstrings as numpydoc reads them: our section "Source", the paper, is its "References"."""

from typing import Any

from sphinx.application import Sphinx

BEFORE_NUMPYDOC = 400


def name_references(
    _app: Sphinx, _what: str, _name: str, _subject: object, _options: object, lines: list[str]
) -> None:
    """Rename the section, underline included."""
    for number, line in enumerate(lines[:-1]):
        underline = lines[number + 1].strip()
        if line.strip() == "Source" and underline and set(underline) == {"-"}:
            lines[number : number + 2] = ["References", "----------"]


def setup(app: Sphinx) -> dict[str, Any]:
    """Listen before numpydoc does."""
    app.connect("autodoc-process-docstring", name_references, priority=BEFORE_NUMPYDOC)
    return {"parallel_read_safe": True}
