"""Units in the names of columns: `Albumin (g/dL)`, `Glucose, mg/dL`, `crp_mg_l`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from agelens.domain.registry import biomarkers
from agelens.domain.units import Unit, find_unit, normalized_name, unit_key

LONGEST_HEADER = 200  # characters of a name that may have a unit
_BRACKETS = {")": "(", "]": "["}
_SEPARATORS = re.compile(r"[\s_.:;|/-]+|(?=%)")
_PER = re.compile(r"[\s_.]+per[\s_.]+", re.IGNORECASE)


@dataclass(frozen=True)
class NotedName:
    """A name in two: what is measured, and a note such as its unit.

    The note is `marked` in brackets or after a comma; other names only look as if they had one.
    """

    base: str
    note: str
    marked: bool


def noted_names(name: str) -> Iterator[NotedName]:
    """The ways to take a name apart, the longest base first; marked notes before others."""
    text = name.strip()
    if not 0 < len(text) <= LONGEST_HEADER:
        return
    opening = _BRACKETS.get(text[-1])
    if opening:
        positions = [p for p, character in enumerate(text) if character == opening and p > 0]
        for position in reversed(positions):
            yield NotedName(text[:position], text[position + 1 : -1].strip(), True)
    for position in reversed([p for p, character in enumerate(text) if character == "," and p > 0]):
        yield NotedName(text[:position], text[position + 1 :].strip(), True)
    for separator in reversed(list(_SEPARATORS.finditer(text))):
        if separator.start() > 0 and (note := text[separator.end() :].strip(" _.")):
            yield NotedName(text[: separator.start()], note, False)


def noted_unit(units: Sequence[Unit], note: str) -> Unit | None:
    """The accepted unit that a note spells; where a name has no `/`, mg_dl is mg/dL."""
    if note.isdigit():  # such as the number of a visit
        return None
    note = _PER.sub("/", note)
    unit_found = find_unit(units, note)
    if unit_found is not None:
        return unit_found
    letters = normalized_name(note)
    matches = [
        unit
        for unit in units
        if letters and any(normalized_name(s) == letters for s in (unit.name, *unit.spellings))
    ]
    return matches[0] if len(matches) == 1 else None


def known_unit(note: str) -> str | None:
    """The name of the unit that a note spells, of whatever quantity."""
    return None if note.isdigit() else _known_units().get(unit_key(_PER.sub("/", note)))


@cache
def _known_units() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for biomarker in biomarkers().values():
        for unit in biomarker.units:
            names |= dict.fromkeys(unit.keys, unit.name)
    for biomarker in biomarkers().values():
        for quantity in biomarker.mistaken_for:
            names.setdefault(unit_key(quantity.unit), quantity.unit)
    names.pop("", None)
    return names
