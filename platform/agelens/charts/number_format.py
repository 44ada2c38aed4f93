"""Formatting of numbers, units and values."""

import textwrap
from collections.abc import Mapping
from html import escape as escape_html
from typing import Any

YEARS = "years"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
HUGE = 100_000
NOT_MEASURED = "not measured"
NOBODY = "No results to show"
# What a unit is called in the data, and how a laboratory report prints it.
PRINTED = {
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
    return f"{signed(years, unit)} {unit}"


def signed(change: float, unit: str = YEARS) -> str:
    """A change with its sign; none when it rounds to zero."""
    text = number(change, unit)
    return text if change < 0 or not text.strip("0.") else f"+{text}"


def number(quantity: float, unit: str = YEARS) -> str:
    """A prediction or a part of one: years to a tenth, other units to a hundredth."""
    if abs(quantity) >= HUGE:
        return f"{quantity:.1e}".replace("e+0", "e").replace("e+", "e").replace("-", MINUS)
    text = f"{quantity:,.{1 if unit == YEARS else 2}f}"
    return text.replace("-", MINUS if text.strip("-0.") else "")


def whole(years: float) -> str:
    """An age as people say it: 52, or 52.4 when that is what they gave."""
    return number(years).removesuffix(".0")


def ordinal(place: int) -> str:
    """A place in a row: 1st, 12th, 43rd."""
    teen = place // 10 % 10 == 1
    return f"{place}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"


def measured(quantity: float) -> str:
    """A biomarker's value: three or four digits, as a laboratory prints it."""
    if abs(quantity) >= HUGE:
        return number(quantity)
    places = next((p for p, limit in ((0, 1000), (1, 100), (2, 1)) if abs(quantity) >= limit), 3)
    text = f"{quantity:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS) if text != "-0" else "0"


def value_text(contribution: Wire) -> str:
    """What was measured, with its unit: "145 mmHg"; "not measured" when nothing was."""
    value = contribution["value"]
    if value is None:
        return NOT_MEASURED
    if isinstance(value, str):
        return value
    return quantity(measured(value), contribution["unit"])


def values_text(was: Wire | None, now: Wire | None) -> str:
    """What was measured before and after: "128 → 190 mmHg"; one value when it is the same."""
    first, second = (value_text(row) if row else NOT_MEASURED for row in (was, now))
    if first == second:
        return first
    if was and now and not isinstance(was["value"], str) and NOT_MEASURED not in (first, second):
        first = measured(was["value"])
    return f"{first} → {second}"


def quantity(written: str, unit: str) -> str:
    """A number that is written already, with its unit; no line breaks before a "%"."""
    return f"{written}{NO_BREAK if unit == '%' else ' '}{printed(unit)}".rstrip()


def printed(unit: str) -> str:
    """A unit as a laboratory report prints it."""
    return PRINTED.get(unit, unit)


def direction(change: float, unit: str) -> str:
    """What a change does: "older" or "younger", "higher" or "lower" where no age is measured."""
    older, younger = ("older", "younger") if unit == YEARS else ("higher", "lower")
    return older if change > 0 else younger if change < 0 else "no difference"


def share(level: float) -> str:
    """A probability as people say it: "90 %", which no line breaks."""
    return f"{100 * level:.3g}{NO_BREAK}%"


def people(count: int) -> str:
    """How many: "1 person", "2,000 people"."""
    return "1 person" if count == 1 else f"{count:,} people"


def escape(text: str) -> str:
    """Text for Plotly, which reads tags but would show `&quot;` as it is."""
    return escape_html(text, quote=False)


def wrapped(text: str, width: int = 44) -> str:
    """Text in lines that fit a hover label on a telephone."""
    return "<br>".join(map(escape, textwrap.wrap(text, width)))
