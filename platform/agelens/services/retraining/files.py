"""Uploaded training data: stored in chunks, read back, deleted when the retraining ends."""

import hashlib
import uuid
from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from agelens.domain.errors import InvalidInput
from agelens.storage import RetrainingChunk
from agelens.storage.retrainings import FileRole

CHUNK_BYTES = 1024 * 1024
LONGEST_NAME = 200


def keep(session: Session, retraining_id: uuid.UUID, role: FileRole, content: BinaryIO) -> str:
    """Write a file in pieces; its hash."""
    digest = hashlib.sha256()
    number = 0
    for number, piece in enumerate(iter(lambda: content.read(CHUNK_BYTES), b""), start=1):
        digest.update(piece)
        row = {"retraining_id": retraining_id, "role": role, "number": number, "content": piece}
        session.execute(insert(RetrainingChunk), row)
    if number == 0:
        raise InvalidInput.at(role, "is empty")
    return digest.hexdigest()


def pieces(session: Session, retraining_id: uuid.UUID, role: FileRole) -> Iterator[bytes]:
    """An uploaded file, a piece at a time, as it was at the first of them."""
    query = (
        select(RetrainingChunk.content)
        .where(RetrainingChunk.retraining_id == retraining_id, RetrainingChunk.role == role)
        .order_by(RetrainingChunk.number)
        .execution_options(stream_results=True, max_row_buffer=1)
    )
    yield from session.scalars(query)


def forget(session: Session, retraining_id: uuid.UUID) -> None:
    """Drop what was uploaded for a retraining that has ended; names and hashes stay."""
    session.execute(delete(RetrainingChunk).where(RetrainingChunk.retraining_id == retraining_id))


def configured_name(field: str, name: str) -> str:
    """The name of a file among the configured data, which has no folders."""
    if (plain := plain_name(field, name)) != name:
        raise InvalidInput.at(
            field, f'is the name of a file among the configured data, without folders: "{plain}"'
        )
    return plain


def plain_name(field: str, name: str) -> str:
    """A file name without its folders; InvalidInput when nothing usable is left."""
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    if not plain.strip(".") or not plain.isprintable() or len(plain.encode()) > LONGEST_NAME:
        raise InvalidInput.at(
            field, f"needs a file name of up to {LONGEST_NAME} printable characters"
        )
    return plain
