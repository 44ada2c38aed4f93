"""Amounts of credits as people type them."""

import re

GAPS = re.compile(r"[\s'’_]")
GROUPED = re.compile(r"\d{1,3}([,.]\d{3})+")
WITHOUT_CENTS = re.compile(r"(\d+)[,.]0{1,2}")


def whole(written: str) -> int | str:
    """Whole credits from "1 000", "1,000", "1.000" or "50,00"; any other text as it was typed."""
    text = GAPS.sub("", written)
    if GROUPED.fullmatch(text):
        text = re.sub(r"[,.]", "", text)
    elif found := WITHOUT_CENTS.fullmatch(text):
        text = found[1]
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else written.strip()


def idempotency_key(attempt: str, amount: int | str) -> str:
    """The same amount twice is a double click; another amount is another wish.

    What is no amount is refused anyway, and might be written in letters that no header takes.
    """
    return attempt if isinstance(amount, str) else f"{attempt}-{amount}"
