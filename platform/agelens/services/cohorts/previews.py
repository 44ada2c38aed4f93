"""Preview a cohort before it is paid for: matched columns, first rows, questions, price."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pyarrow as pa

from agelens.clocks.batches import Batch
from agelens.clocks.batches.reasons import ReasonGroups, Wording
from agelens.domain.panel import AGE
from agelens.services.cohorts.choice_codes import unknown_codes
from agelens.services.cohorts.column_readings import (
    ColumnReading,
    matches_as_json,
    suggested_matches,
    unit_suggestions_of,
)
from agelens.services.cohorts.ingestion import read_part
from agelens.storage.files import Files
from agelens.tables.formats.cell_text import as_text
from agelens.tables.formats.parts import part_column_names

SAMPLE_ROWS = 5
CHECKED_ROWS = 1_000
SHOWN_PROBLEMS = 20
SHOWN_GROUPS = 20


class Draft(Protocol):
    """What a preview needs of a cohort."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def n_rows(self) -> int: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def values(self) -> Mapping[str, Mapping[str, str]]: ...


def preview(
    files: Files, cohort: Draft, reading: ColumnReading, price_per_row: int
) -> dict[str, Any]:
    """What the first rows of a draft say about it, as plain JSON.

    Parameters
    ----------
    files : Files
        Where the cohort's first part is.
    cohort : Draft
    reading : ColumnReading
        Of this cohort's file.
    price_per_row : int
        The database's, not the manifest's.
    """
    manifest = reading.clock.manifest
    first = first_rows(files, cohort.id)
    return {
        "cohort_id": str(cohort.id),
        "model": {"name": manifest.name, "version": manifest.version},
        "columns": reading.columns,
        "header": list(reading.header),
        "notes": list(cohort.notes),
        "rows": cohort.n_rows,
        "price_per_row": price_per_row,
        "price": price_per_row * cohort.n_rows,
        **matches_as_json(reading),
        "sample": _cells(first, len(reading.header)),
        "suggestions": unit_suggestions_of(reading, first),
        "match_suggestions": suggested_matches(reading),
        "codes": unknown_codes(reading, cohort.values, first),
        **_findings(reading, first),
    }


def first_rows(files: Files, cohort_id: uuid.UUID) -> pa.Table:
    """The rows that a preview looks at."""
    return read_part(files, cohort_id, 0).slice(0, CHECKED_ROWS)


def sample(files: Files, cohort_id: uuid.UUID, n_columns: int) -> list[list[str]]:
    """The first rows of a draft as text, whether or not they can be read."""
    return _cells(read_part(files, cohort_id, 0), n_columns)


def _cells(part: pa.Table, n_columns: int) -> list[list[str]]:
    first = part.slice(0, SAMPLE_ROWS)
    columns = [as_text(first.column(name)).to_pylist() for name in part_column_names(n_columns)]
    return [[cell or "" for cell in row] for row in zip(*columns, strict=True)]


def _findings(reading: ColumnReading, part: pa.Table) -> dict[str, Any]:
    if reading.reader is None:
        lists = ("grouped", "problems", "warnings")
        counts = {"checked_rows": part.num_rows, "readable_rows": 0, "warned_rows": 0}
        return {**counts, **{name: [] for name in lists}}
    batch = reading.reader.read(part)
    features = reading.clock.manifest.features
    groups = ReasonGroups(features)
    groups.add(batch, first_row=1)
    return {
        "checked_rows": batch.n_rows,
        "grouped": groups.grouped()[:SHOWN_GROUPS],
        "problems": _problems(batch, {AGE, *(f.key for f in features)}, Wording(features)),
        "readable_rows": batch.n_rows - len(batch.errors),
        "warned_rows": len(batch.warnings),
        "warnings": _warnings(batch, Wording(features)),
    }


def _problems(batch: Batch, keys: set[str], wording: Wording) -> list[dict[str, Any]]:
    return [
        {
            "row": row + 1,
            "message": wording.in_words(batch.error_text(row)),
            "fields": batch.fields(row, keys),
        }
        for row in sorted(batch.errors)[:SHOWN_PROBLEMS]
    ]


def _warnings(batch: Batch, wording: Wording) -> list[dict[str, Any]]:
    return [
        {"row": row + 1, "message": wording.in_words("; ".join(notes)), "fields": []}
        for row, notes in sorted(batch.warnings.items())[:SHOWN_PROBLEMS]
    ]
