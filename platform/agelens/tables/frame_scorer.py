"""Frames of one header, scored with one clock."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa

from agelens.clocks.base import Clock
from agelens.clocks.batches import ERROR_FIELDS, score_batch
from agelens.clocks.batches.scored import Scored, score
from agelens.domain.errors import InvalidInput
from agelens.domain.single_answer import printable
from agelens.tables.batch_reader import BatchReader, ColumnOptions
from agelens.tables.frames import Frame
from agelens.tables.matching import IGNORED, column_index
from agelens.tables.reader import check_readable

CONTRIBUTION = "contribution:"
SHOWN_COLUMNS = 8


class FrameScorer:
    """Scores frames of one header with one clock.

    Parameters
    ----------
    clock : Clock
    header : sequence of str
    options : ColumnOptions

    Raises
    ------
    InvalidInput
        If the columns cannot be read so, or one is missing that every row needs.
    """

    def __init__(self, clock: Clock, header: Sequence[str], options: ColumnOptions) -> None:
        self._clock = clock
        with _frame_wording():
            self._reader = BatchReader(clock, header, **vars(options))
            check_readable(clock, options.columns, self._reader)
        read_indices = {index for index, match in enumerate(self._reader.matches) if match.features}
        id_index = column_index(header, options.id_column) if options.id_column else None
        self._indices = sorted(read_indices if id_index is None else read_indices | {id_index})
        ignored = (name for name, key in options.mapping.items() if key == IGNORED)
        known_indices = {*self._indices, *(column_index(header, name) for name in ignored)}
        self.unread = tuple(
            name for index, name in enumerate(header) if name and index not in known_indices
        )

    def table(self, frame: Frame, *, contributions: bool = True) -> pa.Table:
        """The answers, a row for each row of the frame, in its order."""
        tables, first_row = [], 1
        for part in frame.parts(self._indices):
            batch = self._reader.read(part)
            tables.append(score_batch(self._clock, batch, first_row=first_row)[0])
            first_row += part.num_rows
        names = [
            name
            for name in tables[0].column_names
            if name != ERROR_FIELDS and (contributions or not name.startswith(CONTRIBUTION))
        ]
        return pa.concat_tables([table.select(names) for table in tables])

    def scores(self, frame: Frame) -> Iterator[Scored]:
        """The scores as the clock gives them, part by part."""
        for part in frame.parts(self._indices):
            yield score(self._clock, self._reader.read(part))

    def warn_of_units(self, frame: Frame, *, accept: bool, stacklevel: int) -> None:
        """Warn of columns that look as if they were in another unit, and of ambiguous names.

        With `accept` they are read in the suggested unit.
        """
        suggestions = self._reader.unit_suggestions(next(frame.parts(self._indices)))
        if accept:
            self._reader = self._reader.accepting(suggestions)
        accepted = [s for s in suggestions if accept and s["suggested_unit"]]
        for suggestion in suggestions:
            end = "; it is read so" if suggestion in accepted else ""
            warnings.warn(suggestion["message"] + end, UserWarning, stacklevel=stacklevel + 1)
        for words in self._reader.suggestions:
            warnings.warn(words, UserWarning, stacklevel=stacklevel + 1)

    def warn_of_unread(self, stacklevel: int) -> None:
        """Warn of columns that are not read: a misspelt one would otherwise go unnoticed."""
        if not self.unread:
            return
        names = ", ".join(map(printable, self.unread[:SHOWN_COLUMNS]))
        more = f" and {len(self.unread) - SHOWN_COLUMNS:,} more"
        message = f"{self._clock.manifest.name} does not read these columns: {names}"
        message += more if len(self.unread) > SHOWN_COLUMNS else ""
        warnings.warn(message, UserWarning, stacklevel=stacklevel + 1)


@contextmanager
def _frame_wording() -> Iterator[None]:
    """What is wrong with a file, said of a frame."""
    try:
        yield
    except InvalidInput as error:
        problems = [
            replace(problem, message=problem.message.replace("the file", "the frame"))
            for problem in error.problems
        ]
        raise InvalidInput(problems) from error
