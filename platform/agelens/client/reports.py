"""Laboratory reports, read into a panel that a person confirms."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeAlias

from agelens import wire
from agelens.client.connection import Connection
from agelens.client.decoding import decode

IMPORT_PATH = "/api/assessments/import"
REPORT_FILE_EXTENSIONS = (
    ".json",
    ".ndjson",
    ".csv",
    ".tsv",
    ".txt",
    ".xlsx",
    ".xls",
    ".xlsm",
    ".xlsb",
    ".ods",
)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORKBOOK_OPENINGS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
Source: TypeAlias = "str | bytes | os.PathLike[str] | Mapping[str, object] | Sequence[object]"


@dataclass(frozen=True)
class FoundResult:
    """A result of a report that is a biomarker's, in the unit as found; `proposed` is the newest one.

    `written` is the value as the report spells it, such as 4,20.
    """

    feature: str
    label: str
    value: float | str
    unit: str
    source_text: str
    loinc: str | None
    date: str | None
    proposed: bool
    warnings: tuple[str, ...]
    written: str = ""


@dataclass(frozen=True)
class NotUnderstood:
    """A part of a report that was not understood, why, and how many times it is there.

    `written` and `unit` are what looks like its value, where something does.
    """

    source_text: str
    reason: str
    times: int
    written: str = ""
    unit: str = ""


@dataclass(frozen=True)
class ReportImport:
    """What a report proposes as a panel. Nothing was submitted: look at it, then predict.

    `answers`, `units` and `chronological_age` are arguments of `client.predict`; `found` is what
    they were made of, `not_understood` what was left out. `possible_days` are the two days of a date of the
    blood draw that can be read in two ways; `measured_on` is None then.
    """

    answers: dict[str, wire.Scalar]
    units: dict[str, str]
    chronological_age: float | None
    measured_on: str | None
    found: tuple[FoundResult, ...] = field(repr=False)
    not_understood: tuple[NotUnderstood, ...] = field(repr=False)
    warnings: tuple[str, ...] = ()
    possible_days: tuple[str, ...] = ()

    @property
    def measured(self) -> date | None:
        """The day of the newest value."""
        return date.fromisoformat(self.measured_on) if self.measured_on else None


def import_report(connection: Connection, source: Source) -> ReportImport:
    """What the service reads in a report."""
    content, kind = _content(source)
    answer = connection.post_text(IMPORT_PATH, content, kind)
    return decode(ReportImport, answer)


def _content(source: Source) -> tuple[bytes, str]:
    """The bytes of a report and their media type; the service looks at what it is."""
    if isinstance(source, Mapping) or (
        isinstance(source, Sequence) and not isinstance(source, str | bytes)
    ):
        return json.dumps(source).encode(), "application/json"
    if isinstance(source, bytes):
        content = source
    elif isinstance(source, str) and not _is_path(source):
        content = source.encode()
    elif isinstance(source, str | os.PathLike):
        content = Path(source).expanduser().read_bytes()
    else:
        raise TypeError(f"a report is a path, text, or FHIR as a mapping; not {source!r:.60}")
    if content.startswith(WORKBOOK_OPENINGS):
        return content, WORKBOOK
    is_json = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    return content, "application/json" if is_json else "text/plain"


def _is_path(text: str) -> bool:
    """Whether a text is the name of a file, and not the report itself."""
    is_line = "\n" not in text and len(text) < 1000 and not text.lstrip().startswith(("{", "["))
    return is_line and text.lower().endswith(REPORT_FILE_EXTENSIONS)
