"""`agelens score`: files of people in, explained ages out; no server, no network."""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import FrameType
from typing import BinaryIO

import click

from agelens.clocks.base import Clock
from agelens.clocks.bundles import find_clock
from agelens.commands.score.messages import Tally, report_columns, report_suggestions
from agelens.commands.score.output import (
    PeekedFile,
    ahead,
    score_people,
    scorers_of,
    with_suggested_units,
)
from agelens.domain.errors import InvalidInput
from agelens.tables.batch_reader import ColumnOptions
from agelens.tables.files import open_people
from agelens.tables.formats.encoding import encode
from agelens.tables.formats.file_header import AS_FOUND, Layout
from agelens.tables.formats.opening import format_of

STANDARD_INPUT = Path("-")
FORMATS_BY_SUFFIX = {
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "xlsx",
}


def run(
    files: Sequence[Path],
    clocks: Sequence[str],
    out: Path | None,
    options: ColumnOptions | None = None,
    format: str | None = None,
    *,
    accept_suggestions: bool = False,
    layout: Layout = AS_FOUND,
) -> int:
    """Score every row of every file; the exit code.

    Rows with an error are answers too: the code is 0 whenever the answers were written. It is 1 when
    a file cannot be read to its end or the answers cannot be written, and 2 when the call is wrong.

    Parameters
    ----------
    files : sequence of Path
        `-` is standard input.
    clocks : sequence of str
        What `find_clock` takes. The answers of several stand below each other, row by row.
    out : Path, optional
        A file; of several files a folder, where each gets a file of its own name. None is standard
        output.
    options : ColumnOptions, optional
    format : str, optional
        A name of `ENCODED`; by the ending of `out` when absent, else CSV.
    accept_suggestions : bool
        Whether columns whose median is usual in another unit are read in that unit.
    layout : Layout, optional
        The sheet and the header row of every file.
    """
    file_prefix = ""
    try:
        chosen_clocks = [find_clock(name) for name in dict.fromkeys(clocks)]
        outputs = _outputs(files, out, format)
        with _cleaning_up_when_ended():
            for file, (output, kind) in zip(files, outputs, strict=True):
                file_prefix = f"{file}: " if len(files) > 1 else ""
                column_options = options or ColumnOptions()
                _score_file(
                    file,
                    layout,
                    chosen_clocks,
                    column_options,
                    output,
                    kind,
                    accept=accept_suggestions,
                )
    except BrokenPipeError:  # whoever reads them, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except InvalidInput as error:
        click.echo(f"Error: {file_prefix}{error}", err=True)
        return 1 if error.problems[0].field == "file" else 2
    except (OSError, ModuleNotFoundError) as error:
        click.echo(f"Error: {file_prefix}{error}", err=True)
        return 1
    return 0


@contextmanager
def _cleaning_up_when_ended() -> Iterator[None]:
    """SIGTERM and a closed terminal unwind as Ctrl-C does: unfinished files are removed."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)  # as a shell says it

    numbers = (signal.SIGTERM, signal.SIGHUP)
    # what somebody ignores or handles stays theirs; only the main thread may set a handler
    handled = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        handled = []
    for number in handled:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)


def _score_file(
    file: Path,
    layout: Layout,
    clocks: Sequence[Clock],
    options: ColumnOptions,
    out: Path | None,
    format: str,
    *,
    accept: bool,
) -> None:
    with (
        _content(file) as content,
        _sink(out) as sink,
        open_people(content, format_of(file.name, content), layout) as people,
    ):
        for note in people.notes:
            click.echo(note, err=True)
        scorers = scorers_of(clocks, people.header, options)
        peeked = PeekedFile(people)
        scorers, suggested = with_suggested_units(scorers, peeked.first, accept=accept)
        report_columns(scorers, options)
        report_suggestions(scorers, suggested, accept=accept)
        tally = Tally()
        own = format == "xlsx"  # who wants a workbook wants one, not two to be joined
        # closed first: nobody reads the file any more when it is closed
        with closing(ahead(score_people(peeked, scorers, own_columns=own))) as answers:
            for piece in encode(format, tally.counted(answers)):
                sink.write(piece)
    tally.report(scorers, options, out)


@contextmanager
def _content(file: Path) -> Iterator[BinaryIO]:
    """A file's bytes, seekable; what comes through a pipe is kept for as long as it is read."""
    if file.is_file():
        with file.open("rb") as stream:
            yield stream
        return
    with TemporaryFile() as spool:
        if file == STANDARD_INPUT:
            shutil.copyfileobj(sys.stdin.buffer, spool)
        else:
            with file.open("rb") as pipe:
                shutil.copyfileobj(pipe, spool)
        spool.seek(0)
        yield spool


@contextmanager
def _sink(out: Path | None) -> Iterator[BinaryIO]:
    """Where the answers go; a file comes into being as a whole, or not at all."""
    if out is None:
        if sys.stdout is None:
            raise OSError("standard output is closed")
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    if out.exists() and not out.is_file():  # a device or a pipe
        with out.open("wb") as stream:
            yield stream
        return
    whole = out.resolve()  # not the link that leads to it
    unfinished = whole.with_name(f".{whole.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as stream:
            yield stream
        unfinished.replace(whole)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _outputs(
    files: Sequence[Path], out: Path | None, format: str | None
) -> list[tuple[Path | None, str]]:
    """Where the answers about each file go, and in which format."""
    for file in files:
        if file != STANDARD_INPUT and not file.exists():
            raise InvalidInput.at("data", f"there is no file {file}")
    if len(files) == 1 and (out is None or not out.is_dir()):
        return [_output(files[0], out, format)]
    if out is None or not out.is_dir():
        raise InvalidInput.at(
            "out", "must be a folder that exists, for the answers to several files"
        )
    kind = format or "csv"
    names = [f"{'answers' if file == STANDARD_INPUT else file.stem}.{kind}" for file in files]
    if len(set(names)) < len(names):
        raise InvalidInput.at("data", "two of the files have the same name")
    return [_output(file, out / name, kind) for file, name in zip(files, names, strict=True)]


def _output(data: Path, out: Path | None, format: str | None) -> tuple[Path | None, str]:
    if out is None:
        return None, format or "csv"
    format_by_name = FORMATS_BY_SUFFIX.get(out.suffix.lower())
    kind = format or format_by_name
    if format_by_name and kind != format_by_name:
        raise InvalidInput.at(
            "format", f"is {format}, but {out.name} is the name of a {format_by_name} file"
        )
    if kind is None:
        raise InvalidInput.at(
            "out", f"must end in {', '.join(FORMATS_BY_SUFFIX)}, not as {out.name}"
        )
    if not out.parent.is_dir():
        raise InvalidInput.at("out", f"there is no folder {out.parent}")
    if out.exists() and data.exists() and out.samefile(data):
        raise InvalidInput.at("out", "is the file that is read")
    return out, kind
