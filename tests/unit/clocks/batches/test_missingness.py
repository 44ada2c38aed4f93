"""What is missing in a cohort, and which of it together: counted once more here, row by row."""

import json
from collections import Counter

import numpy as np
import pytest
from agelens.clocks.batches import failed_rows, score_batch, summary_of
from agelens.clocks.batches.missingness import (
    MOST_PATTERNS,
    SHOWN_PATTERNS,
    missingness_tally,
    pooled_missingness,
)
from agelens.tables.batch_reader import BatchReader
from batch_files import File, example_file

N_PEOPLE = 600


@pytest.fixture(scope="module")
def file(mortality):
    """Some markers missing at random, two always together; one column is not in the file at all."""
    plain = example_file(mortality, n_rows=N_PEOPLE)
    rng = np.random.default_rng(11)
    columns = dict(zip(plain.header, map(list, plain.cells), strict=True))
    del columns["ggt"]
    for row in np.flatnonzero(rng.random(N_PEOPLE) < 0.3).tolist():
        columns["mean_cell_volume"][row] = columns["red_cell_width"][row] = ""
    for row in np.flatnonzero(rng.random(N_PEOPLE) < 0.1).tolist():
        columns["crp"][row] = "NA"
    columns["chronological_age"][7] = ""
    columns["crp"][5] = "much"
    return File(tuple(columns), tuple(columns.values()))


def summary(clock, file, faults=None, n_parts=1):
    whole = file.part(faults)
    size = -(-whole.num_rows // n_parts)
    reader = BatchReader(clock, file.header)
    tallies = []
    for start in range(0, whole.num_rows, size):
        batch = reader.read(whole.slice(start, size))
        tallies.append(json.loads(json.dumps(score_batch(clock, batch, first_row=start + 1)[1])))
    return summary_of(clock.manifest, tallies)


def counted_again(clock, file):
    """Row by row; a cell that says nothing of use is missing."""
    keys = [f.key for f in clock.manifest.features if f.informative] + ["chronological_age"]
    columns = dict(zip(file.header, file.cells, strict=True))
    nothing = ("", "NA", "much", None)
    rows = [
        tuple(key for key in keys if key not in columns or columns[key][row] in nothing)
        for row in range(N_PEOPLE)
    ]
    return Counter(rows), Counter(key for row in rows for key in row)


def test_shares_and_patterns_are_those_of_the_rows(mortality, file):
    patterns, missing = counted_again(mortality, file)
    told = summary(mortality, file, n_parts=3)["missingness"]
    assert told["rows"] == N_PEOPLE
    assert {each["feature"]: each["rows"] for each in told["features"] if each["rows"]} == missing
    assert (told["features"][0]["feature"], told["features"][0]["rows"]) == ("ggt", N_PEOPLE)
    assert {tuple(each["features"]): each["rows"] for each in told["patterns"]} == patterns
    assert told["other_rows"] == 0
    counts = [each["rows"] for each in told["patterns"]]
    assert counts == sorted(counts, reverse=True)


def test_it_is_the_same_however_the_rows_are_parted(mortality, file):
    one, seven = (summary(mortality, file, n_parts=n)["missingness"] for n in (1, 7))
    assert one == seven


def test_lines_that_are_no_rows_are_not_missing_anything(mortality, file):
    faults = [*[None] * (N_PEOPLE - 1), "is a blank line"]
    assert summary(mortality, file, faults)["missingness"]["rows"] == N_PEOPLE - 1


def test_rare_patterns_are_one_row_and_memory_is_bounded():
    rng = np.random.default_rng(5)
    missing = {f"m{place}": rng.random(4000) < 0.5 for place in range(20)}
    tally = missingness_tally(missing)
    assert len(tally["patterns"]) == MOST_PATTERNS
    told = pooled_missingness([tally, tally], {key: key for key in missing})
    assert len(told["patterns"]) == SHOWN_PATTERNS
    assert told["other_rows"] + sum(each["rows"] for each in told["patterns"]) == 8000
    assert told["features"][0]["rows"] == 2 * max(int(flags.sum()) for flags in missing.values())


def test_more_markers_than_bits_of_a_number():
    flags = np.zeros((100, 3), dtype=bool)
    flags[[0, 64, 99], 1] = True
    tally = missingness_tally({f"m{place}": row for place, row in enumerate(flags)})
    told = pooled_missingness([tally], {f"m{place}": "" for place in range(100)})
    assert told["patterns"][1] == {"features": ["m0", "m64", "m99"], "rows": 1}


def test_parts_of_a_worker_of_before_have_no_missingness(mortality, file):
    reader = BatchReader(mortality, file.header)
    _, tally = score_batch(mortality, reader.read(file.part()), first_row=1)
    old = {name: tally[name] for name in tally if name not in NEW}
    told = summary_of(mortality.manifest, [tally, old])
    assert not {"missingness", "grouped_errors", "grouped_warnings"} & told.keys()
    assert told["rows"] == 2 * N_PEOPLE


NEW = ("missingness", "grouped_errors", "grouped_warnings")


def test_errors_and_warnings_are_grouped_with_rows_and_advice(mortality, file):
    told = summary(mortality, file, n_parts=2)
    assert [each["reason"] for each in told["grouped_errors"]] == ["1 row lacks chronological age"]
    assert told["grouped_errors"][0]["first_rows"] == [8]
    unread = [each for each in told["grouped_warnings"] if "counts as missing" in each["reason"]]
    assert [(each["n_rows"], each["first_rows"]) for each in unread] == [(1, [6])]
    assert sum(each["n_rows"] for each in told["grouped_warnings"]) >= told["warned"]


def test_warnings_of_values_are_one_group_for_each_biomarker(mortality):
    plain = example_file(mortality, n_rows=40)
    columns = dict(zip(plain.header, map(list, plain.cells), strict=True))
    columns["crp"] = [str(11 + row) for row in range(40)]
    told = summary(mortality, File(tuple(columns), tuple(columns.values())), n_parts=4)
    (group,) = [each for each in told["grouped_warnings"] if "acute inflammation" in each["reason"]]
    assert group["n_rows"] == 40
    assert group["first_rows"] == [1, 2, 3, 4, 5]
    assert "C-reactive protein above 10 mg/L" in group["reason"]


def test_the_part_of_a_dead_worker_does_not_hide_the_others(mortality, file):
    reader = BatchReader(mortality, file.header)
    _, tally = score_batch(mortality, reader.read(file.part()), first_row=1)
    _, lost = failed_rows(mortality, 10, N_PEOPLE + 1, "was not scored: its worker died")
    told = summary_of(mortality.manifest, [tally, lost])
    assert told["missingness"]["rows"] == N_PEOPLE
    assert told["grouped_errors"][0]["first_rows"] == list(range(N_PEOPLE + 1, N_PEOPLE + 6))
    assert told["grouped_errors"][0]["n_rows"] == 10
