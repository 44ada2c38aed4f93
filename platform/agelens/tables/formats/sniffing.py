"""Detect a file's format by its first bytes."""

import json

# how such files begin
_KINDS = (
    (b"PK\x03\x04", "a zip file or a workbook such as .xlsx; save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old workbook such as .xls; save the sheet as CSV"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"BZh", "a bzip2 file; unpack it first"),
    (b"\xfd7zXZ", "an xz file; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; unpack it first"),
    (b"7z\xbc\xaf", "a 7z file; unpack it first"),
    (b"%PDF", "a PDF"),
    (b"ARROW1", "an Arrow file; write it as Parquet"),
    (b"$FL", "an SPSS file; save it as CSV"),
    (b"RDX", "an R data file; write it as CSV or Parquet"),
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (b"<!", "a web page"),
    (b"<html", "a web page"),
)
_PARQUET = (b"PAR1", "a Parquet file")
_JSON = ((b'{"', "JSON"), (b"[{", "JSON"))
OPENING_BYTES = 64 * 1024


def looks_like(opening: bytes, format: str) -> str | None:
    """What a file that begins so looks like, if that is not this format."""
    if not opening:
        return None
    others = {
        "parquet": _KINDS + _JSON,
        "csv": (*_KINDS, _PARQUET, *_JSON),
    }.get(format, (*_KINDS, _PARQUET))
    start = opening.lower() if opening[:1] == b"<" else opening
    return next((kind for magic, kind in others if start.startswith(magic)), None)


def sniffed(opening: bytes) -> str:
    """The format of a file that begins so: parquet, json or ndjson, else csv."""
    if opening.startswith(_PARQUET[0]):
        return "parquet"
    text = opening.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"["):
        return "json"
    if text.startswith(b"{"):
        first, _, rest = text.partition(b"\n")
        found = _object(first)
        return "ndjson" if found is not None and (rest.strip() or "rows" not in found) else "json"
    return "csv"


def _object(line: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
