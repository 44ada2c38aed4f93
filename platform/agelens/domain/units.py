"""Units of biomarkers: a small conversion table, no unit algebra.

mg/dL to mmol/L depends on the substance, so every biomarker carries its own factors.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from agelens.wire import AcceptedUnit


@dataclass(frozen=True)
class Unit:
    """One accepted unit of one biomarker: canonical = value * factor + offset.

    `countries` are where reports use it; the canonical unit, which has none, is for the others.
    """

    name: str
    factor: float = 1.0
    offset: float = 0.0
    countries: tuple[str, ...] = ()

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


def normalized_name(name: str) -> str:
    """Normalise a spelling: µmol/L, umol/L and UMOL/L become equal, as do g/cm² and g/cm2."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    return plain.replace("\N{GREEK SMALL LETTER MU}", "u").replace(" ", "")


def find_unit(units: Sequence[Unit], name: str) -> Unit | None:
    """The accepted unit that `name` spells, if any."""
    wanted = normalized_name(name)
    return next((unit for unit in units if normalized_name(unit.name) == wanted), None)


def with_unit(number: float, unit: str) -> str:
    """A number as people write it, with its unit."""
    return f"{number:.6g} {unit}".strip()
