"""Which columns may be meant for what is missing: suggestions, never more than one could mean."""

import pytest
from agelens.clocks.bundles import find_clock
from agelens.domain.panel import AGE
from agelens.tables.match_suggestions import match_suggestions

FEATURES = find_clock("mortality-age").manifest.features
KEYS = (*(f.key for f in FEATURES), AGE)


def meant(*columns, missing=KEYS):
    return {
        each["column"]: each["feature"] for each in match_suggestions(columns, FEATURES, missing)
    }


@pytest.mark.parametrize(
    ("column", "feature"),
    [
        ("x albumin", "albumin"),
        ("Serum albumin result", "albumin"),
        ("albumine", "albumin"),
        ("glucose_fasting", "glucose"),
        ("Creatinin", "creatinine"),
        ("age_at_visit", AGE),
        ("Patient Age", AGE),
        ("my red cell width", "red_cell_width"),
    ],
)
def test_a_name_within_or_nearly_a_name_is_suggested(column, feature):
    assert meant(column) == {column: feature}


@pytest.mark.parametrize(
    "column", ["albumin creatinine ratio", "percentage", "note", "", "stage", "q1"]
)
def test_a_name_that_could_mean_two_things_or_nothing_is_not(column):
    assert meant(column) == {}


def test_two_columns_for_one_biomarker_are_left_to_the_person():
    assert meant("albumin before", "albumin after") == {}


def test_what_has_a_column_is_not_suggested_again():
    assert meant("old albumin", missing=["glucose"]) == {}


def test_the_label_and_the_words_are_those_of_people():
    (found,) = match_suggestions(["x albumin"], FEATURES, KEYS)
    assert (found["label"], found["message"]) == ("Albumin", 'column "x albumin" may be Albumin')
