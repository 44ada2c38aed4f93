"""Read foreign formats in parts, decoded in a subprocess with limits of memory and time."""

import errno
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast

import pyarrow as pa

from agelens.tables.formats import limited_process
from agelens.tables.formats.decoders import Task
from agelens.tables.formats.file_header import FileHeader, Opening, unreadable
from agelens.tables.formats.parts import (
    LARGEST_PART,
    PART_ROWS,
    Tables,
    no_row_errors,
    part_table,
)

BATCH_ROWS = PART_ROWS // 2
LONGEST_LINE = 4 * 1024**2  # of the names of two thousand columns, and far more
UNPACKED_ANYWAY, UNPACKED_PER_BYTE = 256 * 1024**2, 20
# the allocators of threads set much aside that they do not need
_SPARING = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1"}
_SECONDS_TO_END = 5

log = logging.getLogger(__name__)


def reader_for(format: str) -> Callable[[BinaryIO, FileHeader], Tables]:
    """What reads files of a format that `limited_process` decodes.

    It raises InvalidInput if a file is not of the format, not a whole one, or would fill the memory.
    """

    def read(content: BinaryIO, header: FileHeader) -> Tables:
        layout = header.layout
        task = Task(format, BATCH_ROWS, LARGEST_PART, layout.sheet, layout.header_row)
        with _with_number(content) as file, _process_for(file, task) as output:
            first = _line(output)
            header.notes += first["notes"]
            header.add(first["names"])
            header.opening = Opening(**first["opening"]) if first["opening"] else None
            while "rows" in (line := _line(output)):
                with pa.ipc.open_stream(output) as stream:
                    table = stream.read_all()
                yield part_table(table.columns, no_row_errors(line["rows"]))

    return read


read_parquet, read_feather, read_excel, read_stata, read_spss, read_sas = map(
    reader_for, ("parquet", "feather", "excel", "stata", "spss", "sas")
)


def workbook_cells(content: BinaryIO, most_rows: int) -> list[list[str]]:
    """The cells of a workbook's visible sheets as text, row by row, blank rows left out.

    Raises
    ------
    InvalidInput
        If it is no workbook that can be read, or has more rows.
    """
    task = Task("excel", BATCH_ROWS, LARGEST_PART, as_text=True)
    rows: list[list[str]] = []
    with _with_number(content) as file, _process_for(file, task) as output:
        _line(output)
        while "rows" in _line(output):
            with pa.ipc.open_stream(output) as stream:
                columns = stream.read_all().to_pydict().values()
            rows += map(list, zip(*columns, strict=True))
            if len(rows) > most_rows:
                raise unreadable(f"must have at most {most_rows:,} rows")
    return rows


@contextmanager
def unpacked(content: BinaryIO, format: str) -> Iterator[BinaryIO]:
    """The one file that a gzip or zip file holds, in a temporary file.

    Raises
    ------
    InvalidInput
        If it is damaged, holds none or several, or unfolds to more than a file of its size may.
    """
    with _with_number(content) as file:
        most_bytes = UNPACKED_ANYWAY + UNPACKED_PER_BYTE * os.fstat(file.fileno()).st_size
        with TemporaryFile() as unpacked_file:
            with _process_for(file, Task(format, 0, most_bytes)) as output:
                while "bytes" in (line := _line(output)):
                    piece = output.read(line["bytes"])
                    if len(piece) < line["bytes"]:
                        raise EOFError
                    unpacked_file.write(piece)
            unpacked_file.seek(0)
            yield unpacked_file


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
def _process_for(content: IO[bytes], task: Task) -> Iterator[IO[bytes]]:
    from agelens.settings import without_ours  # with pydantic, which plain CSV does not need

    command = [sys.executable, "-P", "-m", limited_process.__name__, json.dumps(asdict(task))]
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
            if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise  # our own disk
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_END)
            log.warning("a file was too much for its process, code %s", process.returncode)
            raise unreadable(limited_process.too_much(task.format)) from error
        finally:
            process.kill()


def _line(output: IO[bytes]) -> dict[str, Any]:
    line = output.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise EOFError
    message: dict[str, Any] = json.loads(line)
    if "wrong" in message:
        raise unreadable(message["wrong"])
    return message
