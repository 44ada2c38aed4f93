"""HTML snippets."""

from html import escape

from agelens.languages import localized_number, ngettext


def text_div(text: str, kind: str = "") -> str:
    """A line of plain text; `kind` is number, older, younger, problem or faint."""
    return f'<div class="agelens-{kind}">{escape(text)}</div>' if kind else _div(text)


def credits_text(how_many: int) -> str:
    """A number of credits."""
    return ngettext("{n} credit", "{n} credits", how_many, n=format_count(how_many))


def charged_text(how_many: int) -> str:
    """What was paid."""
    return ngettext(
        "{n} credit was charged.", "{n} credits were charged.", how_many, n=format_count(how_many)
    )


def format_count(how_many: int) -> str:
    """A whole number; charts have the same, and need Plotly."""
    return localized_number(f"{how_many:,}")


def _div(text: str) -> str:
    return f"<div>{escape(text)}</div>" if text else ""
