"""Text of other encodings as UTF-8: UTF-16, UTF-32 and, where it cannot be UTF-8, Windows-1252."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO

from agelens.tables.formats.file_header import unreadable

PIECE_BYTES = 1024 * 1024
LOOKED_AT = 4096
MOSTLY = 0.7  # of the characters of UTF-16 that have a byte of zero, so that it is no other file
WINDOWS = "cp1252"
_MARKS = (  # the long ones first: the others begin alike
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {
    "utf-32": "UTF-32",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    WINDOWS: "Windows-1252",
}


@contextmanager
def as_utf8(content: BinaryIO, encoding: str) -> Iterator[BinaryIO]:
    """A file's text as UTF-8, in a temporary file."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with TemporaryFile() as text:
        try:
            while piece := content.read(PIECE_BYTES):
                text.write(decoder.decode(piece).encode())
            text.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as error:
            raise unreadable(
                f"is no whole {_NAMES[encoding]} text; save the file as UTF-8"
            ) from error
        text.seek(0)
        yield text


def note(encoding: str) -> str:
    """What is said of a file in this encoding."""
    return f"read as {_NAMES[encoding]}; if letters look wrong, save the file as UTF-8"


def wide_encoding(opening: bytes) -> str | None:
    """UTF-16 or UTF-32, if a file that begins so has it, with or without a byte order mark."""
    for mark, encoding in _MARKS:
        if opening.startswith(mark):
            return encoding
    beginning = opening[: LOOKED_AT - LOOKED_AT % 2]
    if len(beginning) < 4:
        return None
    zeros_at_odd, zeros_at_even = beginning[1::2].count(0), beginning[::2].count(0)
    if not zeros_at_even and zeros_at_odd > MOSTLY * len(beginning) / 2:
        return "utf-16-le"
    if not zeros_at_odd and zeros_at_even > MOSTLY * len(beginning) / 2:
        return "utf-16-be"
    return None


def is_windows(content: BinaryIO) -> bool:
    """Whether text is Windows-1252 rather than UTF-8; of damaged UTF-8 it is not said.

    A file of other letters that is no UTF-8 has none of the sequences that UTF-8 makes of them.
    """
    try:
        return _is_windows(content)
    finally:
        content.seek(0)


def _is_windows(content: BinaryIO) -> bool:
    piece = b""
    while (piece := content.read(PIECE_BYTES)) and piece.isascii():
        pass
    decoder = codecs.getincrementaldecoder("utf-8")()
    while True:
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return error.object[: error.start].isascii() and _all_decodes(error.object, content)
        if not piece or not text.isascii():
            return False  # UTF-8; what is wrong later is its row's
        piece = content.read(PIECE_BYTES)


def _all_decodes(piece: bytes, content: BinaryIO) -> bool:
    try:
        while piece:
            piece.decode(WINDOWS)
            piece = content.read(PIECE_BYTES)
    except UnicodeDecodeError:
        return False
    return True
