"""Score and explain the rows of one part."""

import uuid
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import structlog

from agelens.clocks.base import Clock
from agelens.clocks.batches import Batch, failed_rows, score_batch
from agelens.domain.errors import NotFound, Unavailable
from agelens.domain.panel import AGE
from agelens.services.cohorts import file_locations, ingestion
from agelens.services.cohorts.parts import PartClaim
from agelens.storage.files import Files
from agelens.tables.batch_reader import BatchReader
from agelens.tables.reader import reader_of

log = structlog.get_logger()
GONE = "was not scored: the file with its answers is gone; it was not charged"
LOST = "was not scored: its worker died each of {} times; it was not charged"
MOST_READERS = 16
_readers: dict[uuid.UUID, tuple[Clock, BatchReader]] = {}  # what is said of a queued cohort stays
UNEXPECTED = "was not scored: something unexpected went wrong; it was not charged"


@dataclass(frozen=True)
class PartResult:
    """One row per row of the part, and its tally; `given_up` when no row of it could be scored."""

    table: pa.Table
    tally: dict[str, Any]
    given_up: bool = False

    def write(self, stream: BinaryIO) -> None:
        """As an Arrow file."""
        with pa.ipc.new_file(stream, self.table.schema) as writer:
            writer.write_table(self.table)


def score_part(files: Files, clock: Clock, claimed: PartClaim) -> PartResult:
    """Score a part; what goes wrong in that, rather than in the storage, is told of its rows.

    Raises
    ------
    Unavailable
        If the storage is away: it may have the file later.
    """
    if claimed.tried_enough:
        log.warning("part given up", cohort_id=str(claimed.cohort_id), part=claimed.number)
        return _given_up(files, clock, claimed, LOST.format(claimed.lost))
    try:
        part = _answers(files, claimed)
        batch = _reader(clock, claimed).read(part)
        table, tally = score_batch(clock, batch, first_row=claimed.first_row)
        return PartResult(_with_ages(table, batch), tally)
    except Unavailable:
        raise
    except NotFound:
        log.warning("answers gone", cohort_id=str(claimed.cohort_id), part=claimed.number)
        return _given_up(files, clock, claimed, GONE)
    except Exception:
        log.exception("scoring failed", cohort_id=str(claimed.cohort_id), part=claimed.number)
        return _given_up(files, clock, claimed, UNEXPECTED)


def _reader(clock: Clock, claimed: PartClaim) -> BatchReader:
    """The cohort's reader, which the parts share: to match its columns takes as long as to read one."""
    clock_and_reader = _readers.get(claimed.cohort_id)
    if clock_and_reader is None or clock_and_reader[0] is not clock:
        clock_and_reader = clock, reader_of(clock, claimed)
        if len(_readers) >= MOST_READERS:
            _readers.clear()
        _readers[claimed.cohort_id] = clock_and_reader
    return clock_and_reader[1]


def _with_ages(table: pa.Table, batch: Batch) -> pa.Table:
    """Ages of the readable rows, for figures: the results of some clocks do not tell them."""
    ages = np.full(batch.n_rows, np.nan)
    ages[batch.rows] = batch.table.chronological_age
    return table.append_column(AGE, pa.array(ages, mask=np.isnan(ages)))


def _answers(files: Files, claimed: PartClaim) -> pa.Table:
    """The part's rows; NotFound only when the storage is there and the file is not."""
    try:
        return ingestion.read_part(files, claimed.cohort_id, claimed.number)
    except OSError as error:  # while it was read
        raise Unavailable("The storage of files cannot be reached right now.") from error
    except NotFound:
        if files.exists(file_locations.inputs(claimed.cohort_id)):
            raise
        # as when a disk is not mounted
        raise Unavailable("The storage of files has nothing of this cohort for now.") from None


def _given_up(files: Files, clock: Clock, claimed: PartClaim, reason: str) -> PartResult:
    ids = _ids(files, clock, claimed)
    table, tally = failed_rows(clock, claimed.n_rows, claimed.first_row, reason, ids=ids)
    no_ages = pa.nulls(claimed.n_rows, pa.float64())
    return PartResult(table.append_column(AGE, no_ages), tally, given_up=True)


def _ids(files: Files, clock: Clock, claimed: PartClaim) -> pa.Array | None:
    """Who the rows are, as far as that can still be read."""
    if claimed.id_column is None:
        return None
    no_ids = pa.nulls(claimed.n_rows, pa.string())
    try:
        return reader_of(clock, claimed).ids(_answers(files, claimed))
    except NotFound:
        return no_ids
    except (ValueError, KeyError, TypeError):  # a file that cannot be read
        return no_ids
