"""Preview a cohort before it is paid for: matched columns, first rows, price."""

import uuid
from typing import Any, Protocol

import pyarrow as pa

from agelens.clocks.base import Clock
from agelens.clocks.batches import Batch
from agelens.domain.panel import AGE
from agelens.services.cohorts.ingestion import read_part
from agelens.storage.files import Files
from agelens.tables.batch_reader import BatchReader
from agelens.tables.column_hints import hints
from agelens.tables.formats.cell_text import as_text
from agelens.tables.formats.parts import column_names
from agelens.tables.reader import lacking

SAMPLE_ROWS = 5
CHECKED_ROWS = 1_000
SHOWN_PROBLEMS = 20
AGE_LABEL = "Chronological age"


class Draft(Protocol):
    """What a preview needs of a cohort."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def n_rows(self) -> int: ...


def preview(
    files: Files,
    cohort: Draft,
    clock: Clock,
    columns: str,
    reader: BatchReader,
    price_per_row: int,
) -> dict[str, Any]:
    """What the first rows of a draft say about it, as plain JSON.

    Parameters
    ----------
    files : Files
        Where the cohort's first part is.
    cohort : Draft
    clock : Clock
    columns : str
        Whose column names it has, as `agelens.tables.reader.guess` says.
    reader : BatchReader
        Of this clock and this cohort's file, from the same guess.
    price_per_row : int
        The database's, not the manifest's.
    """
    manifest = clock.manifest
    first = read_part(files, cohort.id, 0).slice(0, CHECKED_ROWS)
    batch = reader.read(first)
    return {
        "cohort_id": str(cohort.id),
        "model": {"name": manifest.name, "version": manifest.version},
        "columns": columns,
        "rows": cohort.n_rows,
        "price_per_row": price_per_row,
        "price": price_per_row * cohort.n_rows,
        **answers_of(clock, reader),
        "sample": _cells(first, len(reader.header)),
        **_findings(clock, batch),
        "hints": hints_of(clock, reader, columns),
    }


def answers_of(clock: Clock, reader: BatchReader) -> dict[str, Any]:
    """What every column answers, and what of the clock none does; as plain JSON."""
    labels = {AGE: AGE_LABEL} | {f.key: f.label for f in clock.manifest.features}
    required = {f.key for f in clock.manifest.features if f.required} | {AGE}
    return {
        "matches": [
            {
                "column": match.column,
                "features": [{"feature": key, "label": labels[key]} for key in match.features],
                "unit": match.unit,
            }
            for match in reader.matches
        ],
        "missing": [
            {"feature": key, "label": labels[key], "required": key in required}
            for key in reader.missing
        ],
    }


def sample(files: Files, cohort_id: uuid.UUID, n_columns: int) -> list[list[str]]:
    """The first rows of a draft as text, whether or not they can be read."""
    return _cells(read_part(files, cohort_id, 0), n_columns)


def _cells(rows: pa.Table, n_columns: int) -> list[list[str]]:
    first = rows.slice(0, SAMPLE_ROWS)
    cells = [as_text(first.column(name)).to_pylist() for name in column_names(n_columns)]
    return [[cell or "" for cell in row] for row in zip(*cells, strict=True)]


def _findings(clock: Clock, batch: Batch) -> dict[str, Any]:
    keys = {AGE, *(f.key for f in clock.manifest.features)}
    shown = sorted(batch.errors)[:SHOWN_PROBLEMS]
    return {
        "checked_rows": batch.n_rows,
        "problems": [
            {
                "row": place + 1,
                "message": batch.error_text(place),
                "fields": batch.fields(place, keys),
            }
            for place in shown
        ],
        "readable_rows": batch.n_rows - len(batch.errors),
    }


def hints_of(clock: Clock, reader: BatchReader, columns: str) -> list[str]:
    """What columns may have meant that nobody has mapped, and what all together lack."""
    needs_age = AGE in reader.missing
    meant = hints(reader.unmapped, clock.manifest.features, columns, needs_age=needs_age)
    return meant + lacking(clock, reader)
