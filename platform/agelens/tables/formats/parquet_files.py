"""Read Parquet in parts, decoded in a subprocess with a memory limit."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast

import pyarrow as pa

from agelens.settings import without_ours
from agelens.tables.formats import limited_process
from agelens.tables.formats.file_header import FileHeader, unreadable
from agelens.tables.formats.parts import (
    FAULT,
    LARGEST_PART,
    PART_ROWS,
    Tables,
    column_names,
)

BATCH_ROWS = PART_ROWS // 2
LONGEST_LINE = 4 * 1024**2  # of the names of two thousand columns, and far more
# the allocators of threads set much aside that they do not need
_SPARING = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1"}
_SECONDS_TO_END = 5

log = logging.getLogger(__name__)


def read_parquet(content: BinaryIO, header: FileHeader) -> Tables:
    """The rows as tables of a part's columns.

    Raises
    ------
    InvalidInput
        If it is not a Parquet file, not a whole one, or would fill the memory.
    """
    with _with_number(content) as file, _process_for(file) as output:
        header.add(_line(output)["names"])
        while "rows" in (line := _line(output)):
            with pa.ipc.open_stream(output) as stream:
                table = stream.read_all()
            fault = pa.nulls(line["rows"], pa.string())
            yield pa.table([*table.columns, fault], names=[*column_names(len(header)), FAULT])


@contextmanager
def _with_number(content: BinaryIO) -> Iterator[IO[bytes]]:
    """A file that another process can read: this one, or a copy of what is only in memory."""
    content.seek(0)
    with ExitStack() as undo:
        file: IO[bytes] = content
        try:
            content.fileno()
        except OSError:
            file = undo.enter_context(TemporaryFile())
            shutil.copyfileobj(content, file)
            file.flush()
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        yield file


@contextmanager
def _process_for(content: IO[bytes]) -> Iterator[IO[bytes]]:
    command = [
        sys.executable,
        "-P",
        "-m",
        limited_process.__name__,
        str(BATCH_ROWS),
        str(LARGEST_PART),
    ]
    with subprocess.Popen(
        command,
        stdin=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=without_ours(**_SPARING),  # what reads a stranger's file need not know our secrets
    ) as process:
        try:
            yield cast(IO[bytes], process.stdout)
        except (pa.ArrowException, OSError, EOFError) as error:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_END)
            log.warning("a Parquet file was too much for its process, code %s", process.returncode)
            raise unreadable(limited_process.TOO_MUCH) from error
        finally:
            process.kill()


def _line(output: IO[bytes]) -> dict[str, Any]:
    line = output.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise EOFError
    found: dict[str, Any] = json.loads(line)
    if "wrong" in found:
        raise unreadable(found["wrong"])
    return found
