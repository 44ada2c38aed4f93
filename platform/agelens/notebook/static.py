"""Static HTML of results and views, for front-ends without widgets."""

from __future__ import annotations

from typing import Any


class Shown:
    """Something that a notebook shows as HTML."""

    def __init__(self, html: str, plain: str) -> None:
        self._html = html
        self._plain = plain

    def __repr__(self) -> str:
        return self._plain

    def _repr_html_(self) -> str:
        return self._html


def show(shown: Any) -> Shown:
    """A result, a cohort, or what `Explorer` and `CohortView` show, as it is now and stays.

    Notebooks that are converted, printed or put on GitHub keep it.

    Raises
    ------
    TypeError
        If it is nothing that AgeLens shows.
    """
    html = getattr(shown, "_repr_html_", None)
    if html is None:
        raise TypeError(
            f"a {type(shown).__name__} cannot be shown: a result, a cohort, an Explorer"
        )
    plain = getattr(shown, "result", None) or getattr(shown, "cohort", None) or shown
    return Shown(html(), repr(plain))
