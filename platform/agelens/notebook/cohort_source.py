"""The data source of a cohort view: a frame, a path, a cohort, or an uploaded file."""

import os
import uuid
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from agelens.client.uploads import is_frame
from agelens.languages import N_

NOT_A_COHORT_ID_HINT = N_(
    "It is not a cohort id either; those look like 4ebd0208-8328-5d69-8c44-ec50939c0967."
)


class CohortSource(NamedTuple):
    """What is sent, what is said of it, and a fingerprint that stays as long as it is the same."""

    data: Any
    options: dict[str, Any]
    fingerprint: object


def is_id(source: object) -> bool:
    """Whether it is written as the ids of cohorts are."""
    try:
        return isinstance(source, str) and bool(uuid.UUID(source))
    except ValueError:
        return False


def checked_source(source: Any) -> Any:
    """The source; of a path the file itself.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    """
    if not isinstance(source, str | os.PathLike):
        return source
    path = Path(source).expanduser()
    try:
        path.open("rb").close()
    except FileNotFoundError as error:
        error.add_note(NOT_A_COHORT_ID_HINT)
        raise
    return path


def people_of(source: Any) -> CohortSource:
    """What a view was given, as it is now: files and frames change between two looks."""
    return CohortSource(source, {}, _fingerprint(source))


def uploaded_people(file: Mapping[str, Any]) -> CohortSource:
    """A file that was chosen in the browser."""
    name, content = file["name"], bytes(file["content"])
    ending = name.rpartition(".")[2].lower()
    return CohortSource(BytesIO(content), {"name": name, "format": ending}, (name, hash(content)))


def _fingerprint(source: Any) -> object:
    if isinstance(source, Path):
        state = source.stat()
        return source, state.st_mtime_ns, state.st_size
    if isinstance(source, list | tuple):
        return hash(repr(source))
    if is_frame(source):
        from pandas.util import hash_pandas_object

        try:
            rows = hash_pandas_object(source, index=False)
        except TypeError:  # cells that cannot be hashed: who knows
            return object()
        return tuple(map(str, source.columns)), hash(rows.to_numpy().tobytes())
    return id(source)
