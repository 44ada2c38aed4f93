"""`agelens score` on one file with one clock, as most tests need it."""

from pathlib import Path

import pyarrow as pa
from agelens.clocks.base import Clock
from agelens.commands.score import run as run_command
from agelens.commands.score.output import Scorer, score_people
from agelens.tables.batch_reader import ColumnOptions
from agelens.tables.files import open_people
from agelens.tables.formats.opening import format_of


def run(data: Path, clock: str, columns: str, out: Path | None) -> int:
    """The exit code."""
    return run_command([data], [clock], out, ColumnOptions(columns))


def scored(data: Path, clock: Clock, columns: str, **how) -> pa.Table:
    """The answers."""
    with data.open("rb") as content, open_people(content, format_of(data.name, content)) as people:
        scorer = Scorer.of(clock, people.header, ColumnOptions(columns, **how))
        return pa.concat_tables(score_people(people, [scorer]))
