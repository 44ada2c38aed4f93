"""Open a file whatever it is called: tell its format, unpack it, and make its text UTF-8."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, cast

from agelens.tables.formats.file_header import unreadable
from agelens.tables.formats.json_members import JsonFile
from agelens.tables.formats.parts import LONGEST_ROW
from agelens.tables.formats.sniffing import (
    OPENING_BYTES,
    binary_format,
    looks_like,
    text_format,
)
from agelens.tables.formats.supported import BY_ENDING, BY_MEDIA_TYPE, PACKED, TEXT
from agelens.tables.formats.text_encoding import (
    WINDOWS,
    as_utf8,
    is_windows,
    note,
    wide_encoding,
)

BLANKS = b"\xef\xbb\xbf \t\r\n"
_JSON_ROWS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*[\[{]|\{\s*\")")  # no header begins so
_PACKINGS = tuple(packing.name for packing in PACKED)


def format_of(name: str, content: BinaryIO, media_type: str = "") -> str:
    """The format of a file, by the ending of its name, else by what was said of it, else by its content."""
    stated = BY_ENDING.get(PurePath(name).suffix.lower()) or BY_MEDIA_TYPE.get(media_type)
    # a row alone in a file of such a name is a person, and not what a request forgot to say
    return actual_format(None if stated == "json" else stated, content)


def actual_format(stated: str | None, content: BinaryIO) -> str:
    """The format that a file is of, which may be another than is said of it: workbooks are called CSV,
    NDJSON is called JSON or text, and text is called a workbook.
    """
    opening = _opening(content)
    if not opening or looks_like(opening):
        return stated or "csv"
    if binary := binary_format(opening):
        return binary
    by_content = text_format(opening)
    if stated == "json" and b"\n" not in opening.strip():
        return stated
    if stated is None or stated == "excel" or by_content == "ndjson":
        return by_content
    if by_content == "json" and (stated == "ndjson" or _JSON_ROWS.match(opening)):
        return "json" if stated in ("csv", "ndjson") else stated
    return stated


def _opening(content: BinaryIO) -> bytes:
    """How a file begins; one line of what may be NDJSON is read as a whole, however long a row is."""
    opening = content.read(OPENING_BYTES)
    text = opening.lstrip(BLANKS)
    if text.startswith(b"{") and b"\n" not in text:
        opening += content.readline(LONGEST_ROW) + content.read(OPENING_BYTES)
    content.seek(0)
    return opening


@dataclass(frozen=True)
class PlainFile:
    """A file that its reader can read as it is: unpacked, and, if it is text, UTF-8."""

    content: BinaryIO
    format: str
    notes: tuple[str, ...] = ()


@contextmanager
def plain_file(content: BinaryIO, format: str) -> Iterator[PlainFile]:
    """A file of people, unpacked and as UTF-8 where it needs to be, in a temporary file then.

    Parameters
    ----------
    content : binary file
        Seekable, at its start; a `JsonFile` gets the members of JSON, also of one that was packed.
    format : str
        What is said of it; see `actual_format`.

    Raises
    ------
    InvalidInput
        At "file", if it cannot be unpacked or is no whole text.
    """
    notes: tuple[str, ...] = ()
    members = None
    if isinstance(content, JsonFile):
        content, members = content.content, content.members
    with ExitStack() as undo:
        actual = actual_format(format, content)
        if actual in _PACKINGS:
            from agelens.tables.formats.limited_reading import unpacked  # only these need it

            content = undo.enter_context(unpacked(content, actual))
            actual = actual_format(None, content)
            if actual in _PACKINGS:
                raise unreadable("holds another packed file; unpack it first")
        elif actual != format and "json" not in actual:
            notes = (f"read as {actual}, which it is by its content",)
        if actual in TEXT:
            encoding = _encoding(content, actual)
            if encoding:
                content = undo.enter_context(as_utf8(content, encoding))
                notes = (*notes, note(encoding))
        if actual == "json" and members is not None:
            content = cast(BinaryIO, JsonFile(content, members))
        yield PlainFile(content, actual, notes)


def _encoding(content: BinaryIO, format: str) -> str | None:
    """The encoding of a text that is not UTF-8."""
    opening = content.read(OPENING_BYTES)
    content.seek(0)
    if looks_like(opening):
        return None
    wide = wide_encoding(opening)
    return wide or (WINDOWS if format == "csv" and is_windows(content) else None)
