"""Units of biomarkers: a small conversion table, no unit algebra.

mg/dL to mmol/L depends on the substance, so every biomarker carries its own factors.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from agelens.wire import AcceptedUnit

_NO_PART_OF_UNITS = re.compile(r"\{[^}]*\}|[\s\[\]^*\u00d7]")


@dataclass(frozen=True)
class Unit:
    """One accepted unit of one biomarker: canonical = value * factor + offset.

    `countries` are where reports use it; the canonical unit, which has none, is for the others.
    `spellings` are other ways to write it: UCUM, and what reports print.
    """

    name: str
    factor: float = 1.0
    offset: float = 0.0
    countries: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> frozenset[str]:
        """Its name and its spellings, normalised."""
        return frozenset(map(unit_key, (self.name, *self.spellings)))

    def to_canonical(self, value: float) -> float:
        """The value in the biomarker's canonical unit."""
        return value * self.factor + self.offset

    def from_canonical(self, value: float) -> float:
        """The canonical value written in this unit."""
        return (value - self.offset) / self.factor

    def describe(self) -> AcceptedUnit:
        """The wire shape."""
        return {
            "unit": self.name,
            "factor": self.factor,
            "offset": self.offset,
            "countries": list(self.countries),
        }


@lru_cache(maxsize=4096)  # the registry's names are asked for with each table
def normalized_name(name: str) -> str:
    """Normalise the spelling of a name: case, spaces and punctuation do not matter.

    `%` and `#` do: laboratories tell the share (LYM%) from the count (LYM#) by them.
    """
    plain = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    plain = plain.replace("%", "percent").replace("#", "count")
    return "".join(character for character in plain if character.isalnum())


def unit_key(name: str) -> str:
    """Normalise the spelling of a unit: µmol/L and UMOL/L become equal, as do 10*9/L and x10^9/L.

    What stands in braces is an annotation of UCUM and says nothing about the unit.
    """
    plain = unicodedata.normalize("NFKC", name).casefold().replace("\N{GREEK SMALL LETTER MU}", "u")
    plain = _NO_PART_OF_UNITS.sub("", plain)
    return plain[1:] if plain.startswith("x10") else plain


def find_unit(units: Sequence[Unit], name: str) -> Unit | None:
    """The accepted unit that `name` spells, if any."""
    key = unit_key(name)
    return next((unit for unit in units if key in unit.keys), None)


def with_unit(number: float, unit: str) -> str:
    """A number as people write it, with its unit."""
    return f"{number:.6g} {unit}".strip()
