"""Subprocess that decodes one file of a foreign format under limits of memory and time.

A file of a few hundred bytes can unfold to gigabytes, and what it says of its own size need not be
true; and decoders written in C have had holes. So the file is read here, from standard input, and its
rows go to standard output: the names of the columns or a complaint as a line of JSON, then tables,
each as an Arrow stream after a line. What a packed file holds goes out in pieces instead.
"""

import io
import json
import os
import resource
import sys
from dataclasses import asdict
from importlib import import_module
from typing import Any, BinaryIO

import pyarrow as pa

from agelens.tables.formats.decoders import Complaint, Decoded, Task

MOST_BYTES = 768 * 1024**2  # of its own, besides the libraries that all processes share
MOST_CPU_SECONDS = 600
TOO_MUCH = "cannot be read: it is damaged, or its rows or row groups are too long"
TOO_LARGE = "cannot be read: it is damaged, or too large for a workbook; save its sheet as CSV"
DECODERS = {
    "parquet": ("parquet", "a readable Parquet file"),
    "feather": ("feather", "a readable Feather or Arrow file"),
    "excel": ("workbooks", "a readable workbook"),
    "stata": ("statistical_packages", "a readable Stata file"),
    "spss": ("statistical_packages", "a readable SPSS file"),
    "sas": ("statistical_packages", "a readable SAS file"),
    "gzip": ("packed", "a readable gzip file"),
    "zip": ("packed", "a readable zip file"),
}
PACKED = ("gzip", "zip")


def main(task: Task) -> None:
    """Read what stands on standard input, and say what is wrong with it."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):  # it writes to a pipe alone
        resource.setrlimit(limit, (0, 0))
    out, content = _sole_output(), sys.stdin.buffer
    module, kind = DECODERS[task.format]
    try:
        file_bytes = content.seek(0, io.SEEK_END)
        content.seek(0)
        decoder = import_module(f"agelens.tables.formats.decoders.{module}")
        if task.format in PACKED:
            for piece in decoder.pieces(content, task.format, task.most_bytes):
                _send(out, bytes=len(piece))
                out.write(piece)
        else:
            _write(out, decoder.decode(content, task, file_bytes), task.most_bytes)
        _send(out, end=True)
    except BrokenPipeError:
        raise
    except Complaint as complaint:
        _send(out, wrong=str(complaint))
    except MemoryError:  # Arrow's is one, too
        _send(out, wrong=too_much(task.format))
    except Exception as error:  # every library has a tree of errors of its own
        message = str(error).splitlines() or ["it is damaged"]
        _send(out, wrong=f"is not {kind}: {message[0][:200]}")


def too_much(format: str) -> str:
    """What is said of a file that broke the limits, or the process."""
    return TOO_LARGE if format == "excel" else TOO_MUCH


def _sole_output() -> BinaryIO:
    """Standard output for us alone: what a library prints must not stand between the tables."""
    ours = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return ours


def _write(out: BinaryIO, decoded: Decoded, largest_table: int) -> None:
    opening = asdict(decoded.opening) if decoded.opening else None
    _send(out, names=list(decoded.names), notes=list(decoded.notes), opening=opening)
    for table in decoded.tables:
        if table.nbytes > largest_table:
            raise MemoryError
        _send(out, rows=len(table))
        with pa.ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)


def _send(out: BinaryIO, **message: Any) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()


if __name__ == "__main__":
    main(Task(**json.loads(sys.argv[1])))
