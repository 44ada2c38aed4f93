"""The header of an uploaded file, validated as columns appear."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from agelens.domain.errors import InvalidInput
from agelens.domain.single_answer import printable

MOST_COLUMNS = 2_000
LONGEST_NAME = 200
SHOWN_ROWS, MOST_SHOWN_ROWS, SHOWN_BELOW = 12, 40, 4
SHOWN_CELLS, SHOWN_CHARACTERS = 12, 40

RECORDS = '; pandas writes such rows with to_json(orient="records")'


def unreadable(reason: str) -> InvalidInput:
    """What is wrong with a file that cannot be taken in."""
    return InvalidInput.at("file", reason)


@dataclass(frozen=True)
class Layout:
    """Where the table stands in a file; what is None is guessed.

    Attributes
    ----------
    sheet : str, optional
        The name of a workbook's sheet, or its number from 1.
    header_row : int, optional
        Which row names the columns, counted from 1 as a spreadsheet or an editor does.
    """

    sheet: str | None = None
    header_row: int | None = None


AS_FOUND = Layout()


@dataclass(frozen=True)
class Opening:
    """How a text or a sheet begins, whatever its rows are, so that people can see where its header is.

    Attributes
    ----------
    rows : sequence of sequence of str
        The first rows, as far as people would look at them.
    header_row : int
        Which of the rows, from 1, was taken for the header.
    sheet : str, optional
        The sheet that is read; of a workbook alone.
    sheets : sequence of str
        Those that could be read instead.
    """

    rows: Sequence[Sequence[str]]
    header_row: int
    sheet: str | None = None
    sheets: Sequence[str] = ()


def shown_rows(rows: Iterable[Sequence[str]], header_row: int) -> list[list[str]]:
    """The first rows, a few below the header too where it stands among them, cut to what is looked at."""
    most = max(SHOWN_ROWS, min(header_row + SHOWN_BELOW, MOST_SHOWN_ROWS))
    return [
        [printable(cell, SHOWN_CHARACTERS) for cell in row[:SHOWN_CELLS]]
        for row in islice(rows, most)
    ]


@dataclass(frozen=True)
class NumberColumns:
    """The columns of a text file that are to be read as numbers, in parts of so many rows.

    `indices` tells them by the names of all columns. Nobody may ask how their plain cells are spelled.
    """

    indices: Callable[[Sequence[str]], Collection[int]]
    part_rows: int


class FileHeader:
    """The names of a file's columns in order; a JSON file may add some with any row.

    `layout` is what was said of the file, `notes` are sentences about how it is read. `opening` is how
    a text or a sheet begins, None of other files. `numbers` are wanted as such, of CSV.
    """

    def __init__(
        self,
        layout: Layout = AS_FOUND,
        notes: Iterable[str] = (),
        numbers: NumberColumns | None = None,
    ) -> None:
        self.names: list[str] = []
        self.layout = layout
        self.notes = list(notes)
        self.numbers = numbers
        self.opening: Opening | None = None
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
        further = [_on_one_line(name) for name in names]
        if not further:
            return
        if len(self.names) + len(further) > MOST_COLUMNS:
            raise unreadable(f"has more than {MOST_COLUMNS:,} columns")
        for number, name in enumerate(further, start=len(self.names) + 1):
            _check_name(name, number)
        self.names += further
        self._known.update(further)

    def add_new(self, names: Iterable[str]) -> None:
        """As `add`, of the names that are not there yet."""
        self.add([name for name in names if name not in self._known])


def _on_one_line(name: str) -> str:
    """A name with its line breaks, which spreadsheets allow, as spaces."""
    return " ".join(name.split()) if any(c in name for c in "\r\n\t") else name


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
