"""Numbers as reports print them: limits, flags, decimal commas."""

import re
from dataclasses import dataclass

from agelens.domain.single_answer import NotUsable

COMPARATORS = {
    "<": "<",
    "<=": "<=",
    "≤": "<=",
    ">": ">",
    ">=": ">=",
    "≥": ">=",
    "=<": "<=",
    "=>": ">=",
}
NUMBER = r"[+-]?(?:[0-9][0-9.,'\u2019]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
_LIMIT = r"(?P<limit><=|>=|=<|=>|[<>≤≥])?"
_WHOLE = re.compile(rf"{_LIMIT}\s*(?P<number>{NUMBER})")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
_GROUPS_OF_THREE = re.compile(r"[+-]?[1-9][0-9]{0,2}[,.][0-9]{3}")
_THOUSANDS_SEPARATED = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+|[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}"
    r"|[+-]?[1-9][0-9]{0,2}(?:['\u2019][0-9]{3})+(?:\.[0-9]+)?"
)
_THOUSANDS_WITH_COMMA = re.compile(
    r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+|[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}"
)
_LOOSE = re.compile(
    rf"(?<![\w.,^*/+\-])(?P<number>{NUMBER})(?![\w^*])"
    r"(?:[\s;,|]*(?P<unit>(?:[^\W\d_]|%|10\^|[×x]10)[^\s;,|()\[\]]*))?"
)
FLAG = re.compile(
    r"[*!+\-↑↓▲▼]{1,3}|(?:HH?|LL?|N|A|C|hoch|niedrig|high|low|normal|abnormal|critical)[*!]?", re.I
)


@dataclass(frozen=True)
class Number:
    """A number with the sign that makes it a limit, such as `<`, and its digits as written."""

    value: float
    comparator: str = ""
    written: str = ""


def has_decimal_commas(text: str) -> bool:
    """Whether numbers of this text have decimal commas: one that cannot separate thousands."""
    return any(
        _COMMA.fullmatch(number) and not _GROUPS_OF_THREE.fullmatch(number)
        for number in re.findall(r"(?<![\w.,])[0-9]*,[0-9]+(?![\w,.])", text)
    )


def read_number(text: str, *, commas: bool) -> Number | None:
    """A number and nothing else, maybe with a limit; None if it is none.

    Raises
    ------
    NotUsable
        If it can be read as two different numbers, such as 1,200.
    """
    match = _WHOLE.fullmatch(text.strip())
    if match is None:
        return None
    written = match["number"].rstrip(".,")
    value = _value(written, commas=commas)
    limit = COMPARATORS.get(match["limit"] or "", "")
    return None if value is None else Number(value, limit, written)


def loose_number(text: str) -> tuple[str, str]:
    """The first number of a text and the word behind it, which may be its unit; ("", "") without one."""
    match = _LOOSE.search(text)
    return (match["number"].rstrip(".,"), match["unit"] or "") if match else ("", "")


def _value(text: str, *, commas: bool) -> float | None:
    ambiguous = "." if commas else ","
    if _GROUPS_OF_THREE.fullmatch(text) and ambiguous in text:
        digits = text.replace(ambiguous, "")
        decimal = text.replace(ambiguous, ".")
        raise NotUsable(f'"{text}" can be read as {digits} or as {decimal}; write one of them')
    if _COMMA.fullmatch(text):
        return float(text.replace(",", "."))
    if _PLAIN.fullmatch(text):
        return float(text)
    if _THOUSANDS_WITH_COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    if _THOUSANDS_SEPARATED.fullmatch(text):
        return float(re.sub(r"[,'\u2019]", "", text))
    return None
