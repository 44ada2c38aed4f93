"""Cards: what objects of the client look like in a notebook, as HTML.

`HtmlCard` is the mixin of what has one. The modules beside it register the cards of their kinds with
`card_html`, so that those kinds need not know how they are drawn.
"""

from functools import lru_cache, singledispatch
from importlib import import_module

from agelens.client.errors import ClientError

_CARD_MODULES = ("assessments", "cohorts", "comparisons", "models", "pages", "results")


@singledispatch
def card_html(item: object) -> str:
    """The card of an object, by its kind."""
    raise TypeError(f"no card is registered for a {type(item).__name__}")


class HtmlCard:
    """Mixin: shown in a notebook as the card of its kind."""

    def _repr_html_(self) -> str:
        _load_cards()
        return card_html(self)


class LiveHtmlCard:
    """Mixin of what asks the service when it is shown; without an answer it is shown as plain text."""

    def _repr_html_(self) -> str | None:
        _load_cards()
        try:
            return card_html(self)
        except ClientError:
            return None


@lru_cache
def _load_cards() -> None:
    """Have the modules register their cards when the first is shown; programs show none."""
    for name in _CARD_MODULES:
        import_module(f"{__name__}.{name}")
