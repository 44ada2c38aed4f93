"""`agelens score`: a file of people in, a file of explained ages out; no server, no network."""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click
import numpy as np

from agelens.clocks.base import Clock, FloatArray
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle, shipped
from agelens.clocks.people import ignored_columns, read_people, read_rows
from agelens.clocks.scoring import score_panels
from agelens.domain.errors import InvalidAnswers, InvalidInput
from agelens.domain.panel import Panel

SHOWN_WARNINGS = 3
Cells = list[float | None] | list[str | None]


def run(data: Path, clock: str, columns: str, out: Path | None) -> int:
    """Score every row of a file; the exit code. Without `out` the answers go to stdout as CSV.

    Rows with an error are answers too: the code is 0 whenever the answers were written.
    """
    try:
        chosen = find_clock(clock)
        if out is not None and out.exists() and out.samefile(data):
            raise InvalidInput.at("out", "is the file that is read")
        answers = score_file(chosen, data, columns)
        if out is not None and out.suffix.lower() == ".parquet":
            _write_parquet(answers, out)
        elif out is not None:
            with out.open("w", encoding="utf-8", newline="") as stream:
                _write_csv(answers, stream)
        else:
            _write_csv(answers, sys.stdout)
    except (InvalidInput, OSError, ModuleNotFoundError) as error:
        click.echo(f"Not scored: {error}", err=True)
        return 1
    _report(answers["error"], out)
    return 0


def find_clock(clock: str) -> Clock:
    """A shipped clock by name, or the clock of a bundle directory.

    Raises
    ------
    InvalidInput
        If there is neither, or the bundle cannot be trusted.
    """
    directory = shipped(clock)
    if directory is None and Path(clock).is_dir():
        directory = Path(clock)
    if directory is None:
        names = ", ".join(sorted({d.parent.name for d in SHIPPED}))
        raise InvalidInput.at("clock", f'there is no "{clock}"; shipped: {names}')
    return load_clock(read_bundle(directory))


def score_file(clock: Clock, data: Path, columns: str) -> dict[str, Cells]:
    """The answers by column, one cell per row of the file, in its order."""
    manifest = clock.manifest
    rows = read_rows(data)
    read = list(read_people(rows, manifest.features, columns, needs_age=manifest.needs_age))
    if ignored := ignored_columns(rows, manifest.features, columns):
        click.echo(f"Columns that this clock does not read: {', '.join(ignored)}", err=True)
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
    return answers


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
