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
    "idempotency_key",
    "in_unit",
    "in_unit_text",
    "parse_credits",
    "parse_number",
    "same",
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


def parse_number(written: str) -> float | str:
    """Parse a typed number; return the text itself when it is none.

    A comma is a decimal one, and spaces may separate thousands. A text that could mean two numbers is
    none: with both a point and a comma, with several, or with three digits behind a comma.
    """
    text = SPACES.sub(" ", written).strip()
    if COMMAS.fullmatch(text):
        return written.strip()
    plain = text.replace(" ", "") if THOUSANDS.match(text) else text
    plain = plain.replace("\u2212", "-").replace(",", ".")
    if not NUMBER.fullmatch(plain):
        return written.strip()
    found = float(plain)
    return found if math.isfinite(found) else written.strip()


def usual_unit(feature: Feature, country: str | None) -> str:
    """The unit that laboratories of a country report in."""
    for unit in feature["units"]:
        if country in unit.get("countries", ()):
            return str(unit["unit"])
    return str(feature["units"][0]["unit"])


def in_unit_text(feature: Feature, canonical: float, name: str | None = None) -> str:
    """A canonical value converted to a unit, as a person would type it."""
    shown = f"{in_unit(feature, canonical, name):.{decimals(feature, name)}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


MOST_DECIMALS = 9


def as_typed(feature: Feature, value: float, name: str | None = None) -> str:
    """A canonical value in a unit with the digits that somebody typed, as far as they can be known.

    It is the shortest number that means the same value: converting leaves dust behind the digits
    that were typed, such as 97.24187000000002, and rounding to the unit's decimals could drop some.
    """
    return localized_number(shortest(in_unit(feature, value, name)))


def shortest(shown: float) -> str:
    """The shortest decimal text of a number without the dust of arithmetic; the point is a point."""
    for places in range(MOST_DECIMALS):
        if same(round(shown, places), shown):
            text = f"{shown:.{places}f}"
            return text.removeprefix("-") if float(text) == 0 else text
    return repr(float(f"{shown:.12g}"))


def credits(how_many: int) -> str:
    """A price or a balance: "1 credit", "2,000 credits"."""
    return ngettext("{n} credit", "{n} credits", how_many, n=count(how_many))


def same(one: float, other: float) -> bool:
    """Whether two numbers differ by no more than the dust of converting units."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def signed_credits(credits: int) -> str:
    """Credits that came or went: +50, −10, 0."""
    return localized_number(f"{credits:+,}".replace("-", "\N{MINUS SIGN}")) if credits else "0"


def parse_credits(written: str) -> int | str:
    """Parse whole credits, such as "1 000", "1,000", "1.000" or "50,00"; return other text as typed."""
    text = GAPS.sub("", written)
    if GROUPED.fullmatch(text):
        text = re.sub(r"[,.]", "", text)
    elif found := WITHOUT_CENTS.fullmatch(text):
        text = found[1]
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else written.strip()


def idempotency_key(attempt: str, amount: int | str) -> str:
    """The key of a top-up: the same amount twice is a double click, another amount another request.

    Text that is no amount is refused anyway, and might contain letters that no header accepts.
    """
    return attempt if isinstance(amount, str) else f"{attempt}-{amount}"
