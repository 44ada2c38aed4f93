"""Numbers as people write and read them: comma decimals, units, sensible digits.

A `feature` is an entry of a model's feature schema; canonical = value * factor + offset.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

Feature = Mapping[str, Any]
SPACES = re.compile("[\u00a0\u2009\u202f]")
THOUSANDS = re.compile(r"[-+\u2212]?\d{1,3}( \d{3})+([.,]\d*)?$", re.ASCII)
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)
# a unit up to 1.8 times as coarse gets no digit more: bilirubin 0.6 mg/dL, not 0.58
GENEROUS = 0.25


def number(written: str) -> float | str:
    """What was typed as a number, with a point or a comma; the text itself when it is none.

    A comma is a decimal one. Spaces may stand between thousands. A text with both a point and a comma,
    or with several, could mean two numbers and is none.
    """
    text = SPACES.sub(" ", written).strip()
    plain = text.replace(" ", "") if THOUSANDS.match(text) else text
    plain = plain.replace("\u2212", "-").replace(",", ".")
    if not NUMBER.fullmatch(plain):
        return written.strip()
    found = float(plain)
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
    """How many decimals are worth showing in a unit: about as precise as in the canonical one.

    A larger unit needs more: 47 g/L are 4.7 g/dL.
    """
    digits_more = math.log10(abs(unit_of(feature, name)["factor"]))
    shown = feature.get("decimals")
    return max(0, math.ceil((2 if shown is None else shown) + digits_more - GENEROUS))


def written(feature: Feature, canonical: float, name: str | None = None) -> str:
    """A canonical value in a unit, as one would type it."""
    shown = f"{in_unit(feature, canonical, name):.{decimals(feature, name)}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


def signed(credits: int) -> str:
    """Credits that came or went: +50, −10, 0."""
    return f"{credits:+,}".replace("-", "\N{MINUS SIGN}") if credits else "0"
