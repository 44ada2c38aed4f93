"""`python -m benchmarks.cohorts.alone N`: the clock alone, on one core and one thread.

Writes the rows per second of every round as JSON.
"""

import json
import os
import sys
import time

import numpy as np
import pyarrow as pa
from agelens.tables.batch_reader import BatchReader

from benchmarks.cohorts.people import clock, people

ROUNDS = 5


def main(n_people: int) -> None:
    """Score everybody, already read, in one go; one round before those that count."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rows = people(n_people)
    part = rows.rename_columns([f"c{place}" for place in range(rows.num_columns)])
    part = part.append_column("fault", pa.nulls(n_people, pa.string()))
    table = BatchReader(clock(), rows.column_names).read(part).table
    rates = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        scores = clock().score(table)
        rates.append(n_people / (time.perf_counter() - started))
        if not np.isfinite(scores.prediction).all():
            raise ValueError("some of the made-up people cannot be scored")
    print(json.dumps(rates[1:]))


if __name__ == "__main__":
    main(int(sys.argv[1]))
