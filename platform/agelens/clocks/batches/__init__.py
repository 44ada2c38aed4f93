"""Many people at once: batches of rows, scored, explained and summarised by column."""

from agelens.clocks.batches.batch import Batch, ColumnMatch
from agelens.clocks.batches.outcomes import ERROR_FIELDS, failed_rows, score_batch
from agelens.clocks.batches.summaries import summary_of

__all__ = [
    "ERROR_FIELDS",
    "Batch",
    "ColumnMatch",
    "failed_rows",
    "score_batch",
    "summary_of",
]
