"""HTML snippets."""

from html import escape


def line(text: str, kind: str = "") -> str:
    """A line of plain text; `kind` is number, older, younger, problem or faint."""
    return f'<div class="agelens-{kind}">{escape(text)}</div>' if kind else _div(text)


def credits(count: int) -> str:
    """A number of credits."""
    return "1 credit" if count == 1 else f"{count:,} credits"


def _div(text: str) -> str:
    return f"<div>{escape(text)}</div>" if text else ""
