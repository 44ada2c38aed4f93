"""Parse and format numbers as people type them: decimals, units, credits."""

import math
import re

from agelens.charts import count
from agelens.client.units import Feature, canonical, decimals, in_unit, unit_of
from agelens.languages import localized_number, ngettext

__all__ = [
    "Feature",
    "as_typed",
    "canonical",
    "credits",
    "decimals",
    "in_unit",
    "in_unit_text",
    "nearly_equal",
    "parse_credits",
    "parse_number",
    "shortest",
    "signed_credits",
    "unit_of",
    "usual_unit",
]
SPACES = re.compile("[\u00a0\u2009\u202f]")
THOUSANDS = re.compile(r"[-+\u2212]?\d{1,3}( \d{3})+([.,]\d*)?$", re.ASCII)
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)

COMMAS = re.compile(r"[-+\u2212]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)

GAPS = re.compile(r"[\s'’_]")
GROUPED = re.compile(r"\d{1,3}([,.]\d{3})+")
WITHOUT_CENTS = re.compile(r"(\d+)[,.]0{1,2}")


def parse_number(typed: str) -> float | str:
    """Parse a typed number; return the text itself when it is none.

    A comma is a decimal one, and spaces may separate thousands. A text that could mean two numbers is
    none: with both a point and a comma, with several, or with three digits behind a comma.
    """
    text = SPACES.sub(" ", typed).strip()
    if COMMAS.fullmatch(text):
        return typed.strip()
    digits = text.replace(" ", "") if THOUSANDS.match(text) else text
    digits = digits.replace("\u2212", "-").replace(",", ".")
    if not NUMBER.fullmatch(digits):
        return typed.strip()
    number = float(digits)
    return number if math.isfinite(number) else typed.strip()


def usual_unit(feature: Feature, country: str | None) -> str:
    """The unit that laboratories of a country report in."""
    for unit in feature["units"]:
        if country in unit.get("countries", ()):
            return str(unit["unit"])
    return str(feature["units"][0]["unit"])


def in_unit_text(feature: Feature, canonical: float, name: str | None = None) -> str:
    """A canonical value converted to a unit, as a person would type it."""
    text = f"{in_unit(feature, canonical, name):.{decimals(feature, name)}f}"
    return text.removeprefix("-") if float(text) == 0 else text


MOST_DECIMALS = 9


def as_typed(feature: Feature, value: float, name: str | None = None) -> str:
    """A canonical value in a unit with the digits that somebody typed, as far as they can be known.

    It is the shortest number that means the same value: converting leaves dust behind the digits
    that were typed, such as 97.24187000000002, and rounding to the unit's decimals could drop some.
    """
    return localized_number(shortest(in_unit(feature, value, name)))


def shortest(number: float) -> str:
    """The shortest decimal text of a number without the dust of arithmetic; the point is a point."""
    for decimal_places in range(MOST_DECIMALS):
        if nearly_equal(round(number, decimal_places), number):
            text = f"{number:.{decimal_places}f}"
            return text.removeprefix("-") if float(text) == 0 else text
    return repr(float(f"{number:.12g}"))


def credits(how_many: int) -> str:
    """A price or a balance: "1 credit", "2,000 credits"."""
    return ngettext("{n} credit", "{n} credits", how_many, n=count(how_many))


def nearly_equal(first: float, second: float) -> bool:
    """Whether two numbers differ by no more than the dust of converting units."""
    return math.isclose(first, second, rel_tol=1e-9, abs_tol=1e-12)


def signed_credits(credits: int) -> str:
    """Credits that came or went: +50, −10, 0."""
    return localized_number(f"{credits:+,}".replace("-", "\N{MINUS SIGN}")) if credits else "0"


def parse_credits(typed: str) -> int | str:
    """Parse whole credits, such as "1 000", "1,000", "1.000" or "50,00"; return other text as typed."""
    text = GAPS.sub("", typed)
    if GROUPED.fullmatch(text):
        text = re.sub(r"[,.]", "", text)
    elif without_cents := WITHOUT_CENTS.fullmatch(text):
        text = without_cents[1]
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else typed.strip()
