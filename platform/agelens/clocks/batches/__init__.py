"""Many people at once: the parts of an uploaded file, read, scored and summarised by column."""

from agelens.clocks.batches.batch import Batch, Match
from agelens.clocks.batches.outcomes import failed_rows, score_batch
from agelens.clocks.batches.reading import BatchReader
from agelens.clocks.batches.scored import words_of
from agelens.clocks.batches.summaries import summary_of

__all__ = [
    "Batch",
    "BatchReader",
    "Match",
    "failed_rows",
    "score_batch",
    "summary_of",
    "words_of",
]
