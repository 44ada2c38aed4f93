"""Formatting of numbers, units and values, in the language of whoever reads them."""

import textwrap
from collections.abc import Mapping
from html import escape as escape_html
from typing import Any

from agelens.languages import N_, SOURCE, _, language, localized_number, ngettext, pgettext

YEARS = "years"
POINTS = "points"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
HUGE = 100_000
NOT_MEASURED = N_("not measured")
NO_RESULTS = N_("No results to show")
# What a unit is called in the data, and how a laboratory report prints it.
PRINTED_UNITS = {
    "10^9/L": "×10⁹/L",
    "10^12/L": "×10¹²/L",
    "cells/uL": "cells/µL",
    "umol/L": "µmol/L",
    "ukat/L": "µkat/L",
    "decimal": "(decimal)",
}

Wire = Mapping[str, Any]


def amount(years: float, unit: str = YEARS) -> str:
    """A change with its sign and unit: "+2.1 years"."""
    return f"{signed(years, unit)} {printed(unit)}"


def signed(change: float, unit: str = YEARS) -> str:
    """A change with its sign; none when it rounds to zero."""
    text = number(change, unit)
    return text if change < 0 or not text.strip("0.,") else f"+{text}"


def number(quantity: float, unit: str = YEARS) -> str:
    """A prediction or a part of one: years to a tenth, other units to a hundredth."""
    if abs(quantity) >= HUGE:
        power = f"{quantity:.1e}".replace("e+0", "e").replace("e+", "e").replace("-", MINUS)
        return localized_number(power)
    text = f"{quantity:,.{1 if unit == YEARS else 2}f}"
    return localized_number(text.replace("-", MINUS if text.strip("-0.") else ""))


def whole(years: float) -> str:
    """An age as people say it: 52, or 52.4 when that is what they gave."""
    return number(years).removesuffix(localized_number(".0"))


def count(how_many: float) -> str:
    """A whole number: "2,000"."""
    return localized_number(f"{how_many:,.0f}".replace("-", MINUS))


def plain(quantity: float) -> str:
    """A number with as many decimals as it has: "52", "7.5"."""
    return localized_number(f"{quantity:g}".replace("-", MINUS))


def ordinal(place: int) -> str:
    """A place in a row: 1st, 12th, 43rd."""
    if language() != SOURCE:
        return pgettext("place in a row", "{place}.", place=place)
    teen = place // 10 % 10 == 1
    return f"{place}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def measured(quantity: float) -> str:
    """A biomarker's value: three or four digits, as a laboratory prints it."""
    if abs(quantity) >= HUGE:
        return number(quantity)
    decimals = next((d for d, limit in ((0, 1000), (1, 100), (2, 1)) if abs(quantity) >= limit), 3)
    text = f"{quantity:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return localized_number(text.replace("-", MINUS)) if text != "-0" else "0"


def value_text(contribution: Wire) -> str:
    """What was measured, with its unit: "145 mmHg"; "not measured" when nothing was."""
    value = contribution["value"]
    if value is None:
        return _(NOT_MEASURED)
    if isinstance(value, str):
        return choice(value)
    return quantity(measured(value), contribution["unit"])


def values_text(before: Wire | None, after: Wire | None) -> str:
    """What was measured before and after: "128 → 190 mmHg"; one value when it is the same."""
    first, second = (value_text(row) if row else _(NOT_MEASURED) for row in (before, after))
    if first == second:
        return first
    if (
        before
        and after
        and not isinstance(before["value"], str)
        and _(NOT_MEASURED) not in (first, second)
    ):
        first = measured(before["value"])
    return f"{first} → {second}"


def quantity(written: str, unit: str) -> str:
    """A number that is written already, with its unit; no line breaks before a "%"."""
    if written.isdecimal() and language() != SOURCE:  # words of units depend on whole numbers
        if unit == YEARS:
            return ngettext("{n} year", "{n} years", int(written), n=written)
        if unit == POINTS:
            return ngettext("{n} point", "{n} points", int(written), n=written)
    return f"{written}{NO_BREAK if unit == '%' else ' '}{printed(unit)}".rstrip()


def printed(unit: str) -> str:
    """A unit as a laboratory report prints it."""
    translated = pgettext("unit", unit) if unit else ""
    return PRINTED_UNITS.get(unit, unit) if translated == unit else translated


def unit_alone(unit: str) -> str:
    """A unit without a number before it: in some languages "years" has another form then."""
    return pgettext("unit alone", "years") if unit == YEARS else printed(unit)


def choice(value: str) -> str:
    """One of a biomarker's choices, such as "female"."""
    return pgettext("choice", value)


def direction(change: float, unit: str) -> str:
    """What a change does: "older" or "younger", "higher" or "lower" where no age is measured."""
    if not change:
        return _("no difference")
    if unit == YEARS:
        return _("older") if change > 0 else _("younger")
    return _("higher") if change > 0 else _("lower")


def share(level: float) -> str:
    """A probability as people say it: "90 %", which no line breaks."""
    return localized_number(f"{100 * level:.3g}{NO_BREAK}%")


def people(how_many: int) -> str:
    """How many: "1 person", "2,000 people"."""
    return ngettext("{n} person", "{n} people", how_many, n=count(how_many))


def escape(text: str) -> str:
    """Text for Plotly, which reads tags but would show `&quot;` as it is."""
    return escape_html(text, quote=False)


def wrapped(text: str, width: int = 44) -> str:
    """Text in lines that fit a hover label on a telephone."""
    return "<br>".join(map(escape, textwrap.wrap(text, width)))
