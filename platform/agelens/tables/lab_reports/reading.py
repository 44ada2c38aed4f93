"""Read a report, whatever it is written in."""

import codecs
from io import BytesIO

import orjson

from agelens import wire
from agelens.domain.duplicate_json_keys import MESSAGE, repeated_key
from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.tables.formats.limited_reading import workbook_cells
from agelens.tables.formats.sniffing import OPENING_BYTES, binary_format, looks_like
from agelens.tables.formats.text_encoding import wide_encoding
from agelens.tables.lab_reports.fhir import read_fhir
from agelens.tables.lab_reports.lines import MOST_LINES, read_lines
from agelens.tables.lab_reports.proposal import propose
from agelens.tables.lab_reports.results import LONGEST_TEXT

LONGEST_TEXT_BYTES = 256 * 1024
# what one member of JSON costs in memory is far more than its two bytes
MOST_JSON_MEMBERS = 2_000_000
COPY = "copy the lines of the report from it and paste them"
NO_TEXT = bytes({*range(32), 127} - set(b"\t\n\v\f\r\x1b"))  # control characters


def read_report(content: bytes, *, country: str | None = None) -> wire.ReportImport:
    """What one person's report proposes as a panel.

    Parameters
    ----------
    content : bytes
        FHIR R4 as JSON (a Bundle, an Observation, a list of them, or one in each line), text (lines
        of a report, or CSV), or a workbook whose rows are such lines.
    country : str, optional
        The person's, in two letters: which of 3/12/2025 is the month, if the report does not tell.

    Raises
    ------
    InvalidInput
        If it is no report, too large, or of several people.
    """
    kind = binary_format(content[:OPENING_BYTES])
    if kind == "excel":
        return propose(read_lines(_workbook(content), country))
    _refuse_other_files(content, kind)
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return propose(read_fhir(_json(content.lstrip(b"\xef\xbb\xbf"))))
    text, warnings = _text(content)
    report = read_lines(text, country)
    report.warnings = warnings + report.warnings
    return propose(report)


def _workbook(content: bytes) -> str:
    """A line for each row, its cells between tabs."""
    rows = workbook_cells(BytesIO(content), MOST_LINES)
    lines = "\n".join("\t".join(" ".join(cell.split()) for cell in row).rstrip() for row in rows)
    _check_length(lines.encode())
    return lines


def _refuse_other_files(content: bytes, kind: str | None) -> None:
    opening = content[:OPENING_BYTES]
    if other := looks_like(opening):
        raise InvalidInput.at("file", f"looks like {other}; {COPY}")
    if kind is not None:
        raise InvalidInput.at("file", f"is a {kind} file; {COPY}")
    if not wide_encoding(opening) and len(opening.translate(None, NO_TEXT)) < 0.98 * len(opening):
        raise InvalidInput.at("file", f"is no text; {COPY}")


def _json(content: bytes) -> object:
    if content.count(b",") + content.count(b":") > MOST_JSON_MEMBERS:
        raise InvalidInput.at("file", f"must have at most {MOST_JSON_MEMBERS} members of JSON")
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        lines = [line for line in content.splitlines() if line.strip()]
        if len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines):
            return [_json_line(line) for line in lines]
        raise InvalidInput.at("file", f"is not valid JSON: {error}") from error
    _refuse_repeated_keys(content)
    return document


def _json_line(line: bytes) -> object:
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InvalidInput.at("file", f"is not valid JSON: {error}") from error
    _refuse_repeated_keys(line)
    return document


def _refuse_repeated_keys(content: bytes) -> None:
    if key_path := repeated_key(content):
        path = [part[:LONGEST_TEXT] for part in key_path]
        raise InvalidInput([FieldProblem(json_pointer(*path), path[-1], MESSAGE)])


def _text(content: bytes) -> tuple[str, list[str]]:
    _check_length(content)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        note = "The text is not UTF-8; it was read as Windows-1252"
        return content.decode("cp1252", errors="replace"), [note]
    return text, []


def _check_length(text: bytes) -> None:
    if len(text) > LONGEST_TEXT_BYTES:
        raise InvalidInput.at("file", f"must have at most {LONGEST_TEXT_BYTES} bytes of text")
