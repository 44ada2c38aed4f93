"""What `agelens score` says on standard error: how columns are read, how far it is, how it ended."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pyarrow as pa

from agelens.clocks.batches import ColumnMatch
from agelens.commands.score.output import Scorer
from agelens.domain.single_answer import printable
from agelens.tables.batch_reader import ColumnOptions
from agelens.tables.column_hints import hints
from agelens.wire import UnitSuggestion

SHOWN_COLUMNS = 8
SHOWN_REASONS = 10


def report_columns(scorers: Sequence[Scorer], options: ColumnOptions) -> None:
    """How the columns are read, and which are not: a misspelt one would otherwise go unnoticed."""
    header = scorers[0].reader.header
    read = {options.id_column}
    for scorer in scorers:
        matches = [match for match in scorer.reader.matches if match.features]
        read |= {match.column for match in matches}
        manifest = scorer.clock.manifest
        column_list = "; ".join(map(_column_reading, matches))
        click.echo(f"{manifest.name} {manifest.version} reads {column_list}", err=True)
    ignored = [name for name in header if name and name not in read]
    if ignored:
        ignored_list = ", ".join(map(printable, ignored[:SHOWN_COLUMNS]))
        more = f" and {len(ignored) - SHOWN_COLUMNS:,} more" if len(ignored) > SHOWN_COLUMNS else ""
        click.echo(f"{len(ignored):,} columns are not read: {ignored_list}{more}", err=True)


def report_suggestions(
    scorers: Sequence[Scorer], units: Sequence[UnitSuggestion], *, accept: bool
) -> None:
    """Which columns may be meant, and which look as if they were in another unit."""
    for words in dict.fromkeys(words for s in scorers for words in s.reader.suggestions):
        click.echo(f"Not sure: {words}", err=True)
    for each in units:
        unit = each["suggested_unit"]
        if unit and accept:
            was = f"its median, {each['median']:.6g}, is unusual in {each['read_as']}"
            click.echo(f'Column "{printable(each["column"])}" is read in {unit}: {was}', err=True)
            continue
        units_option = json.dumps({each["feature"]: unit}, ensure_ascii=False)
        how = f" --accept-suggestions, or --units '{units_option}', reads it so." if unit else ""
        click.echo(f"Not sure: {each['message']}{how}", err=True)


def _column_reading(match: ColumnMatch) -> str:
    unit = f" [{match.unit}]" if match.unit else ""
    as_what = "" if match.features == (match.column,) else f" as {' and '.join(match.features)}"
    return f"{printable(match.column)}{as_what}{unit}"


@dataclass
class Tally:
    """What is counted while the answers go by."""

    rows: int = 0
    failed: int = 0
    warned: int = 0

    def counted(self, answers: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The same tables; a person at a terminal sees how far they are."""
        for table in _with_progress(answers):
            self.rows += len(table)
            self.failed += len(table) - table["error"].null_count
            self.warned += len(table) - table["warnings"].null_count
            yield table

    def report(self, scorers: Sequence[Scorer], options: ColumnOptions, out: Path | None) -> None:
        """How many rows there were; where most could not be scored, what the header may have meant."""
        if 2 * self.failed > self.rows:  # names of another data set may fit a row or two by chance
            _report_hints(scorers, options)
        for scorer in scorers:
            _report_reasons(scorer)
        warned = f", {self.warned:,} with a warning" if self.warned else ""
        destination = f"; written to {out}" if out else ""
        noun = "rows" if len(scorers) == 1 else "answers"
        click.echo(
            f"{self.rows:,} {noun}, {self.failed:,} with an error{warned}{destination}", err=True
        )


def _with_progress(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    if sys.stderr is None or not sys.stderr.isatty():
        yield from tables
        return
    from tqdm import tqdm  # with the rows: a wrong call is told at once

    with tqdm(unit=" rows", unit_scale=True, leave=False) as bar:
        for table in tables:
            yield table
            bar.update(len(table))


def _report_reasons(scorer: Scorer) -> None:
    """Why rows were not scored; those with the same reason in one line."""
    groups = scorer.reasons.grouped()
    for group in groups[:SHOWN_REASONS]:
        rows = ", ".join(f"{row:,}" for row in group["first_rows"])
        more = ", ..." if group["n_rows"] > len(group["first_rows"]) else ""
        row_list = f" (row {rows}{more})" if group["n_rows"] == 1 else f" (rows {rows}{more})"
        click.echo(f"{group['reason']}{row_list}", err=True)
    if len(groups) > SHOWN_REASONS:
        click.echo(f"and {len(groups) - SHOWN_REASONS:,} further reasons", err=True)


def _report_hints(scorers: Sequence[Scorer], options: ColumnOptions) -> None:
    for scorer in scorers:
        features, needs_age = scorer.clock.manifest.features, scorer.clock.manifest.needs_age
        unmapped = scorer.reader.unmapped
        for hint in hints(unmapped, features, options.columns, needs_age=needs_age):
            click.echo(f"Most rows could not be scored: {hint}", err=True)
