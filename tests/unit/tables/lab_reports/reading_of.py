"""Short ways to ask what a report was read as."""

import json
from typing import Any

from agelens import wire
from agelens.tables.lab_reports.reading import read_report


def read(source: Any) -> wire.ReportImport:
    """A report of FHIR, or text."""
    text = source if isinstance(source, str) else json.dumps(source)
    return read_report(text.encode())


def values(report: wire.ReportImport) -> dict[str, tuple[object, str]]:
    """The proposed answers with their units."""
    return {key: (value, report["units"].get(key, "")) for key, value in report["answers"].items()}


def one(source: Any) -> tuple[object, str]:
    """The only answer that a report proposes, with its unit."""
    (found,) = values(read(source)).values()
    return found


def reasons(source: Any) -> dict[str, str]:
    """Why each part was not understood."""
    return {each["source_text"]: each["reason"] for each in read(source)["not_understood"]}
