"""What the base installation lacks, said when it is asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from agelens.client.errors import MissingExtra


@contextmanager
def needs_notebook(what: str) -> Iterator[None]:
    """Import within what only the `notebook` extra brings; say so where a package is not there."""
    try:
        yield
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "agelens"):
            raise
        raise MissingExtra(
            f"{what} needs {package}, which is not installed: pip install 'agelens[notebook]'",
            name=package,
        ) from error
