"""Match column names with a clock's features before there is a file."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from agelens.domain.errors import InvalidInput
from agelens.services import model_registry
from agelens.services.cohorts.column_readings import column_reading, matches_as_json
from agelens.services.cohorts.submissions import Options
from agelens.tables.formats.file_header import FileHeader


def match(session: Session, names: Sequence[str], options: Options) -> dict[str, Any]:
    """What a clock would read in columns of these names, as plain JSON; nothing is kept.

    Raises
    ------
    InvalidInput
        If no file could have such a header, or what is said does not fit it.
    """
    _check(names)
    version = model_registry.resolve(session, options.model)
    clock = model_registry.clock_of(session, version)
    reading = column_reading(clock, options.header(names))
    return {
        "model": {"name": version.name, "version": version.version},
        "columns": reading.columns,
        "price_per_row": version.price,
        **matches_as_json(reading),
    }


def _check(names: Sequence[str]) -> None:
    try:
        FileHeader().add(names)
    except InvalidInput as error:
        raise InvalidInput.at("header", error.problems[0].message) from error
