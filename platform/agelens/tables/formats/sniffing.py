"""Detect a file's format by its first bytes."""

import json

from agelens.tables.formats.text_encoding import wide_encoding

# how files begin that are not read, and what to do with them
_OTHERS = (
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ", "an xz file; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; unpack it first"),
    (b"7z\xbc\xaf", "a 7z file; unpack it first"),
    (b"Rar!", "a rar file; unpack it first"),
    (b"%PDF", "a PDF file"),
    (b"FEA1", "a Feather file of the first version; write it anew, or as Parquet"),
    (b"RDX", "an R data file; write it as CSV or Parquet"),
    (b"<!", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "XML; save it as CSV or as a workbook (.xlsx)"),
)
_BINARY = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "feather"),
    (b"\xff\xff\xff\xff", "feather"),  # a stream
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel"),
    (b"<stata_dta>", "stata"),
    (b"$FL2", "spss"),
    (b"$FL3", "spss"),
    (b"HEADER RECORD*******LIB", "sas"),
    (b"\0" * 12 + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "sas"),
)
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_WORKBOOK_MEMBERS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
_OLD_STATA = range(102, 116)  # the versions that begin with their number
_PORTABLE = b"SPSSPORT"
_PORTABLE_WITHIN = 512
_BOM = b"\xef\xbb\xbf"
OPENING_BYTES = 64 * 1024


def looks_like(opening: bytes) -> str | None:
    """What a file that begins so looks like, if it is of no format that is read."""
    start = opening.removeprefix(_BOM).lstrip()[:16] if b"<" in opening[:64] else opening[:16]
    start = start.lower() if start[:1] == b"<" else start
    return next((kind for magic, kind in _OTHERS if start.startswith(magic)), None)


def binary_format(opening: bytes) -> str | None:
    """The format of a file that begins as no text does; None when it may be text."""
    if opening.startswith((_ZIP, _EMPTY_ZIP)):
        return "excel" if _is_workbook(opening) else "zip"
    if opening[:1] and opening[0] in _OLD_STATA and opening[1:2] in (b"\1", b"\2"):
        return "stata"
    if _PORTABLE in opening[:_PORTABLE_WITHIN]:
        return "spss"
    return next((kind for magic, kind in _BINARY if opening.startswith(magic)), None)


def _is_workbook(opening: bytes) -> bool:
    first = opening[30 : 30 + int.from_bytes(opening[26:28], "little")]
    return first.startswith(_WORKBOOK_MEMBERS) or opening[30:].startswith(_OPEN_DOCUMENT)


def text_format(opening: bytes) -> str:
    """The format of text that begins so: json or ndjson, else csv."""
    wide = wide_encoding(opening)
    if wide:
        opening = opening.decode(wide, "ignore").encode()
    text = opening.removeprefix(_BOM).lstrip()
    if text.startswith(b"["):
        return "json"
    if text.startswith(b"{"):
        first, _, other_lines = text.partition(b"\n")
        value = _object(first)
        if value is None or not _is_row(value):
            return "json"
        return "ndjson" if other_lines.strip() or "rows" not in value else "json"
    return "csv"


def sniffed(opening: bytes) -> str:
    """The format of a file that begins so."""
    return binary_format(opening) or text_format(opening)


def _is_row(members: dict[str, object]) -> bool:
    """Whether an object has cells; one of lists and objects alone is a whole table, as pandas writes it."""
    return not members or not all(isinstance(value, dict | list) for value in members.values())


def _object(line: bytes) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
