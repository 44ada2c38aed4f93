"""Reports whose lines have cells: name;value;unit;range, or a header and one row."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agelens.domain.errors import InvalidInput
from agelens.domain.single_answer import NotUsable, printable
from agelens.tables.lab_reports.dates import BIRTH, Dated, without_dates
from agelens.tables.lab_reports.markers import by_name
from agelens.tables.lab_reports.names_with_units import name_and_units
from agelens.tables.lab_reports.numbers import has_decimal_commas, loose_number, read_number
from agelens.tables.lab_reports.results import UNKNOWN, Report, Result

DELIMITERS = "\t;|"
LEAST_KNOWN = 2
ROLES = {
    "name": r"name|test( name)?|analyte|parameter|marker|biomarker|component|untersuchung|analyse|messgröße|bezeichnung|показатель|исследование|examen|análisis",
    "value": r"value|result|results|wert|ergebnis|messwert|resultat|resultado|résultat|результат|значение",
    "unit": r"units?|einheit|uom|unité|unidad|единицы?( изм\w*)?|ед\.? ?изм\.?",
}  # fmt: skip
_DATE_NAME = re.compile(
    r"(?:.*\b)?(?:date|datum|drawn|collected|measured[ _]on|дата|fecha)\b.*", re.I
)


@dataclass(frozen=True)
class Table:
    """Lines of cells, their delimiter, and which column is what, where a header says so."""

    rows: Sequence[Sequence[str]]
    delimiter: str
    roles: Mapping[str, int]

    @classmethod
    def of(cls, lines: Sequence[str]) -> "Table | None":
        """The table that the lines are, if most of them have a delimiter."""
        for delimiter in (*DELIMITERS, ","):
            if sum(delimiter in line for line in lines) * 2 > len(lines):
                rows = [_split(line, delimiter) for line in lines]
                header = next((row for row in rows[:20] if _roles(row)), [])
                table = cls(rows, delimiter, _roles(header))
                # commas are in sentences and numbers, too
                return table if delimiter != "," or table.roles or _has_columns(rows) else None
        return None

    def under(self, line: str) -> "Table":
        """The table below a line, which may be a header with other columns."""
        roles = _roles(_split(line, self.delimiter))
        return replace(self, roles=roles) if roles else self

    def cells(self, line: str) -> list[str]:
        """The cells of one line; none of the header, nor of a line without the delimiter."""
        cells = _split(line, self.delimiter)
        return cells if len(cells) > 1 and not _roles(cells) else []


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error:
        return [cell.strip() for cell in line.split(delimiter)]


def _roles(cells: Sequence[str]) -> dict[str, int]:
    indices = {
        role: index
        for role, words in ROLES.items()
        for index, cell in enumerate(cells)
        if re.fullmatch(words, cell, re.IGNORECASE)
    }
    return indices if {"name", "value"} <= indices.keys() else {}


def _has_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the lines are of a name, a number without a comma, and more."""
    if _n_marker_columns(rows[0]) >= LEAST_KNOWN:
        return True
    return all(
        len(row) >= LEAST_KNOWN and by_name(row[0]) is not None and _is_number(row[1])
        for row in rows
    )


def _is_number(cell: str) -> bool:
    try:
        return read_number(cell, commas=False) is not None
    except NotUsable:
        return True


def is_one_row(table: Table) -> bool:
    """Whether the first line names biomarkers by column, so that the rows are people."""
    return len(table.rows) > 1 and _n_marker_columns(table.rows[0]) >= LEAST_KNOWN


def _n_marker_columns(cells: Sequence[str]) -> int:
    return sum(_column(cell) is not None for cell in cells[:1000])


def _column(header: str) -> tuple[str, str] | None:
    """The name and the unit of a column of a biomarker, or of age; None of another."""
    name, units = name_and_units(header)
    return (name, units[0] if units else "") if name else None


def one_row(table: Table, *, month_first: bool | None = None) -> Report:
    """The report of a header and one row. InvalidInput if there are more rows."""
    header, *rows = table.rows
    if len(rows) > 1:
        message = f"has {len(rows)} rows; send one person's (a cohort takes many)"
        raise InvalidInput.at("file", message)
    report, row = Report(), rows[0]
    commas = table.delimiter != "," and has_decimal_commas(" ".join(row))
    dated = _dated(header, row, month_first)
    day = dated.day if dated else None
    if dated and not day:
        report.ask_day(dated.written, dated.days)
    for name, cell in zip(header, row, strict=False):
        column = _column(name)
        if cell and column is not None:
            _cell(report, column, cell, day, commas=commas)
        elif cell and name and any(c.isdigit() for c in cell) and not _DATE_NAME.fullmatch(name):
            report.leave_out(f"{name}: {cell}", UNKNOWN, *loose_number(cell))
    return report


def _cell(
    report: Report, column: tuple[str, str], cell: str, day: str | None, *, commas: bool
) -> None:
    name, unit = column
    source = printable(f"{name}: {cell} {unit}".strip(), 200)
    try:
        number = read_number(cell, commas=commas)
    except NotUsable as error:
        report.leave_out(source, str(error), cell.strip(), unit)
        return
    report.results.append(
        Result(
            source_text=source,
            value=number.value if number else cell,
            names=(name,),
            comparator=number.comparator if number else "",
            unit=unit,
            moment=day or "",
            date=day,
            written=number.written if number else cell,
        )
    )


def _dated(header: Sequence[str], row: Sequence[str], month_first: bool | None) -> Dated | None:
    """The date that a column of dates says, but that of a birth."""
    for name, cell in zip(header, row, strict=False):
        _, dates = without_dates(cell, month_first=month_first)
        if dates and _DATE_NAME.fullmatch(name) and not BIRTH.search(name):
            return dates[0]
    return None
