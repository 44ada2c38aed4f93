"""The pieces that cards are made of. They take plain text and escape it; what they return is HTML."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from agelens.client.cards.wording import signed

# Each has a contrast of at least 3:1 on white and on JupyterLab's dark background.
OLDER, YOUNGER, NEUTRAL = "#e03131", "#1c7ed6", "#868e96"
LINE = "1px solid rgba(134,142,150,0.35)"
TRACK = "rgba(134,142,150,0.2)"
CARD = (
    f"border:{LINE};border-radius:8px;padding:12px 16px;margin:4px 0;max-width:720px;"
    "font-family:var(--jp-ui-font-family,system-ui,sans-serif);font-size:13px;line-height:1.5;"
    "color:var(--jp-ui-font-color1,inherit)"
)
CELL = f"padding:3px 12px 3px 0;border-bottom:{LINE};text-align:left;vertical-align:top"
NUMBER_CELL = CELL.replace("left", "right") + ";font-variant-numeric:tabular-nums"


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
    return _div("".join([heading, *filter(None, parts)]), CARD)


def line(text: str, *, large: bool = False) -> str:
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
    done = _div("", f"width:{percent};height:8px;border-radius:4px;background:{YOUNGER}")
    track = _div(done, f"height:8px;border-radius:4px;background:{TRACK};margin-top:8px")
    return f"{track}{muted(text)}"


def bars(rows: Sequence[Bar], unit: str) -> str:
    """Amounts around a middle line, the longest filling its half."""
    longest = max((abs(row.amount) for row in rows), default=0.0) or 1.0
    drawn = "".join(_bar(row, row.amount / longest, unit) for row in rows)
    return f'<table style="{_TABLE}">{drawn}</table>' if rows else ""


def table(header: Sequence[str], rows: Sequence[Sequence[str | int | float]]) -> str:
    """Rows of cells; numbers and their names stand to the right."""
    first = rows[0] if rows else header
    head = "".join(
        f'<th style="{_style(cell)};font-weight:600">{escape(name)}</th>'
        for name, cell in zip(header, first, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<table style="{_TABLE}"><tr>{head}</tr>{body}</table>'


# JupyterLab lays out tables of its pages with columns of one width
_TABLE = "table-layout:auto;border-collapse:collapse;margin-top:8px;width:100%;color:inherit;font-size:13px"


def _bar(row: Bar, share: float, unit: str) -> str:
    older = share > 0
    colour = OLDER if older else YOUNGER
    at = f"left:50%;width:{50 * share:.1f}%" if older else f"right:50%;width:{-50 * share:.1f}%"
    drawn = _div("", f"position:absolute;top:3px;height:10px;{at};background:{colour}")
    middle = _div(
        "", f"position:absolute;left:50%;top:0;height:16px;border-left:1px solid {NEUTRAL}"
    )
    chart = _div(drawn + middle, "position:relative;height:16px")
    note = f'<span style="opacity:0.75">{escape(row.note)}</span>'
    return (
        f'<tr style="background:transparent"><td style="{CELL}">{escape(row.label)}</td>'
        f'<td style="{CELL}">{note}</td><td style="{CELL};width:40%">{chart}</td>'
        f'<td style="{NUMBER_CELL}">{escape(signed(row.amount, unit))}</td></tr>'
    )


def _cell(cell: str | int | float) -> str:
    return f'<td style="{_style(cell)}">{escape(str(cell))}</td>'


def _style(cell: str | int | float) -> str:
    return CELL if isinstance(cell, str) else NUMBER_CELL


def _div(content: str, style: str) -> str:
    return f'<div style="{style}">{content}</div>' if style else f"<div>{content}</div>"
