"""Original files of drafts, kept so that another header row or sheet can be chosen without a new upload."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from shutil import copyfileobj
from typing import Any, BinaryIO

from agelens.domain.errors import Conflict, NotFound
from agelens.services.cohorts import file_locations
from agelens.storage.files import Files
from agelens.tables.formats.file_header import Opening
from agelens.tables.formats.supported import length_of
from agelens.wire import FileLayout

MOST_BYTES = 100 * 1000**2  # of larger ones only how they begin is kept
FILE_NOT_KEPT = "The file of this draft was not kept; send it again with the sheet and header row."
NO_ROWS: FileLayout = {
    "first_rows": [],
    "header_row": None,
    "sheet": None,
    "sheets": [],
    "can_change": False,
}


def keep(
    files: Files, cohort_id: uuid.UUID, content: BinaryIO, format: str, opening: Opening | None
) -> None:
    """Keep a file as it was sent, and how it begins; nothing of one whose header is no row of cells."""
    if opening is None:
        return
    is_kept = length_of(content) <= MOST_BYTES
    if is_kept:
        files.write(_file_path(cohort_id), lambda stream: copyfileobj(content, stream))
    file_info = {"format": format, "is_kept": is_kept, **asdict(opening)}
    files.write_bytes(_info_path(cohort_id), json.dumps(file_info).encode())


def layout(files: Files, cohort_id: uuid.UUID) -> FileLayout:
    """How a draft's file begins."""
    file_info = _read(files, cohort_id)
    if file_info is None:
        return NO_ROWS
    return {
        "first_rows": file_info["rows"],
        "header_row": file_info["header_row"],
        "sheet": file_info["sheet"],
        "sheets": file_info["sheets"],
        "can_change": file_info["is_kept"],
    }


@contextmanager
def opened(files: Files, cohort_id: uuid.UUID) -> Iterator[tuple[BinaryIO, str]]:
    """A draft's file, and the format that it was said to have; Conflict if it was not kept."""
    file_info = _read(files, cohort_id)
    if file_info is None or not file_info["is_kept"]:
        raise Conflict(FILE_NOT_KEPT)
    with files.open(_file_path(cohort_id)) as content:
        yield content, file_info["format"]


def _read(files: Files, cohort_id: uuid.UUID) -> dict[str, Any] | None:
    try:
        with files.open(_info_path(cohort_id)) as stream:
            file_info: dict[str, Any] = json.load(stream)
    except NotFound:  # another format, or a draft of before an update
        return None
    return file_info


def _file_path(cohort_id: uuid.UUID) -> str:
    return f"{file_locations.original(cohort_id)}/file"


def _info_path(cohort_id: uuid.UUID) -> str:
    return f"{file_locations.original(cohort_id)}/opening.json"
