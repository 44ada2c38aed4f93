"""Files of people as the product reads them, row by row, to be compared with what is expected."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from agelens.domain.errors import InvalidAnswers
from agelens.tables.batch_reader import BatchReader
from agelens.tables.files import open_people
from agelens.tables.formats.opening import format_of
from agelens.tables.panel_schema import PanelSchema


@dataclass(frozen=True)
class Row:
    """What one row says; `error` is what is wrong with it."""

    values: dict[str, float | str]
    chronological_age: float | None = None
    error: InvalidAnswers | None = None
    warnings: tuple[str, ...] = field(default_factory=tuple)


def read_people(path: Path, features, columns: str, *, needs_age: bool = False, **how) -> list[Row]:
    schema = PanelSchema(tuple(features), needs_age)
    rows: list[Row] = []
    with path.open("rb") as content, open_people(content, format_of(path.name, content)) as people:
        reader = BatchReader(schema, people.header, columns=columns, **how)
        for part in people.parts():
            rows += _rows(schema, reader.read(part))
    return rows


def _rows(schema: PanelSchema, batch) -> list[Row]:
    places = {row: place for place, row in enumerate(batch.rows.tolist())}
    return [
        _row(schema, batch, places[row])
        if row in places
        else Row({}, error=InvalidAnswers(batch.errors[row]))
        for row in range(batch.n_rows)
    ]


def _row(schema: PanelSchema, batch, place: int) -> Row:
    values: dict[str, float | str] = {}
    for feature in schema.features:
        number = float(batch.table.column(feature.key)[place])
        if not math.isnan(number):
            choice = feature.kind == "choice"
            values[feature.key] = feature.choices[int(number)] if choice else number
    age = float(batch.table.chronological_age[place])
    warnings = batch.warnings.get(int(batch.rows[place]), ())
    return Row(values, None if math.isnan(age) else age, warnings=warnings)
