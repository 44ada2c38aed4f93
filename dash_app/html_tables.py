"""Responsive tables: each row becomes a card on a phone (assets/tables.css)."""

from collections.abc import Iterable, Sequence
from typing import Any

from agelens.languages import _
from dash import html

from dash_app.content import Component, Content


def table(
    columns: Sequence[str], rows: Iterable[Component], *, caption: str, **more: object
) -> Component:
    """A table; its caption is for those who do not see what stands above it.

    `body_id` names what further rows are appended to. A column without a name has buttons. Columns are
    marked with N_ and translated here.
    """
    body = {"id": more.pop("body_id")} if "body_id" in more else {}
    classes = f"cards-table {more.pop('className', '')}".strip()
    return html.Table(
        [
            html.Caption(caption, className="unseen"),
            html.Thead(html.Tr([html.Th(_heading(name), scope="col") for name in columns])),
            html.Tbody(list(rows), **body),
        ],
        className=classes,
        **more,
    )


def _heading(name: str) -> Content:
    return _(name) if name else html.Span(_("Actions"), className="unseen")


def row(columns: Sequence[str], cells: Sequence[Content], **more: Any) -> Component:
    """A row; on a phone each cell says which column it is of."""
    return html.Tr(
        [
            html.Td(html.Div(cell), **({"data-label": _(name)} if name else {}))
            for name, cell in zip(columns, cells, strict=True)
        ],
        **more,
    )
