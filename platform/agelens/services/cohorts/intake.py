"""A file of people comes in: whatever its format, it is kept in parts of equal size."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from agelens.domain.errors import InvalidInput
from agelens.storage.files import Files

PART_ROWS = 10_000
FAULT = "fault"


@dataclass(frozen=True)
class Intake:
    """What was kept of a file; every part but the last has `part_rows` rows."""

    header: tuple[str, ...]
    n_rows: int
    n_parts: int
    part_rows: int


def take(
    files: Files, cohort_id: object, content: BinaryIO, format: str, *, most_rows: int
) -> Intake:
    table = _simple(content, format)
    if len(table) == 0:
        raise InvalidInput.at("file", "has no rows")
    if len(table) > most_rows:
        raise InvalidInput.at("file", f"has more than {most_rows:,} rows")
    header = tuple(table.column_names)
    table = table.rename_columns([f"c{i}" for i in range(len(header))])
    table = table.append_column(FAULT, pa.nulls(len(table), pa.string()))
    n_parts = -(-len(table) // PART_ROWS)
    for number in range(n_parts):
        part = table.slice(number * PART_ROWS, PART_ROWS)
        files.write(part_name(cohort_id, number), lambda stream, part=part: _write(stream, part))
    return Intake(header, len(table), n_parts, PART_ROWS)


def _simple(content, format):
    try:
        if format == "csv":
            return pa.csv.read_csv(content)
        if format == "parquet":
            import pyarrow.parquet

            return pyarrow.parquet.read_table(content)
        import json

        rows = json.load(content)
        return pa.Table.from_pylist(rows if isinstance(rows, list) else rows["rows"])
    except ValueError as error:
        raise InvalidInput.at("file", f"cannot be read: {error}") from error


def _write(stream, part):
    with pa.ipc.new_file(stream, part.schema) as writer:
        writer.write_table(part)


def part_name(cohort_id: object, number: int) -> str:
    return f"cohorts/{cohort_id}/parts/{number:05}.arrow"


def parts(files: Files, cohort_id: object, n_parts: int) -> Iterator[pa.Table]:
    return (read_part(files, cohort_id, number) for number in range(n_parts))


def read_part(files: Files, cohort_id: object, number: int) -> pa.Table:
    with files.open(part_name(cohort_id, number)) as stream:
        return pa.ipc.open_file(stream).read_all()
