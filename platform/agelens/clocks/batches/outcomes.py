"""Score a batch: result rows as an Arrow table, and the tally for the cohort's summary."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from agelens.clocks.base import Clock, FloatArray, IntArray, Table
from agelens.clocks.batches.batch import Batch
from agelens.clocks.batches.row_warnings import warnings_of
from agelens.clocks.batches.scored import Scored, score
from agelens.clocks.batches.tallies import tally_of
from agelens.clocks.provenance import file_metadata
from agelens.domain.errors import FieldProblem

ERROR_FIELDS = "error_fields"
NOBODY = Table({}, np.empty(0))
NO_ROWS: IntArray = np.empty(0, dtype=np.intp)


def score_batch(clock: Clock, batch: Batch, *, first_row: int) -> tuple[pa.Table, dict[str, Any]]:
    """Score every readable row and explain it.

    Parameters
    ----------
    clock : Clock
    batch : Batch
    first_row : int
        The number of the batch's first row in the file, as people count: the file's first is 1.

    Returns
    -------
    table : pyarrow.Table
        One row per row of the part, in order; the last columns name the clock, the schema's
        metadata also its hashes. A row with an error has no number; `ERROR_FIELDS` has the keys of
        what is wrong with it, joined by commas.
    tally : dict
        What `summary_of` needs of this part, as plain JSON.
    """
    scored = score(clock, batch)
    warnings = warnings_of(scored)
    n_warned = len(warnings) - warnings.null_count
    return _table(scored, warnings, first_row), tally_of(scored, n_warned, first_row)


def failed_rows(
    clock: Clock, n_rows: int, first_row: int, message: str, ids: pa.Array | None = None
) -> tuple[pa.Table, dict[str, Any]]:
    """The output of `score_batch` when scoring the whole batch failed with one error."""
    problem = FieldProblem("", "", message)
    batch = Batch(n_rows, NOBODY, NO_ROWS, {row: [problem] for row in range(n_rows)}, {}, ids)
    return score_batch(clock, batch, first_row=first_row)


def _table(scored: Scored, warnings: pa.Array, first_row: int) -> pa.Table:
    n_rows, errors = scored.batch.n_rows, scored.errors
    columns = {"row": pa.array(np.arange(first_row, first_row + n_rows, dtype=np.int64))}
    if scored.batch.ids is not None:
        columns["id"] = scored.batch.ids
    columns |= {name: _column(scored, values) for name, values in _numbers(scored).items()}
    columns["warnings"] = warnings
    columns["error"] = _texts(errors, n_rows)
    columns["clock"] = pa.repeat(scored.clock.manifest.name, n_rows)
    columns["clock_version"] = pa.repeat(scored.clock.manifest.version, n_rows)
    columns[ERROR_FIELDS] = _texts(scored.error_fields, n_rows)
    return pa.table(columns, metadata=file_metadata([scored.clock.manifest]))


def _texts(texts: Mapping[int, str], n_rows: int) -> pa.Array:
    if not texts:
        return pa.nulls(n_rows, pa.string())
    return pa.array([texts.get(row) for row in range(n_rows)], pa.string())


def _numbers(scored: Scored) -> dict[str, FloatArray]:
    """The numeric result columns."""
    scores, gaps = scored.scores, scored.gaps
    has_interval = scored.clock.manifest.interval_level is not None
    with_interval = has_interval & np.isfinite(scores.low) & np.isfinite(scores.high)
    numbers = {
        "prediction": scores.prediction,
        "interval_low": np.where(with_interval, scores.low, np.nan),
        "interval_high": np.where(with_interval, scores.high, np.nan),
        "base_value": scores.base_value,
    }
    if gaps is not None:
        numbers["age_gap"] = gaps.raw
        numbers["age_gap_adjusted"] = gaps.adjusted
        numbers["age_gap_percentile"] = gaps.percentile
    numbers |= {f"derived:{name}": values for name, values in scores.derived.items()}
    contributions = zip(scores.features, scores.contributions.T, strict=True)
    return numbers | {f"contribution:{key}": values for key, values in contributions}


def _column(scored: Scored, values: FloatArray) -> pa.Array:
    """The numbers at the places of their rows; null elsewhere and where a number is not finite."""
    cells = values
    if len(scored.rows) < scored.batch.n_rows:
        cells = np.full(scored.batch.n_rows, np.nan)
        cells[scored.rows] = values[scored.good]
    unknown = ~np.isfinite(cells)
    return pa.array(cells, mask=unknown if unknown.any() else None)
