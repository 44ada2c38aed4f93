"""The pieces that cards are made of. They take plain text and escape it; what they return is HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from agelens.client.cards.number_format import signed

# Each has a contrast of at least 3:1 on white and on JupyterLab's dark background.
OLDER, YOUNGER, NEUTRAL = "#e03131", "#1c7ed6", "#868e96"
BORDER = "1px solid rgba(134,142,150,0.35)"
TRACK_COLOUR = "rgba(134,142,150,0.2)"
CARD_STYLE = (
    f"border:{BORDER};border-radius:8px;padding:12px 16px;margin:4px 0;max-width:720px;"
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;line-height:1.5;"
    "color:var(--jp-ui-font-color1,inherit)"
)
CELL_STYLE = f"padding:3px 12px 3px 0;border-bottom:{BORDER};text-align:left;vertical-align:top"
NUMBER_CELL_STYLE = CELL_STYLE.replace("left", "right") + ";font-variant-numeric:tabular-nums"


@dataclass(frozen=True)
class Bar:
    """A labelled amount that points to the right when it is positive."""

    label: str
    note: str
    amount: float


def card(title: str, *parts: str, aside: str = "") -> str:
    """A box with a heading; empty parts are left out."""
    beside = f' <span style="font-weight:normal;opacity:0.75">{escape(aside)}</span>'
    heading = _div(f"{escape(title)}{beside if aside else ''}", "font-size:15px;font-weight:600")
    return _div("".join([heading, *filter(None, parts)]), CARD_STYLE)


def text_div(text: str, *, large: bool = False) -> str:
    """A line of text."""
    return _div(escape(text), "font-size:22px;font-weight:600" if large else "")


def muted(text: str) -> str:
    """A line of text that matters less."""
    return _div(escape(text), "opacity:0.75") if text else ""


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """What is known, by name."""
    cells = (
        f'<span style="opacity:0.75">{escape(name)}</span><span>{escape(value)}</span>'
        for name, value in pairs
        if value
    )
    style = "display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin-top:6px"
    return _div("".join(cells), style)


def progress(share: float, text: str) -> str:
    """How far something is, 0 to 1."""
    percent = f"{100 * min(max(share, 0.0), 1.0):.1f}%"
    bar = _div("", f"width:{percent};height:8px;border-radius:4px;background:{YOUNGER}")
    track = _div(bar, f"height:8px;border-radius:4px;background:{TRACK_COLOUR};margin-top:8px")
    return f"{track}{muted(text)}"


def bars(rows: Sequence[Bar], unit: str) -> str:
    """Amounts around a middle line, the longest filling its half."""
    longest = max((abs(row.amount) for row in rows), default=0.0) or 1.0
    rows_html = "".join(_bar(row, row.amount / longest, unit) for row in rows)
    return f'<table style="{_TABLE_STYLE}">{rows_html}</table>' if rows else ""


def table(header: Sequence[str], rows: Sequence[Sequence[str | int | float]]) -> str:
    """Rows of cells; numbers and their names stand to the right."""
    first_row = rows[0] if rows else header
    head = "".join(
        f'<th style="{_cell_style(cell)};font-weight:600">{escape(name)}</th>'
        for name, cell in zip(header, first_row, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<table style="{_TABLE_STYLE}"><tr>{head}</tr>{body}</table>'


# JupyterLab lays out tables of its pages with columns of one width
_TABLE_STYLE = "table-layout:auto;border-collapse:collapse;margin-top:8px;width:100%;color:inherit;font-size:13px"


def _bar(row: Bar, share: float, unit: str) -> str:
    older = share > 0
    colour = OLDER if older else YOUNGER
    position = (
        f"left:50%;width:{50 * share:.1f}%" if older else f"right:50%;width:{-50 * share:.1f}%"
    )
    bar = _div("", f"position:absolute;top:3px;height:10px;{position};background:{colour}")
    middle = _div(
        "", f"position:absolute;left:50%;top:0;height:16px;border-left:1px solid {NEUTRAL}"
    )
    chart = _div(bar + middle, "position:relative;height:16px")
    note = f'<span style="opacity:0.75">{escape(row.note)}</span>'
    return (
        f'<tr style="background:transparent"><td style="{CELL_STYLE}">{escape(row.label)}</td>'
        f'<td style="{CELL_STYLE}">{note}</td><td style="{CELL_STYLE};width:40%">{chart}</td>'
        f'<td style="{NUMBER_CELL_STYLE}">{escape(signed(row.amount, unit))}</td></tr>'
    )


def _cell(cell: str | int | float) -> str:
    return f'<td style="{_cell_style(cell)}">{escape(str(cell))}</td>'


def _cell_style(cell: str | int | float) -> str:
    return CELL_STYLE if isinstance(cell, str) else NUMBER_CELL_STYLE


def _div(content: str, style: str) -> str:
    return f'<div style="{style}">{content}</div>' if style else f"<div>{content}</div>"
