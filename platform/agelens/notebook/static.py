"""Results for front-ends that show no widgets: plain HTML, without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agelens.client import Result


class Shown:
    """Something that a notebook shows as HTML."""

    def __init__(self, html: str, plain: str) -> None:
        self._html = html
        self._plain = plain

    def __repr__(self) -> str:
        return self._plain

    def _repr_html_(self) -> str:
        return self._html


def show(shown: Result | Any) -> Shown:
    """A result, or whatever a widget of this package shows, as bars and a table that stay as they are.

    Notebooks that are converted, printed or put on GitHub keep it.
    """
    result = getattr(shown, "result", shown)
    return Shown(result._repr_html_(), repr(result))
