"""Numbers as people write and read them: comma decimals, units, sensible digits.

A `feature` is an entry of a model's feature schema; canonical = value * factor + offset.
"""

import math
from collections.abc import Mapping
from typing import Any

Feature = Mapping[str, Any]


def number(written: str) -> float | str:
    """What was typed as a number, with a point or a comma; the text itself when it is none."""
    text = written.strip().replace(" ", "").replace("\u00a0", "").replace("\u2212", "-")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        found = float(text)
    except ValueError:
        return written.strip()
    return found if math.isfinite(found) else written.strip()


def unit_of(feature: Feature, name: str | None) -> Mapping[str, Any]:
    """An accepted unit by its name; the canonical one when it is not given or not known."""
    units: list[Mapping[str, Any]] = feature["units"]
    return next((unit for unit in units if unit["unit"] == name), units[0])


def in_unit(feature: Feature, canonical: float, name: str | None) -> float:
    """A canonical value in one of the accepted units."""
    unit = unit_of(feature, name)
    return float((canonical - unit.get("offset", 0)) / unit["factor"])


def canonical(feature: Feature, value: float, name: str | None) -> float:
    """A value in one of the accepted units as the clocks compute with it."""
    unit = unit_of(feature, name)
    return float(value * unit["factor"] + unit.get("offset", 0))


def usual_unit(feature: Feature, country: str | None) -> str:
    """The unit on a laboratory report of that country."""
    for unit in feature["units"]:
        if country in unit.get("countries", ()):
            return str(unit["unit"])
    return str(feature["units"][0]["unit"])


def decimals(feature: Feature, name: str | None) -> int:
    """How many decimals are worth showing in a unit: as precise as in the canonical one."""
    steps = math.log10(abs(unit_of(feature, name)["factor"]))
    return max(0, round(feature.get("decimals", 2) + steps))


def text(feature: Feature, canonical: float | str | None, name: str | None = None) -> str:
    """A canonical value with its unit, for reading; a choice as its word."""
    if canonical is None:
        return "not measured"
    if isinstance(canonical, str):
        return canonical
    unit = unit_of(feature, name)["unit"]
    shown = f"{in_unit(feature, canonical, name):.{decimals(feature, name)}f}"
    return f"{shown.replace('-', chr(0x2212))} {unit}".strip()
