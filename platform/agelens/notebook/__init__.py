"""Widgets for Jupyter on top of the client and the charts.

`Explorer` and `CohortView` need the `notebook` extra and say so where it is missing; `show` works
without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from agelens.client import MissingExtra
from agelens.notebook.static import show

if TYPE_CHECKING:
    from agelens.notebook.cohort_view import CohortView
    from agelens.notebook.explorer import Explorer

__all__ = ["CohortView", "Explorer", "show"]
PLACES = {"CohortView": "cohort_view", "Explorer": "explorer"}


def __getattr__(name: str) -> Any:
    """Load widgets only when somebody asks for them: plotly's take seconds."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{PLACES[name]}"), name)
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] == "agelens":
            raise
        raise MissingExtra(
            f"agelens.notebook.{name} needs {error.name}, which is not installed: "
            "pip install 'agelens[notebook]'. Without widgets, agelens.notebook.show(result) works.",
            name=error.name,
        ) from error
