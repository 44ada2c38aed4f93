"""Decimal commas, thousands, limits, words for missing, codes: what cells of files mean."""

import pyarrow as pa
import pytest
from agelens.clocks.bundles import find_clock
from agelens.domain.errors import InvalidInput
from agelens.tables.batch_reader import BatchReader
from agelens.tables.decimal_commas import with_points

PHENOAGE = {
    "chronological_age": "61",
    "sex": "male",
    "albumin": "40",
    "creatinine": "81",
    "glucose": "5.6",
    "crp": "2.4",
    "lymphocytes": "27",
    "mean_cell_volume": "92",
    "red_cell_width": "13.4",
    "alkaline_phosphatase": "71",
    "white_cells": "6.6",
}


def batch_of(name, *people, **how):
    """The rows of a clock's file of text, each a person with other cells."""
    rows = [PHENOAGE | person for person in people]
    header = list(dict.fromkeys(key for row in rows for key in row))
    cells = {
        f"c{place}": pa.array([row.get(key) for row in rows], pa.string())
        for place, key in enumerate(header)
    }
    part = pa.table(cells | {"fault": pa.nulls(len(rows), pa.string())})
    return BatchReader(find_clock(name), header, **how).read(part)


def errors_of(batch):
    return {row: batch.error_text(row) for row in batch.errors}


def pointed(*columns):
    arrays = {place: pa.array(cells) for place, cells in enumerate(columns)}
    read = with_points(arrays, arrays)
    doubtful = {place: mask.tolist() for place, mask in read.doubtful.items()}
    return [read.arrays[place].to_pylist() for place in arrays], doubtful


def test_a_column_with_decimal_commas_is_read_with_commas():
    cells, doubtful = pointed(["12,9", " 13", "-0,5e1", "<0,3", "NA", None])
    assert cells == [["12.9", "13", "-0.5e1", "<0.3", "NA", None]]
    assert not doubtful


def test_a_comma_among_decimal_points_is_left_as_it_is():
    assert pointed(["12.9", "13.1", "14,2"]) == ([["12.9", "13.1", "14,2"]], {})


@pytest.mark.parametrize("other", [["12,9", "8"], ["0,792", "8"]])
def test_other_columns_tell_what_three_digits_behind_a_comma_are(other):
    cells, _ = pointed(["1,200", "3,000"], other)
    assert cells[0] == ["1.200", "3.000"]


def test_three_digits_behind_a_comma_are_not_guessed():
    assert pointed(["1,200", "3,000"]) == ([["1,200", "3,000"]], {})


def test_three_digits_behind_a_point_are_doubtful_among_decimal_commas():
    _, doubtful = pointed(["5,1", "6,4"], ["1.200", "44"], ["5,8", "7.000"])
    assert doubtful == {1: [True, False], 2: [False, True]}
    _, doubtful = pointed(["5,1", "6,4"], ["1.200", "44"], ["5.25", "7.0"])
    assert not doubtful, "a file with points has points"


def test_a_doubtful_cell_is_an_error_that_names_the_column_and_says_what_to_write():
    batch = batch_of(
        "phenoage",
        {"glucose": "5,6", "crp": "2,4", "red_cell_width": "13,4", "white_cells": "6,6"},
        {"glucose": "5,6", "crp": "1.200", "red_cell_width": "13,4", "white_cells": "6,6"},
    )
    assert batch.rows.tolist() == [0]
    assert batch.table.column("glucose").tolist() == [5.6]
    assert errors_of(batch) == {
        1: 'crp has a point, where other numbers have a decimal comma ("1.200"): write 1200 or 1,200'
    }


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1,200", 'must be a number without commas, 1200 or 1.200 ("1,200")'),
        ("1,234.5", 'must be a number without commas, 1234.5 ("1,234.5")'),
        ("1,5", 'must be a number with a decimal point, not a comma ("1,5")'),
        ("<0.3", 'must be a number, not a limit; 0.3 can stand for it ("<0.3")'),
        ("\u2265 90", 'must be a number, not a limit; 90 can stand for it ("\u2265 90")'),
    ],
)
def test_what_people_take_for_a_number_is_refused_with_advice(cell, words):
    others = [{"crp": "2.5"}] * 3
    assert errors_of(batch_of("phenoage", *others, {"crp": cell})) == {3: f"crp {words}"}


def test_limits_are_read_as_numbers_when_that_is_asked_for():
    batch = batch_of("phenoage", {"crp": "<0.3"}, {"crp": "2"}, {"crp": ">= 9"}, censored="limit")
    assert batch.table.column("crp").tolist() == [0.3, 2, 9]
    assert batch.warnings == {
        0: ("crp <0.3 was read as its limit, 0.3",),
        2: ("crp >= 9 was read as its limit, 9",),
    }
    with pytest.raises(InvalidInput, match="must be limit"):
        batch_of("phenoage", {}, censored="half")


@pytest.mark.parametrize(
    "word", ["", "NA", "N/A", "n/a", "#N/A", "NaN", "NULL", "null", "None", "<NA>", ".", "-", "--"]
)
def test_a_word_for_a_missing_number_is_no_answer(word):
    cells = [{"glucose": cell, "systolic_bp": "121"} for cell in (word, f" {word} ")]
    batch = batch_of("kaggle-age", *cells)
    assert not batch.errors
    assert "glucose" not in "".join(note for notes in batch.warnings.values() for note in notes)


def test_of_choices_only_the_empty_cell_and_na_are_missing():
    words = ["", "NA", "None", "n/a"]
    batch = batch_of(
        "kaggle-age", *({"glucose": "5.5", "chronic_diseases": word} for word in words)
    )
    warned = [[n for n in batch.warnings.get(row, ()) if "chronic" in n] for row in range(4)]
    assert [len(notes) for notes in warned] == [0, 0, 0, 1]
    assert batch.table.column("chronic_diseases")[2] == 0


def test_codes_are_not_guessed_and_the_error_says_how_to_map_them():
    (error,) = errors_of(batch_of("kdm", {"sex": "1"})).values()
    assert "map the codes: values" in error
    assert '{"sex": {"1": "female or male"}}' in error


@pytest.mark.parametrize("name", ["sex", "Gender", "SEX"])
@pytest.mark.parametrize("codes", [["1", "2"], ["1.0", " 2"], [1.0, 2.0], [1, 2]])
def test_values_say_what_codes_stand_for(name, codes):
    header = ["Gender", *(key for key in PHENOAGE if key != "sex")]
    cells = [codes, *([cell] * 2 for key, cell in PHENOAGE.items() if key != "sex")]
    part = pa.table({f"c{place}": pa.array(cell) for place, cell in enumerate(cells)})
    part = part.append_column("fault", pa.nulls(2, pa.string()))
    reader = BatchReader(
        find_clock("phenoage"),
        header,
        mapping={"Gender": "sex"},
        values={name: {"1": "male", "2": "female"}},
    )
    assert reader.read(part).table.column("sex").tolist() == [1, 0]


def test_values_can_say_that_a_number_stands_for_missing():
    batch = batch_of("phenoage", {"crp": "-9"}, {"crp": "3"}, values={"crp": {"-9": ""}})
    assert batch.rows.tolist() == [1]
    assert errors_of(batch) == {0: "crp is required by this clock"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"gendre": {"1": "male"}}, "names no column that is read"),
        ({"sex": {"1": "mann?"}}, "must be one of: female, male"),
        ({"sex": ["male"]}, "must be like"),
        ({"sex": {"1": 2}}, "must stand for text"),
    ],
)
def test_value_maps_that_do_not_fit_are_refused(values, words):
    with pytest.raises(InvalidInput, match=words):
        batch_of("phenoage", {}, values=values)


def test_an_age_that_no_clock_needs_costs_no_row():
    batch = batch_of("kaggle-age", {"glucose": "5.5", "chronological_age": "sixty"})
    assert not batch.errors
    assert any("chronological_age must be a number" in note for note in batch.warnings[0])


def test_of_cells_that_are_not_needed_the_row_keeps_what_is_wrong_when_too_few_are_left():
    kdm = [f.key for f in find_clock("kdm").manifest.features if f.kind == "number"]
    bad = dict.fromkeys(kdm, "lost")
    batch = batch_of("kdm", bad)
    assert errors_of(batch)[0].count('text ("lost")') == len(kdm)
    assert "; needs" in errors_of(batch)[0]
