"""Pages of the shipped clocks, written before the site is built, and the table of the clocks."""

from pathlib import Path
from typing import Any

from agelens.clocks.base import Clock
from agelens.clocks.bundles import DEFAULT, SHIPPED, load_clock, read_bundle, shipped
from agelens.clocks.notes import note_of
from agelens.clocks.provenance import citation
from biomarker_reference import Written
from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
HEAD = "| name | what it is | needs | interval | credits |\n|---|---|---|---|---|"


def newest() -> dict[str, Path]:
    """The directory of the newest version of each shipped clock, the default clock first."""
    names = dict.fromkeys(directory.parent.name for directory in SHIPPED)
    found = {name: shipped(name) for name in names}
    return {name: directory for name, directory in found.items() if directory is not None}


def page_of(name: str, directory: Path) -> str:
    """The page of a clock: a note, its card, where its protocol stands, and how a paper cites it."""
    card = (directory / "card.md").relative_to(DOCS.parent)
    own = f"{name}-{'.'.join(directory.name.split('.')[:2])}"  # a version may have its own
    pages = (page for page in (own, name) if (DOCS / "protocols" / f"{page}.md").is_file())
    protocol = next(pages, "published")
    cited = citation(load_clock(read_bundle(directory)).manifest)
    note = f"## Note\n\n{note_of(name)}\n\n" if note_of(name) else ""
    return (
        f"```{{include}} ../../{card.as_posix()}\n```\n\n{note}## Protocol\n\n"
        f"[How it is trained and measured](../protocols/{protocol}.md) was decided before.\n\n"
        f"## How to cite\n\n{cited}\n\n"
        "[Cite a clock, repeat an analysis](../how-to/cite-and-repeat.md) says how a version is named.\n"
    )


def clock_table() -> str:
    """A row for each shipped clock."""
    return "\n".join([HEAD, *(_row(load_clock(read_bundle(d))) for d in newest().values())])


def _row(clock: Clock) -> str:
    manifest = clock.manifest
    default = " (default)" if manifest.name == DEFAULT else ""
    level = manifest.interval_level
    interval = "none" if level is None else f"{100 * level:g} %"
    return (
        f"| [`{manifest.name}`]({manifest.name}.md){default} | {manifest.title} | {_needs(clock)} "
        f"| {interval} | {manifest.price} |"
    )


def _needs(clock: Clock) -> str:
    features = [each for each in clock.manifest.features if each.informative]
    markers = [each for each in features if each.key != "sex"]
    needs = ["age"] if clock.manifest.needs_age else []
    needs += [each.key for each in features if each.key == "sex" and each.required]
    required = sum(each.required for each in markers)
    count = f"all {len(markers)}" if required == len(markers) else f"some of {len(markers)}"
    return ", ".join([*needs, f"{count} markers"])


class ClockTable(Written):
    """The table of the shipped clocks."""

    write = staticmethod(clock_table)


def write_pages(app: Sphinx) -> None:
    """Write the pages into the folder of the clocks; what is the same is left alone."""
    for name, directory in newest().items():
        page, text = DOCS / "clocks" / f"{name}.md", page_of(name, directory)
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive; write the pages before any page is read."""
    app.add_directive("clock-table", ClockTable)
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True}
