"""Widgets for Jupyter on top of the client and the charts.

`Explorer` and `CohortView` are widgets with the `notebook` extra; where a package of it is missing
they are plain objects that show the same as cards, and say so. `show` makes such a card of both;
`set_language` chooses the language.
"""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from agelens.notebook.static import show
from agelens.notebook.widget_language import set_language

if TYPE_CHECKING:
    from agelens.notebook.cohort_view import CohortView
    from agelens.notebook.explorer import Explorer

__all__ = ["CohortView", "Explorer", "set_language", "show"]
PLACES = {"CohortView": "cohort_view", "Explorer": "explorer"}
STATIC_PLACES = {"CohortView": "static_cohorts", "Explorer": "static_explorer"}


def __getattr__(name: str) -> Any:
    """Load widgets only when somebody asks for them: plotly's take seconds."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "agelens"):
            raise
        return _static(name, package)


@cache
def _static(name: str, missing: str) -> type:
    """The class that stands in for a widget which cannot be shown without a package."""
    plain = getattr(import_module(f"{__name__}.{STATIC_PLACES[name]}"), f"Static{name}")
    return type(name, (plain,), {"missing": missing, "__module__": __name__})
