"""Numbers as people write and read them: comma decimals, units, sensible digits."""

import math
import re

from agelens.client.units import Feature, canonical, decimals, in_unit, unit_of

__all__ = [
    "Feature",
    "canonical",
    "decimals",
    "in_unit",
    "number",
    "signed",
    "unit_of",
    "usual_unit",
    "written",
]
SPACES = re.compile("[\u00a0\u2009\u202f]")
THOUSANDS = re.compile(r"[-+\u2212]?\d{1,3}( \d{3})+([.,]\d*)?$", re.ASCII)
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)


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


def usual_unit(feature: Feature, country: str | None) -> str:
    """The unit on a laboratory report of that country."""
    for unit in feature["units"]:
        if country in unit.get("countries", ()):
            return str(unit["unit"])
    return str(feature["units"][0]["unit"])


def written(feature: Feature, canonical: float, name: str | None = None) -> str:
    """A canonical value in a unit, as one would type it."""
    shown = f"{in_unit(feature, canonical, name):.{decimals(feature, name)}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


def signed(credits: int) -> str:
    """Credits that came or went: +50, −10, 0."""
    return f"{credits:+,}".replace("-", "\N{MINUS SIGN}") if credits else "0"
