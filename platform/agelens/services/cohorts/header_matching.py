"""Match column names with a clock's features before there is a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from agelens.domain.errors import InvalidInput
from agelens.services import registry
from agelens.services.cohorts.readings import answers_of, reading_of
from agelens.services.cohorts.submissions import Options
from agelens.tables.formats.file_header import FileHeader


@dataclass(frozen=True)
class Header:
    """The names of columns, and what is said of them."""

    header: Sequence[str]
    columns: str | None
    mapping: Mapping[str, str]
    units: Mapping[str, str]
    id_column: str | None
    values: Mapping[str, Mapping[str, str]]
    censored: str | None


def match(session: Session, names: Sequence[str], options: Options) -> dict[str, Any]:
    """What a clock would read in columns of these names, as plain JSON; nothing is kept.

    Raises
    ------
    InvalidInput
        If no file could have such a header, or what is said does not fit it.
    """
    _check(names)
    version = registry.resolve(session, options.model)
    clock = registry.clock_of(session, version)
    header = Header(
        names,
        options.columns,
        options.mapping or {},
        options.units or {},
        options.id_column,
        options.values or {},
        options.censored,
    )
    reading = reading_of(clock, header)
    return {
        "model": {"name": version.name, "version": version.version},
        "columns": reading.columns,
        "price_per_row": version.price,
        **answers_of(reading),
    }


def _check(names: Sequence[str]) -> None:
    try:
        FileHeader().add(names)
    except InvalidInput as error:
        raise InvalidInput.at("header", error.problems[0].message) from error
