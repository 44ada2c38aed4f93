import re

import pyarrow
import pyarrow.parquet
import pytest
from agelens.domain.errors import InvalidInput
from agelens.domain.features import feature
from agelens.tables.column_hints import hints
from people_files import read_people

FEATURES = [
    feature(key) for key in ("glucose", "education_level", "systolic_bp", "diastolic_bp", "sex")
]


def people(tmp_path, text, columns="kaggle", **options):
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_people(path, FEATURES, columns, **options)


def test_none_is_a_category_and_blank_is_missing(tmp_path):
    first, second = people(
        tmp_path, "Education Level,Blood Glucose Level (mg/dL)\nNone,100\n,\xa0\n"
    )

    assert first.values == {"education_level": "none", "glucose": pytest.approx(5.55)}
    assert second.values == {}


@pytest.mark.parametrize("cell", ["NA", "nan", "NaN", " "])
def test_what_r_and_pandas_write_for_missing_numbers_is_missing(tmp_path, cell):
    (panel,) = people(tmp_path, f"Blood Glucose Level (mg/dL),Gender\n{cell},Male\n")

    assert panel.values == {"sex": "male"}


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('"98,5"', 'must be a number with a decimal point, not a comma ("98,5")'),
        ('"1,098.5"', 'must be a number without commas, 1098.5 ("1,098.5")'),
        ("1_00", 'must be a number, not text ("1_00")'),
        ("\u0661\u0660\u0660", 'must be a number, not text ("\u0661\u0660\u0660")'),
        ("infinity", 'must be a number, not text ("infinity")'),
        ("1e400", "must be a finite number"),
    ],
)
def test_a_cell_that_is_no_number_is_an_error_of_its_row(tmp_path, cell, message):
    bad, good = people(tmp_path, f"Blood Glucose Level (mg/dL)\n{cell}\n1.0e2\n")

    assert [problem.message for problem in bad.error.problems] == [message]
    assert good.values == {"glucose": pytest.approx(5.55)}


@pytest.mark.parametrize("cell", ["1_20/80", "120/\u0668\u0660", "120/80/60", "120/1e400", "120"])
def test_a_pair_is_two_plain_numbers(tmp_path, cell):
    (panel,) = people(tmp_path, f"Blood Pressure (s/d)\n{cell}\n")

    assert {problem.message for problem in panel.error.problems} == {'must be text like "120/80"'}


def test_headers_may_carry_a_byte_order_mark_other_case_and_unknown_columns(tmp_path):
    (panel,) = people(tmp_path, "\ufeffblood pressure (S/D),ID\n120/80,7\n")

    assert panel.values == {"systolic_bp": 120, "diastolic_bp": 80}


def test_of_several_columns_for_one_feature_the_registrys_first_is_read(tmp_path):
    (panel,) = people(tmp_path, "glucose,glucose_mmol,gender\n100,5.5,1\n", columns="bioage-r")

    assert panel.values == {"glucose": 5.5, "sex": "male"}


def test_age_is_read_whether_or_not_the_clock_needs_it(tmp_path):
    text = "Blood Glucose Level (mg/dL),Age (years)\n100,44\n"

    assert people(tmp_path, text)[0].chronological_age == 44
    assert people(tmp_path, text, needs_age=True)[0].chronological_age == 44


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "Education,Pressure\nNone,1\n"])
def test_a_file_without_any_known_column_is_refused_with_the_names_that_are_known(tmp_path, text):
    with pytest.raises(InvalidInput, match="Blood Glucose Level"):
        people(tmp_path, text)


@pytest.mark.parametrize(("text", "words"), [("", "is empty"), ("\n\n", "nothing but blank lines")])
def test_an_empty_file_is_said_to_be_empty(tmp_path, text, words):
    with pytest.raises(InvalidInput, match=words):
        people(tmp_path, text)


@pytest.mark.parametrize(
    ("header", "columns", "looks_like"),
    [
        ("Gender,Blood Glucose Level (mg/dL)", "agelens", "kaggle"),
        ("gender,glucose_mmol,age", "kaggle", "bioage-r"),
        ("education_level,systolic_bp", "bioage-r", "agelens"),
    ],
)
def test_a_file_of_other_column_names_says_whose_they_look_like(
    tmp_path, header, columns, looks_like
):
    features = [each for each in FEATURES if each.key != "sex"]
    (tmp_path / "people.csv").write_text(f"{header}\n", encoding="utf-8")

    with pytest.raises(
        InvalidInput, match=f"looks like one with {looks_like} columns; choose these$"
    ):
        read_people(tmp_path / "people.csv", features, columns)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("glucose,sex,age,Alter", 'there is no column chronological_age.*did you mean it by "age"'),
        ("glucose,sex", "there is no column chronological_age, which this clock needs$"),
    ],
)
def test_an_age_under_two_names_is_suggested_and_not_guessed(header, words):
    (hint,) = hints(header.split(","), FEATURES, "agelens", needs_age=True)
    assert re.search(words, hint)
    assert not hints(header.split(","), FEATURES, "agelens", needs_age=False)
    assert not hints([*header.split(","), "chronological_age"], FEATURES, "agelens", needs_age=True)
    assert not hints(["glucose", "sex", "Age (years)"], FEATURES, "agelens", needs_age=True)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("Gender,Gender", "Gender, Gender"),
        ("Gender,BMI,gender", "Gender, gender"),
        ("Gender,Blood Glucose Level (mg/dL),Blood Glucose Level (mg/dl)", "Blood Glucose"),
    ],
)
def test_two_columns_of_the_same_name_are_refused(tmp_path, header, words):
    with pytest.raises(InvalidInput, match=f"columns have the same name: {words}"):
        people(tmp_path, f"{header}\n{header}\n")


def test_two_columns_of_the_same_name_are_refused_in_parquet_too(tmp_path):
    columns = pyarrow.table({"Gender": ["Male"], "gender": ["Female"]})
    pyarrow.parquet.write_table(columns, tmp_path / "people.parquet")

    with pytest.raises(InvalidInput, match="same name: Gender, gender"):
        read_people(tmp_path / "people.parquet", FEATURES, "kaggle")


def test_nameless_columns_are_columns_that_answer_nothing(tmp_path):
    (panel,) = people(tmp_path, ",Gender,\n0,Male,\n")

    assert panel.values == {"sex": "male"}


def test_a_row_of_another_length_than_the_header_is_an_error_of_its_own(tmp_path):
    found = people(
        tmp_path,
        "Gender,Blood Glucose Level (mg/dL)\nMale,100\n\nMale\nMale,12,5\nFemale,90\n",
    )

    assert [row.error.detail for row in found if row.error] == [
        "row: is a blank line",
        "row: has 1 cells, the header has 2",
        "row: has 3 cells, the header has 2",
    ]
    assert [row.error is None for row in found] == [True, False, False, False, True]
    assert found[4].values == {"sex": "female", "glucose": pytest.approx(4.995)}


def test_blank_lines_at_the_end_of_the_file_are_no_rows(tmp_path):
    assert len(people(tmp_path, "Gender\nMale\n\n\n")) == 1


def test_a_quote_that_is_never_closed_does_not_swallow_rows(tmp_path):
    with pytest.raises(InvalidInput, match="a quote is opened and never closed"):
        people(tmp_path, 'Gender,Diet\nMale,"Balanced\nFemale,Balanced\n')


@pytest.mark.parametrize(
    ("name", "words"),
    [("people.csv", "is no whole UTF-16"), ("people.parquet", "is not a readable Parquet file")],
)
def test_a_file_that_is_something_else_is_refused_in_words(tmp_path, name, words):
    path = tmp_path / name
    path.write_bytes(b"\xff\xfe\x00 not a table")

    with pytest.raises(InvalidInput, match=words):
        read_people(path, FEATURES, "kaggle")
