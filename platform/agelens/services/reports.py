"""One person's laboratory report as a proposed panel; nothing is kept or submitted."""

from agelens import wire
from agelens.tables.reports.reading import read_report


def import_report(content: bytes) -> wire.ReportImport:
    """What a report proposes: FHIR R4 as JSON, pasted lines, or CSV.

    Raises
    ------
    InvalidInput
        If it cannot be read as one person's report.
    """
    return read_report(content)
