"""Match column names with a clock's features before there is a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from agelens.domain.errors import InvalidInput
from agelens.services import registry
from agelens.services.cohorts.previews import answers_of, hints_of
from agelens.services.cohorts.submissions import Options
from agelens.tables.formats.file_header import FileHeader
from agelens.tables.reader import guess


@dataclass(frozen=True)
class Header:
    """The names of columns, and what is said of them."""

    header: Sequence[str]
    columns: str | None
    mapping: Mapping[str, str]
    units: Mapping[str, str]
    id_column: str | None


def match(session: Session, names: Sequence[str], options: Options) -> dict[str, Any]:
    """What a clock would read in columns of these names, as plain JSON; nothing is kept.

    Raises
    ------
    InvalidInput
        If no file could have such a header, or the clock cannot read it so.
    """
    _check(names)
    version = registry.resolve(session, options.model)
    clock = registry.clock_of(session, version)
    header = Header(
        names, options.columns, options.mapping or {}, options.units or {}, options.id_column
    )
    columns, reader = guess(clock, header)
    return {
        "model": {"name": version.name, "version": version.version},
        "columns": columns,
        "price_per_row": version.price,
        **answers_of(clock, reader),
        "hints": hints_of(clock, reader, columns),
    }


def _check(names: Sequence[str]) -> None:
    try:
        FileHeader().add(names)
    except InvalidInput as error:
        raise InvalidInput.at("header", error.problems[0].message) from error
