"""The header of an uploaded file, validated as columns appear."""

import unicodedata
from collections.abc import Iterable

from agelens.domain.answers import printable
from agelens.domain.errors import InvalidInput

MOST_COLUMNS = 2_000
LONGEST_NAME = 200


def unreadable(reason: str) -> InvalidInput:
    """What is wrong with a file that cannot be taken in."""
    return InvalidInput.at("file", reason)


class FileHeader:
    """The names of a file's columns in order; a JSON file may add some with any row."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._known: set[str] = set()

    def __len__(self) -> int:
        return len(self.names)

    def add(self, names: Iterable[str]) -> None:
        """Put further columns behind the others.

        Raises
        ------
        InvalidInput
            If there are too many, or a name is none.
        """
        further = list(names)
        if not further:
            return
        if len(self.names) + len(further) > MOST_COLUMNS:
            raise unreadable(f"has more than {MOST_COLUMNS:,} columns")
        for place, name in enumerate(further, start=len(self.names) + 1):
            _check_name(name, place)
        self.names += further
        self._known.update(further)

    def add_new(self, names: Iterable[str]) -> None:
        """As `add`, of the names that are not there yet."""
        self.add([name for name in names if name not in self._known])


def _check_name(name: str, place: int) -> None:
    if len(name) > LONGEST_NAME:
        shown = printable(name, 40)
        raise unreadable(
            f'column {place:,}: "{shown}" is no name: it has more than {LONGEST_NAME} characters'
        )
    # spaces of any width are fine, line ends and what is invisible are not
    if not all(c.isprintable() or unicodedata.category(c) == "Zs" for c in name):
        shown = printable(name, 40)
        raise unreadable(f'column {place:,}: "{shown}" is no name: it has unprintable characters')
