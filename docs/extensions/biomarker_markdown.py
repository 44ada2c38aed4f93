"""The registry of biomarkers, and what each shipped clock takes of it, as Markdown."""

from agelens.clocks.base import Manifest
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle, shipped
from agelens.domain.panel import AGE
from agelens.domain.registry import Biomarker, biomarkers

HEAD = "| key | biomarker | unit | also accepted | plausible |\n|---|---|---|---|---|"


def biomarker_tables() -> str:
    """A table for each group of biomarkers, in the order of the registry."""
    groups: dict[str, list[Biomarker]] = {}
    for entry in biomarkers().values():
        groups.setdefault(entry.group, []).append(entry)
    return "\n\n".join(
        "\n".join([f"### {group}", "", HEAD, *map(_row, entries)])
        for group, entries in groups.items()
    )


def _row(entry: Biomarker) -> str:
    if entry.kind == "choice":
        choices = ", ".join(f"`{choice}`" for choice in entry.choices)
        return f"| `{entry.key}` | {entry.label} | one of {choices} | | |"
    further = ", ".join(f"`{unit.name}`" for unit in entry.units[1:])
    low, high = entry.plausible or (None, None)
    limits = "" if low is None else f"{low:g} to {high:g}"
    return f"| `{entry.key}` | {entry.label} | `{entry.unit}` | {further} | {limits} |"


def within_person_table() -> str:
    """How every biomarker with a source varies within a person."""
    rows = ["| biomarker | within a person | source |", "|---|---|---|"]
    for entry in biomarkers().values():
        if found := entry.within_person:
            varies = (
                f"CV {found.cv:g} %" if found.cv is not None else f"SD {found.sd:g} {entry.unit}"
            )
            rows.append(f"| {entry.label} | {varies} | {found.source} |")
    return "\n".join(rows)


def clock_columns() -> str:
    """The columns that each shipped clock reads, in its newest version."""
    sections = []
    for name in dict.fromkeys(directory.parent.name for directory in SHIPPED):
        newest = shipped(name)
        if newest is not None:
            sections.append(columns_of(load_clock(read_bundle(newest)).manifest))
    return "\n\n".join(sections)


def columns_of(manifest: Manifest) -> str:
    """The columns of one clock: what every row needs, and what else it takes."""
    needed = [AGE] if manifest.needs_age else []
    needed += [each.key for each in manifest.features if each.required]
    used = [each.key for each in manifest.features if each.informative and not each.required]
    unused = [each.key for each in manifest.features if not each.informative and not each.required]
    if not manifest.needs_age:
        unused.insert(0, AGE)
    lists = (
        ("Required", needed),
        ("Read where given", used),
        ("Does not change the prediction", unused),
    )
    lines = [f"* {words}: {', '.join(f'`{key}`' for key in keys)}" for words, keys in lists if keys]
    return "\n".join([f"### {manifest.name}", "", *lines])
