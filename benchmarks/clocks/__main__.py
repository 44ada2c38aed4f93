"""`python -m benchmarks.clocks`: the process that measures, on one core.

Writes one JSON object per line: a row, or what it is that could not be measured, and why.
"""

import json
import os
from collections.abc import Callable, Iterator


def main() -> None:
    """Measure everything; what comes after something that cannot be measured is measured all the same."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from benchmarks.clocks.many_people import kaggle_rows, mortality_rows
    from benchmarks.clocks.one_person import one_row_each

    for measure in (kaggle_rows, mortality_rows, one_row_each):
        print(json.dumps({"measuring": (measure.__doc__ or "").rstrip(".")}), flush=True)
        for line in lines(measure):
            print(json.dumps(line), flush=True)


def lines(measure: Callable[[], object]) -> Iterator[dict[str, object]]:
    """What there is to tell of one measurement."""
    try:
        rows = measure()
        for row in rows if isinstance(rows, Iterator) else [rows]:
            yield {"row": vars(row)}
    except ModuleNotFoundError as error:
        yield {"not_measured": f"needs agelens[train]: there is no {error.name}"}


if __name__ == "__main__":
    main()
