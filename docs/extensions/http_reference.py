"""Sphinx directives that write the HTTP reference from the service's own OpenAPI document.

`http-operations` takes a tag and lists its operations, `http-shapes` the shapes of bodies. The
document is that of an app without a database: it connects when a request needs it, and none does.
"""

from functools import cache
from typing import Any, ClassVar

from agelens.settings import Settings
from agelens.web import create_app
from docutils import nodes
from http_markdown import operation_section, operations_of, shape_section
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

NOWHERE = {"database_url": "postgresql:///none", "redis_url": "redis://127.0.0.1:1"}


@cache
def openapi_document() -> dict[str, Any]:
    """The document that a running service answers at /api/openapi.json."""
    app = create_app(Settings(**NOWHERE))
    document: dict[str, Any] = app.test_client().get("/api/openapi.json").get_json(force=True)
    return document


class Operations(SphinxDirective):
    """The operations of one tag, a section each."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Sections of the page."""
        document, tag = openapi_document(), self.arguments[0]
        found = operations_of(document, tag)
        if not found:
            raise self.error(f"the OpenAPI document has no operation with the tag {tag}")
        sections = [operation_section(document, *operation) for operation in found]
        return self.parse_text_to_nodes("\n".join(sections), allow_section_headings=True)


class Shapes(SphinxDirective):
    """The named shapes of bodies, a section each."""

    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Sections of the page."""
        shapes = openapi_document()["components"]["schemas"]
        sections = [shape_section(name, shapes[name]) for name in sorted(shapes)]
        return self.parse_text_to_nodes("\n".join(sections), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("http-operations", Operations)
    app.add_directive("http-shapes", Shapes)
    return {"parallel_read_safe": True}
