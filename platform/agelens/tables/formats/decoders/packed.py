"""The one file of a gzip or zip file, in pieces."""

import gzip
import zipfile
from collections.abc import Iterator
from typing import IO, BinaryIO

from agelens.domain.single_answer import printable
from agelens.tables.formats.decoders import Complaint

PIECE_BYTES = 1024 * 1024
MOST_MEMBERS = 10_000
SHOWN_NAMES = 8
_ENCRYPTED = 0x1
_UNWANTED = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def pieces(content: BinaryIO, format: str, most_bytes: int) -> Iterator[bytes]:
    """What a packed file holds; Complaint as soon as it is known to be too much, or no single file."""
    if format == "gzip":
        with gzip.GzipFile(fileobj=content) as file:
            yield from _bounded(file, most_bytes)
        return
    with zipfile.ZipFile(content) as members:
        member = _only(members, most_bytes)
        # by its entry: a name, and wherever that points, is never used
        with members.open(member) as packed_file:
            yield from _bounded(packed_file, most_bytes)


def _bounded(file: IO[bytes] | gzip.GzipFile, most_bytes: int) -> Iterator[bytes]:
    n_bytes = 0
    while piece := file.read(PIECE_BYTES):
        n_bytes += len(piece)
        if n_bytes > most_bytes:
            raise _too_much(most_bytes)
        yield piece


def _only(members: zipfile.ZipFile, most_bytes: int) -> zipfile.ZipInfo:
    entries = members.infolist()
    if len(entries) > MOST_MEMBERS:
        raise Complaint(f"holds more than {MOST_MEMBERS:,} files; it must be one")
    files = [entry for entry in entries if not entry.is_dir() and not _is_unwanted(entry.filename)]
    if len(files) != 1:
        raise Complaint(f"must hold one file, and holds {_listed(files)}")
    if files[0].flag_bits & _ENCRYPTED:
        raise Complaint("is locked with a password; pack it without one")
    if files[0].file_size > most_bytes:
        raise _too_much(most_bytes)
    return files[0]


def _is_unwanted(name: str) -> bool:
    return name.startswith(_UNWANTED[0]) or name.rpartition("/")[2] in _UNWANTED[1:]


def _listed(files: list[zipfile.ZipInfo]) -> str:
    if not files:
        return "none"
    names = ", ".join(printable(entry.filename, 60) for entry in files[:SHOWN_NAMES])
    more = f" and {len(files) - SHOWN_NAMES:,} more" if len(files) > SHOWN_NAMES else ""
    return f"{len(files):,}: {names}{more}"


def _too_much(most_bytes: int) -> Complaint:
    return Complaint(
        f"unfolds to more than {most_bytes // 1024**2:,} MiB, more than a file of its size may"
    )
