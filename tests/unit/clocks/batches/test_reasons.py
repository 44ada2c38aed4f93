"""Rows with the same thing wrong are one sentence, in words for people."""

import pyarrow as pa
import pytest
from agelens.clocks.batches.message_templates import common, template_of
from agelens.clocks.batches.reasons import ReasonCount, ReasonGroups
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
            "advice": "Add these values, or choose a clock that does without them.",
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


def test_messages_that_differ_in_numbers_alone_are_one_group():
    pressed = PERSON | {"systolic_bp": "120", "diastolic_bp": "130", "sex": "male"}
    people = [PERSON | {"albumin": cell} for cell in ("1,234.5", "2,345.6")]
    (group,) = grouped(*people)
    assert group["reason"] == "2 rows: albumin must be a number without commas, …"
    assert group["advice"] == "Write all numbers of the file the same way."
    swapped = [pressed, pressed | {"systolic_bp": "110"}]
    first = grouped(*swapped, clock="mortality-age")
    assert [each["n_rows"] for each in first] == [2]


def test_numbers_that_are_the_same_for_all_stay_in_the_sentence():
    (group,) = grouped(PERSON | {"glucose": "95"}, PERSON | {"glucose": "101"})
    assert group["reason"] == "2 rows: blood glucose must be between 0.5 and 60 mmol/L"
    assert group["first_rows"] == [1, 2]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("glucose 95 looks like mg/dL", "glucose 101.5 looks like mg/dL", "glucose … looks like mg/dL"),
        ("is beyond 20 to 85, here", "is beyond 20 to 90, here", "is beyond 20 to …, here"),
        ("crp <0.3 was read as its limit, 0.3", "crp <1 was read as its limit, 1",
         "crp <… was read as its limit, …"),
        ("white cells 4 10^9/L is unusual", "white cells -1e+05 10^9/L is unusual",
         "white cells … 10^9/L is unusual"),
    ],
)  # fmt: skip
def test_what_messages_have_in_common(one, other, both):
    assert template_of(one) == template_of(other)
    assert common(one, other) == common(other, one) == both
    assert common(both, one) == both


def test_a_number_within_a_name_tells_messages_apart():
    assert template_of("hba1c 5 % is high") != template_of("hba2c 5 % is high")
    assert template_of("10^9/L") != template_of("10^12/L")


def test_groups_of_parts_are_added_together_with_their_first_rows():
    groups = ReasonGroups(find_clock("phenoage").manifest.features)
    groups.count(
        ReasonCount("albumin 400 looks like mg/dL", 7, [20001, 20003, 20004, 20005, 20006])
    )
    groups.count(ReasonCount("albumin 390 looks like mg/dL", 2, [3, 10002]))
    (group,) = groups.grouped()
    assert group["reason"] == "9 rows: albumin … looks like mg/dL"
    assert group["first_rows"] == [3, 10002, 20001, 20003, 20004]
    assert group["advice"].startswith("Check that the column is matched")
