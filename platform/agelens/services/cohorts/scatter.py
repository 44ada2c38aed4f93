"""Predictions against chronological age: a fair sample of a cohort's rows, and how all of them spread."""

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from agelens.clocks.base import IntArray, Manifest
from agelens.clocks.batches.tallies import bin_width
from agelens.domain.errors import NotFound
from agelens.domain.panel import AGE
from agelens.services.cohorts import file_locations
from agelens.services.cohorts.export import read_columns
from agelens.storage.files import Files
from agelens.wire import Scatter, ScatterBand, ScatterPoint

MOST_POINTS = 2_000
BAND_YEARS = 5
FEWEST_IN_BAND = 20  # of whom a tenth can be told
PERCENTS = (10, 50, 90)
AGE_GAP = "age_gap"
READ = frozenset({"row", "id", "prediction", "interval_low", "interval_high", AGE_GAP, AGE})


def scatter(
    files: Files,
    cohort_id: uuid.UUID,
    paths: Sequence[str],
    manifest: Manifest,
    most: int = MOST_POINTS,
) -> Scatter:
    """The scored rows of known age, or as many of them as a figure can show.

    Which rows are taken depends on their numbers alone, so that the answer is the same each time; every
    row is as likely as any other, whatever the order of the file. Of more rows the spread of all is
    told beside them.
    """
    points_and_bands = _stored(files, cohort_id) or _computed(files, paths, manifest)
    rows = np.array([point["row"] for point in points_and_bands["points"]], dtype=np.int64)
    indexes = np.sort(_first(rows, most)).tolist()
    return {
        **points_and_bands,
        "points": [points_and_bands["points"][index] for index in indexes],
        "bands": points_and_bands["bands"] if points_and_bands["rows"] > most else [],
    }


def keep(files: Files, cohort_id: uuid.UUID, paths: Sequence[str], manifest: Manifest) -> None:
    """Make it once the last part is scored, so that nobody waits for all parts to be read."""
    scatter_data = _computed(files, paths, manifest)
    files.write_bytes(file_locations.scatter(cohort_id), json.dumps(scatter_data).encode())


def _stored(files: Files, cohort_id: uuid.UUID) -> Scatter | None:
    try:
        with files.open(file_locations.scatter(cohort_id)) as stream:
            scatter_data: Scatter = json.load(stream)
    except NotFound:  # of AgeLens 0.4 and before, or its worker died just then
        return None
    return scatter_data


def _computed(files: Files, paths: Sequence[str], manifest: Manifest) -> Scatter:
    """The largest sample, and how all rows spread; one part is read at a time."""
    spreads: dict[int, Counter[int]] = {}
    width = bin_width(manifest.unit)
    n_rows = 0
    sample = pa.table({"row": pa.array([], pa.int64())})
    for path in paths:
        people = _people(read_columns(files, path, READ.__contains__))
        n_rows += len(people)
        _count(spreads, people, width)
        candidates = pa.concat_tables([sample, people], promote_options="default")
        sample = candidates.take(_first(candidates["row"].to_numpy(), MOST_POINTS))
    return {
        "unit": manifest.unit,
        "level": manifest.interval_level,
        "rows": n_rows,
        "points": _points(sample.sort_by("row")),
        "bands": _bands(spreads, width),
    }


def _people(results: pa.Table) -> pa.Table:
    """The scored rows of a part, with their ages, which older results have in their age gaps alone."""
    names = set(results.column_names)
    if AGE not in names and AGE_GAP in names:
        ages = pc.subtract(results["prediction"], results[AGE_GAP])
    else:
        ages = results[AGE] if AGE in names else pa.nulls(len(results), pa.float64())
    people = results.select([name for name in results.column_names if name not in (AGE, AGE_GAP)])
    people = people.append_column("age", ages)
    return people.filter(pc.and_(pc.is_valid(people["prediction"]), pc.is_finite(ages)))


def _first(rows: IntArray, most: int) -> IntArray:
    """Places of the rows that come first when they are shuffled, always in the same way."""
    if len(rows) <= most:
        return np.arange(len(rows))
    return np.argpartition(_shuffled(rows), most)[:most]


def _shuffled(rows: IntArray) -> np.ndarray:
    """Numbers without order for numbers in order: the finaliser of splitmix64 (Steele et al. 2014)."""
    mixed = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _points(sample: pa.Table) -> list[ScatterPoint]:
    return [
        {
            "row": row["row"],
            "id": row.get("id"),
            "age": row["age"],
            "prediction": row["prediction"],
            "low": row["interval_low"],
            "high": row["interval_high"],
        }
        for row in sample.to_pylist()
    ]


def _count(spreads: dict[int, Counter[int]], people: pa.Table, width: float) -> None:
    """Add a part's predictions to those of each age band, to the width of a bin."""
    bands = np.floor(people["age"].to_numpy() / BAND_YEARS).astype(int)
    bins = np.floor(people["prediction"].to_numpy() / width).astype(np.int64)
    for band in np.unique(bands).tolist():
        filled, counts = np.unique(bins[bands == band], return_counts=True)
        spread = spreads.setdefault(band, Counter())
        spread.update(dict(zip(filled.tolist(), counts.tolist(), strict=True)))


def _bands(spreads: Mapping[int, Counter[int]], width: float) -> list[ScatterBand]:
    bands: list[ScatterBand] = []
    for band, spread in sorted(spreads.items()):
        if (n := spread.total()) < FEWEST_IN_BAND:
            continue
        low, median, high = _percentiles(spread, width)
        bands.append(
            {
                "age_from": band * BAND_YEARS,
                "age_to": (band + 1) * BAND_YEARS,
                "n": n,
                "p10": low,
                "median": median,
                "p90": high,
            }
        )
    return bands


def _percentiles(spread: Counter[int], width: float) -> list[float]:
    """The middle of the bin of each percentile, so within half a width of it."""
    bins = np.array(sorted(spread))
    ends = np.cumsum([spread[each] for each in bins.tolist()])
    places = np.searchsorted(ends, np.array(PERCENTS) / 100 * ends[-1])
    return [round(middle * width, 6) for middle in (bins[places] + 0.5).tolist()]
