"""The cells of a part that are not plain: each is read alone, and told in the words of its row."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from agelens.clocks.base import IntArray, Manifest, encoded
from agelens.clocks.batches.batch import Problems
from agelens.clocks.batches.by_column import Sheet
from agelens.clocks.batches.matching import Matching
from agelens.clocks.batches.row_by_row import CellReading, RowReader
from agelens.domain.errors import FieldProblem
from agelens.domain.panel import AGE
from agelens.domain.reading import MAX_PROBLEMS

Arrays = Mapping[int, pa.Array]
Answers = list[tuple[int, float | str]]


def read_unclear(
    reader: RowReader,
    manifest: Manifest,
    matching: Matching,
    sheet: Sheet,
    arrays: Arrays,
    errors: dict[int, Problems],
) -> dict[int, tuple[str, ...]]:
    """Put what can be used into the sheet, and what is wrong into the errors; the warnings by row.

    The words are those that reading the whole row gives, in its order: answers, age, what is missing.
    """
    found: dict[int, list[FieldProblem]] = {}
    warnings: dict[int, tuple[str, ...]] = {}
    for features, rows, cells in _unclear(reader, matching, sheet, arrays, errors):
        given: dict[str, Answers] = {key: [] for key in features}
        for row, cell in zip(rows.tolist(), cells, strict=True):
            for key, value in cell.values.items():
                given[key].append((row, value))
            if cell.problems:
                found.setdefault(row, []).extend(cell.problems)
            if cell.warnings:
                warnings[row] = (*warnings.get(row, ()), *cell.warnings)
        for key, answers in given.items():
            _put(sheet, manifest, key, rows, answers)
    if found:
        _tell_missing(reader, manifest, sheet, found)
        errors |= {row: problems[:MAX_PROBLEMS] for row, problems in found.items()}
    return warnings


def _unclear(
    reader: RowReader,
    matching: Matching,
    sheet: Sheet,
    arrays: Arrays,
    errors: Mapping[int, Problems],
) -> Iterator[tuple[tuple[str, ...], IntArray, Iterator[CellReading]]]:
    """Column by column, what it answers, its rows that are not plain, and what they say."""
    at_fault = list(errors)
    for mask in sheet.unclear.values():
        mask[at_fault] = False
    for column in matching.columns:
        rows = np.flatnonzero(sheet.unclear[column.place])
        if len(rows):
            yield column.features, rows, reader.cells(column, arrays[column.place], rows)
    if matching.age is not None:
        rows = np.flatnonzero(sheet.unclear[matching.age])
        if len(rows):
            yield (AGE,), rows, reader.ages(arrays[matching.age], rows)


def _put(sheet: Sheet, manifest: Manifest, key: str, rows: IntArray, answers: Answers) -> None:
    """The values of a feature in the rows that were read, NaN in the others of them."""
    sheet.put(key, rows, np.full(len(rows), np.nan))
    if not answers:
        return
    read, values = zip(*answers, strict=True)
    feature = next((f for f in manifest.features if f.key == key), None)
    numbers = np.array(values, dtype=float) if feature is None else encoded(feature, values)
    sheet.put(key, np.array(read), numbers)


def _tell_missing(
    reader: RowReader,
    manifest: Manifest,
    sheet: Sheet,
    found: Mapping[int, list[FieldProblem]],
) -> None:
    """What rows with a problem lack besides."""
    required = [f for f in manifest.features if f.required]
    for row, problems in found.items():
        wrong = {problem.field for problem in problems}
        lacks_age = manifest.needs_age and AGE not in wrong and np.isnan(sheet.ages[row])
        lacking = [f for f in required if f.key not in wrong and _is_missing(sheet, f.key, row)]
        if lacks_age or lacking:
            problems += reader.missing(lacking, age=lacks_age)


def _is_missing(sheet: Sheet, key: str, row: int) -> bool:
    return key not in sheet.values or bool(np.isnan(sheet.values[key][row]))
