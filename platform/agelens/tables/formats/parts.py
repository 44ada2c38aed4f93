"""The shape of a table that a reader yields: columns `c0`, `c1`, ... by index in the header, and `fault`."""

from collections.abc import Generator, Iterator, Sequence
from typing import TypeAlias

import pyarrow as pa

from agelens.tables.formats.cell_text import as_text

PART_ROWS = 10_000
LONGEST_ROW = 1024 * 1024  # bytes of a row of JSON
LARGEST_PART = 256 * 1024**2  # bytes: whoever reads a part has it in memory
MOST_FAULTS = 10_000  # lines that are no rows; more are refused unless as many are rows
ROW_ERROR_COLUMN = "fault"  # why a line is no row; null in rows
Column: TypeAlias = pa.Array | pa.ChunkedArray
Tables: TypeAlias = Generator[pa.Table, None, None]  # closed by who does not want the rest


def part_column_names(n_columns: int) -> list[str]:
    """What the columns of a part are called: their own names may be anything."""
    return list(map(part_column_name, range(n_columns)))


def part_column_name(index: int) -> str:
    """What the column at this index of the header is called in a part."""
    return f"c{index}"


def part_table(columns: Sequence[Column], row_errors: Column) -> pa.Table:
    """A part of these columns of the header, all of them, and of what is wrong with its rows."""
    names = [*part_column_names(len(columns)), ROW_ERROR_COLUMN]
    return pa.table([*columns, row_errors], names=names)


def empty_part(n_columns: int) -> pa.Table:
    """A part without rows, of columns of text."""
    no_cells = pa.nulls(0, pa.string())
    return part_table([no_cells] * n_columns, no_cells)


def no_row_errors(n_rows: int) -> pa.Array:
    """The column of row errors where all lines are rows."""
    return pa.nulls(n_rows, pa.string())


def row_error_message(n_cells: int, n_columns: int) -> str:
    """Why a line of that many cells is no row of the file."""
    return f"has {n_cells} cells, the header has {n_columns}" if n_cells else "is a blank line"


def in_parts(tables: Iterator[pa.Table], n_columns: int, rows: int) -> Iterator[pa.Table]:
    """The rows of tables of any length in tables of `rows` rows; only the last is shorter."""
    held: list[pa.Table] = []
    n_held = 0
    for table in tables:
        held.append(table)
        n_held += len(table)
        if n_held < rows:
            continue
        table = stacked(held, n_columns)
        first = 0
        for first in range(0, n_held - n_held % rows, rows):
            yield table.slice(first, rows)
        held, n_held = [table.slice(first + rows)], n_held % rows
    if n_held:
        yield stacked(held, n_columns)


def stacked(tables: list[pa.Table], n_columns: int) -> pa.Table:
    """The tables as one without gaps; a column of numbers in some and text in others is text."""
    if len(tables) == 1 and _is_stacked(tables[0], n_columns):
        return tables[0]
    # a table makes its list of names anew each time that it is asked for a column by name
    by_name = [dict(zip(table.column_names, table.columns, strict=True)) for table in tables]
    blank = [pa.chunked_array([pa.nulls(len(table))]) for table in tables]
    columns = [
        _concatenated([cells.get(name, nulls) for cells, nulls in zip(by_name, blank, strict=True)])
        for name in part_column_names(n_columns)
    ]
    row_errors = [chunk for cells in by_name for chunk in cells[ROW_ERROR_COLUMN].chunks]
    return part_table(columns, pa.concat_arrays(row_errors))


def _is_stacked(table: pa.Table, n_columns: int) -> bool:
    """Whether it is as `stacked` makes one already."""
    return table.num_columns == n_columns + 1 and all(
        column.num_chunks == 1
        and (column.null_count < len(column) or pa.types.is_null(column.type))
        for column in table.columns[:-1]
    )


def _concatenated(pieces: list[pa.ChunkedArray]) -> pa.Array:
    # a column that is empty so far fits whatever comes, and takes no room
    kinds = {piece.type for piece in pieces if piece.null_count < len(piece)}
    if not kinds:
        return pa.nulls(sum(map(len, pieces)))
    if len(kinds) > 1:
        pieces = [as_text(piece) for piece in pieces]
    kind = next(iter(kinds)) if len(kinds) == 1 else pa.string()
    return pa.concat_arrays([chunk for piece in pieces for chunk in piece.cast(kind).chunks])
