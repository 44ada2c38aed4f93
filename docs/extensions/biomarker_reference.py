"""Sphinx directives that write the biomarker reference from the registry and the shipped clocks."""

from collections.abc import Callable
from typing import Any, ClassVar

from biomarker_markdown import biomarker_tables, clock_columns, within_person_table
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Written(SphinxDirective):
    """What a function writes, parsed where the directive stands."""

    write: ClassVar[Callable[[], str]]

    def run(self) -> list[nodes.Node]:
        """Sections of the page."""
        return self.parse_text_to_nodes(type(self).write(), allow_section_headings=True)


class Biomarkers(Written):
    """The registry, a table for each group."""

    write = staticmethod(biomarker_tables)


class ClockColumns(Written):
    """The columns of every shipped clock."""

    write = staticmethod(clock_columns)


class WithinPerson(Written):
    """Within-person variations with their sources."""

    write = staticmethod(within_person_table)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives."""
    app.add_directive("biomarkers", Biomarkers)
    app.add_directive("clock-columns", ClockColumns)
    app.add_directive("within-person", WithinPerson)
    return {"parallel_read_safe": True}
