"""Read a report, whatever it is written in."""

import codecs

import orjson

from agelens import wire
from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.domain.json_keys import MESSAGE, repeated_key
from agelens.tables.reports.fhir import read_fhir
from agelens.tables.reports.lines import read_lines
from agelens.tables.reports.proposal import propose
from agelens.tables.reports.results import LONGEST_TEXT

LONGEST_TEXT_BYTES = 256 * 1024
# what one member of JSON costs in memory is far more than its two bytes
MOST_JSON_MEMBERS = 2_000_000


def read_report(content: bytes) -> wire.ReportImport:
    """What one person's report proposes as a panel.

    Parameters
    ----------
    content : bytes
        FHIR R4 as JSON (a Bundle, an Observation, a list of them, or one in each line), or text:
        lines of a report, or CSV.

    Raises
    ------
    InvalidInput
        If it is no report, too large, or of several people.
    """
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return propose(read_fhir(_json(content.lstrip(b"\xef\xbb\xbf"))))
    text, warnings = _text(content)
    report = read_lines(text)
    report.warnings = warnings + report.warnings
    return propose(report)


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
    if twice := repeated_key(content):
        place = [part[:LONGEST_TEXT] for part in twice]
        raise InvalidInput([FieldProblem(json_pointer(*place), place[-1], MESSAGE)])


def _text(content: bytes) -> tuple[str, list[str]]:
    if len(content) > LONGEST_TEXT_BYTES:
        raise InvalidInput.at("file", f"must have at most {LONGEST_TEXT_BYTES} bytes of text")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        note = "The text is not UTF-8; it was read as Windows-1252"
        return content.decode("cp1252", errors="replace"), [note]
    if text.count("\0") > len(text) // 100:
        raise InvalidInput.at("file", "is no text of a report")
    return text, []
