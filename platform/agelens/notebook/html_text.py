"""Words as HTML, for widgets and without them."""

from html import escape


def line(words: str, kind: str = "") -> str:
    """A line of plain text; `kind` is number, older, younger, problem or faint."""
    return f'<div class="agelens-{kind}">{escape(words)}</div>' if kind else _div(words)


def credits(count: int) -> str:
    """A number of credits."""
    return "1 credit" if count == 1 else f"{count:,} credits"


def _div(words: str) -> str:
    return f"<div>{escape(words)}</div>" if words else ""
