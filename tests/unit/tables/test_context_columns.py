"""Columns that say who is pregnant or acutely ill: read by no clock, heeded in every answer."""

import warnings

import agelens
import pandas as pd
import pyarrow as pa
import pytest
from agelens.domain.registry import example_age
from agelens.tables.batch_reader import BatchReader
from agelens.tables.context_columns import context_indices, read_context
from shipped_clocks import shipped_clock

PHENOAGE = shipped_clock("phenoage")
EXAMPLE = {f.key: f.example for f in PHENOAGE.manifest.features}


def people(**columns):
    n_rows = max(len(column) for column in columns.values())
    frame = pd.DataFrame([EXAMPLE] * n_rows).assign(chronological_age=example_age())
    return frame.assign(**columns)


def predicted(frame, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # none of the columns is unread
        return agelens.load("phenoage").predict(frame, **options)


@pytest.mark.parametrize(
    ("yes", "no"),
    [("yes", "no"), ("Y", " N "), (1, 0), (True, False), ("TRUE", "false"), (1.0, 0.0)],
)
def test_who_is_pregnant_is_warned_and_not_ranked(yes, no):
    found = predicted(people(pregnant=[no, yes, None]))
    assert list(found["age_gap_percentile"].isna()) == [False, True, False]
    assert found["warnings"][1].startswith("pregnancy changes biomarkers")
    assert found["warnings"][[0, 2]].isna().all()
    assert found["prediction"].nunique() == found["age_gap"].nunique() == 1


def test_the_warnings_are_those_of_one_person():
    (row,) = predicted(people(pregnant=["yes"], **{"Acutely ill": ["yes"]})).to_dict("records")
    assert [text.split()[0] for text in row["warnings"].split("; ") if "changes" in text] == [
        "pregnancy",
        "acute",
    ]


def test_a_cell_that_says_neither_counts_as_no_and_is_told():
    found = predicted(people(pregnant=["maybe", "2", "no"]))
    assert list(found["age_gap_percentile"].isna()) == [False] * 3
    told = "pregnant must be yes or no; it counts as no"
    assert list(found["warnings"])[:2] == [told, told]


def test_rows_with_an_error_do_not_shift_what_was_said():
    frame = people(pregnant=["yes", "no", "yes"])
    frame["albumin"] = frame["albumin"].astype(object)
    frame.loc[0, "albumin"] = "much"
    found = predicted(frame)
    assert found["error"].notna().tolist() == [True, False, False]
    assert found["age_gap_percentile"].isna().tolist() == [True, False, True]


def test_a_column_that_is_mapped_elsewhere_or_is_there_twice_says_nothing():
    header = ["albumin", "pregnant", "Pregnant", "acutely ill"]
    assert context_indices(header, ()) == {"acutely_ill": 3}
    assert context_indices(header, {3}) == {}
    reader = BatchReader(
        PHENOAGE, [*EXAMPLE, "chronological_age", "pregnant"], id_column="pregnant"
    )
    assert reader.matches[-1].features == ()


def test_no_rows_and_no_cells_are_nobody():
    context, told = read_context({"pregnant": pa.array([], pa.string())})
    assert (context["pregnant"].tolist(), told) == ([], {})
    context, told = read_context({"pregnant": pa.nulls(2)})
    assert (context["pregnant"].tolist(), told) == ([False, False], {})
