"""JSON read piece by piece: what was read since a row ended is counted, so that none fills the memory."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from agelens.services.cohorts.file_header import unreadable

PIECE_BYTES = 64 * 1024
LONGEST_ROW = 1024 * 1024
BOM = b"\xef\xbb\xbf"

Event = tuple[str, Any]


class Source:
    """Counts what was read of a file since marks that its reader sets."""

    def __init__(self, content: BinaryIO) -> None:
        self.content = content
        self.n_rows = 0
        self.row_bytes = 0
        self.table_bytes = 0

    def count(self, n_bytes: int) -> None:
        """Note that bytes were read; InvalidInput when they are too many for one row."""
        self.row_bytes += n_bytes
        self.table_bytes += n_bytes
        if self.row_bytes > LONGEST_ROW + PIECE_BYTES:
            raise unreadable(f"row {self.n_rows + 1:,} is longer than a mebibyte")

    def end_row(self) -> None:
        """Note that a row is complete."""
        self.n_rows += 1
        self.row_bytes = 0


class Events(Source):
    """The parser's events, piece by piece of the file; it never builds anything nested."""

    def __iter__(self) -> Iterator[Event]:
        events: list[Event] = ijson.sendable_list()
        parser = ijson.basic_parse_coro(events, use_float=True)
        wrong: ijson.JSONError | None = None
        bom = BOM
        while wrong is None:
            piece = self.content.read(PIECE_BYTES).removeprefix(bom)
            bom = b""
            self.count(len(piece))
            try:
                parser.send(piece) if piece else parser.close()
            except ijson.JSONError as error:
                wrong = error  # after what came before it
            yield from events
            events.clear()
            if not piece:
                break
        if wrong is not None:
            raise wrong


class Lines(Source):
    """Line by line."""

    def __iter__(self) -> Iterator[bytes]:
        while line := self.content.readline(LONGEST_ROW + 2 * PIECE_BYTES):
            self.count(len(line))
            yield line.removeprefix(BOM) if self.n_rows == 0 else line
