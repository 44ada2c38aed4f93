"""`agelens score`: a file of people in, a file of explained ages out; no server, no network."""

import csv
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click
import numpy as np

from agelens.clocks.base import Clock, FloatArray
from agelens.clocks.bundles import SHIPPED, SHORT_NAMES, load_clock, read_bundle, shipped
from agelens.clocks.scoring import score_panels
from agelens.domain.errors import InvalidAnswers, InvalidInput
from agelens.domain.panel import Panel
from agelens.tables.column_hints import hints, ignored_columns
from agelens.tables.people import Rows, read_people, read_rows

SHOWN_WARNINGS = 3
SHOWN_COLUMNS = 8
ENDINGS = (".csv", ".parquet")
Cells = list[float | None] | list[str | None]


def run(data: Path, clock: str, columns: str, out: Path | None) -> int:
    """Score every row of a file; the exit code. Without `out` the answers go to stdout as CSV.

    Rows with an error are answers too: the code is 0 whenever the answers were written.
    """
    try:
        chosen = find_clock(clock)
        if out is not None:
            _check_out(out, data)
        answers = score_file(chosen, data, columns)
        if out is None:
            _write_csv(answers, sys.stdout)
            sys.stdout.flush()
        elif out.suffix.lower() == ".parquet":
            _write_parquet(answers, out)
        else:
            with out.open("w", encoding="utf-8", newline="") as stream:
                _write_csv(answers, stream)
    except BrokenPipeError:  # whoever reads them, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (InvalidInput, OSError, ModuleNotFoundError) as error:
        click.echo(f"Not scored: {error}", err=True)
        return 1
    _report(answers["error"], out)
    return 0


def find_clock(clock: str) -> Clock:
    """A shipped clock by name, long or short, or the clock of a bundle directory.

    Raises
    ------
    InvalidInput
        If there is neither, or the bundle cannot be trusted.
    """
    directory = shipped(clock)
    if directory is None and Path(clock).is_dir():
        directory = Path(clock)
    if directory is None:
        directory = shipped(SHORT_NAMES.get(clock, clock))
    if directory is None:
        names = ", ".join(sorted({d.parent.name for d in SHIPPED}))
        raise InvalidInput.at("clock", f'there is no "{clock}"; shipped: {names}')
    return load_clock(read_bundle(directory))


def score_file(clock: Clock, data: Path, columns: str) -> dict[str, Cells]:
    """The answers by column, one cell per row of the file, in its order."""
    manifest = clock.manifest
    rows = read_rows(data)
    read = list(read_people(rows, manifest.features, columns, needs_age=manifest.needs_age))
    _tell_ignored(ignored_columns(rows.header, manifest.features, columns))
    _tell_warnings(read)
    errors = {row: _words(e) for row, e in enumerate(read) if isinstance(e, InvalidAnswers)}
    good = [(row, panel) for row, panel in enumerate(read) if isinstance(panel, Panel)]
    scores, failed = score_panels(clock, [panel for _, panel in good])
    errors |= {good[place][0]: message for place, message in failed.items()}
    places = np.array([place for place in range(len(good)) if place not in failed], dtype=np.intp)
    rows_of = np.array([row for row, _ in good], dtype=np.intp)

    def column(numbers: FloatArray) -> list[float | None]:
        cells = np.full(len(read), None, dtype=object)
        shown = places[np.isfinite(numbers[places])]
        cells[rows_of[shown]] = numbers[shown]
        return cells.tolist()

    answers: dict[str, Cells] = {
        "prediction": column(scores.prediction),
        "interval_low": column(scores.low),
        "interval_high": column(scores.high),
        "base_value": column(scores.base_value),
    }
    for place, key in enumerate(scores.features):
        answers[f"contribution:{key}"] = column(scores.contributions[:, place])
    answers["error"] = [errors.get(row) for row in range(len(read))]
    if 2 * len(errors) > len(read):  # names of another data set may fit a row or two by chance
        _tell_hints(clock, rows, columns)
    return answers


def _check_out(out: Path, data: Path) -> None:
    if out.suffix.lower() not in ENDINGS:
        raise InvalidInput.at("out", f"must end in {' or '.join(ENDINGS)}, not as {out.name}")
    if not out.parent.is_dir():
        raise InvalidInput.at("out", f"there is no folder {out.parent}")
    if out.exists() and out.samefile(data):
        raise InvalidInput.at("out", "is the file that is read")


def _tell_hints(clock: Clock, rows: Rows, columns: str) -> None:
    manifest = clock.manifest
    for hint in hints(rows.header, manifest.features, columns, needs_age=manifest.needs_age):
        click.echo(f"Most rows could not be scored: {hint}", err=True)


def _tell_ignored(ignored: Sequence[str]) -> None:
    if not ignored:
        return
    shown = ", ".join(ignored[:SHOWN_COLUMNS])
    more = f" and {len(ignored) - SHOWN_COLUMNS:,} more" if len(ignored) > SHOWN_COLUMNS else ""
    click.echo(f"{len(ignored):,} columns that this clock does not read: {shown}{more}", err=True)


def _tell_warnings(read: Sequence[Panel | InvalidAnswers]) -> None:
    """Warnings have no column of their own, so they are counted and the first ones shown."""
    panels = [(row, panel) for row, panel in enumerate(read) if isinstance(panel, Panel)]
    warned = [(row, panel.warnings) for row, panel in panels if panel.warnings]
    if not warned:
        return
    click.echo(f"{len(warned):,} rows with a warning, such as:", err=True)
    for row, warnings in warned[:SHOWN_WARNINGS]:
        click.echo(f"  row {row + 1}: {'; '.join(warnings)}", err=True)


def _words(error: InvalidAnswers) -> str:
    return "; ".join(f"{problem.field} {problem.message}" for problem in error.problems)


def _write_csv(answers: dict[str, Cells], stream: TextIO) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(answers)
    writer.writerows(zip(*answers.values(), strict=True))


def _write_parquet(answers: dict[str, Cells], out: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    types = {name: pyarrow.float64() for name in answers} | {"error": pyarrow.string()}
    pyarrow.parquet.write_table(pyarrow.table(answers, schema=pyarrow.schema(types)), out)


def _report(errors: Sequence[float | str | None], out: Path | None) -> None:
    failed = sum(error is not None for error in errors)
    where = f"; written to {out}" if out else ""
    click.echo(f"{len(errors):,} rows, {failed:,} with an error{where}", err=True)
