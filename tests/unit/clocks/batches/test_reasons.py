"""Rows with the same thing wrong are one sentence, in words for people."""

import pyarrow as pa
from agelens.clocks.batches.reasons import ReasonGroups
from agelens.clocks.bundles import find_clock
from agelens.tables.batch_reader import BatchReader

PERSON = {
    "chronological_age": "58",
    "albumin": "41",
    "creatinine": "77",
    "glucose": "5.3",
    "crp": "1.1",
    "lymphocytes": "29",
    "mean_cell_volume": "91",
    "red_cell_width": "13.1",
    "alkaline_phosphatase": "74",
    "white_cells": "6.1",
}
COUNT = dict.fromkeys(("white_cells", "lymphocytes", "mean_cell_volume", "red_cell_width"), "")


def grouped(*people, clock="phenoage", parts=1):
    """The groups of these people, read in so many parts."""
    chosen = find_clock(clock)
    names = list(people[0])
    groups = ReasonGroups(chosen.manifest.features)
    reader = BatchReader(chosen, names)
    step = len(people) // parts
    for first in range(0, len(people), step):
        rows = people[first : first + step]
        cells = {f"c{p}": pa.array([row[name] for row in rows]) for p, name in enumerate(names)}
        part = pa.table(cells | {"fault": pa.nulls(len(rows), pa.string())})
        groups.add(reader.read(part), first + 1)
    return groups.grouped()


def test_rows_that_lack_the_same_are_one_sentence():
    people = [PERSON, PERSON | COUNT] * 27
    assert grouped(*people, parts=3) == [
        {
            "reason": "27 rows lack the blood count (lymphocytes, mean red cell volume, "
            "red cell distribution width, white blood cell count)",
            "n_rows": 27,
            "first_rows": [2, 4, 6, 8, 10],
        }
    ]


def test_what_is_lacking_is_named_by_its_label():
    (group,) = grouped(PERSON, PERSON | {"crp": "", "chronological_age": ""})
    assert group["reason"] == "1 row lacks chronological age and C-reactive protein"


def test_values_that_cannot_be_used_are_grouped_whatever_they_are():
    people = [PERSON | {"albumin": cell} for cell in ("x", "y", "z")] + [PERSON | COUNT]
    first, second = grouped(*people)
    assert first["reason"] == "3 rows: albumin must be a number, not text"
    assert (first["n_rows"], first["first_rows"]) == (3, [1, 2, 3])
    assert second["n_rows"] == 1


def test_no_key_is_shown_to_people():
    markers = [f.key for f in find_clock("kdm").manifest.features if f.kind == "number"]
    person = dict.fromkeys(markers, "") | {"chronological_age": "50", "sex": "female"}
    (group,) = grouped(person, person, clock="kdm")
    assert group["n_rows"] == 2
    assert not [key for key in markers if key in group["reason"] and "_" in key]


def test_no_error_is_no_group():
    assert grouped(PERSON, PERSON) == []


def test_a_label_that_holds_a_key_is_said_once():
    (group,) = grouped(PERSON | {"glucose": "95"}, PERSON)
    assert group["reason"] == "1 row: blood glucose must be between 0.5 and 60 mmol/L"
