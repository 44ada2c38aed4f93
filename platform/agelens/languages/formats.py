"""Numbers and dates as the current language writes them; English needs no Babel."""

import re
from datetime import date
from functools import cache

from agelens.languages.catalogues import SOURCE, language


def localized_number(number: str, code: str = "") -> str:
    """A number that is written as in English, "1,234.5", as the current language writes it."""
    code = code or language()
    return number if code == SOURCE else number.translate(_separators(code))


def day(when: date, *, long: bool = False) -> str:
    """A day as it is written in a text: "4 May 2026"; with the whole name of the month when `long`."""
    if language() == SOURCE:
        return f"{when.day} {when:{'%B' if long else '%b'} %Y}"
    from babel.dates import format_skeleton

    skeleton = "yMMMMd" if long else "yMMMd"
    text = str(format_skeleton(skeleton, when, locale=language()))
    # Russian's "year" at the end would bring a second full stop to sentences, and says nothing
    return re.sub(r"\sг\.$", "", text).replace(" ", "\N{NO-BREAK SPACE}")


@cache
def _separators(code: str) -> dict[int, str]:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return str.maketrans({".": get_decimal_symbol(code), ",": get_group_symbol(code)})
