"""How a draft would be read, before it is paid for."""

import json
from dataclasses import dataclass, field

import pytest
from agelens.clocks.base import Clock
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from agelens.services.cohorts.previews import preview
from agelens.services.cohorts.templates import template
from agelens.tables.reader import guess


@dataclass
class Draft:
    header: tuple[str, ...]
    n_rows: int
    columns: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    id_column: str | None = None
    id: object = "one"


PRICE = 7  # the database's, whatever the manifest says


def clock_called(name: str) -> Clock:
    return load_clock(read_bundle(shipped(name)))


@pytest.fixture
def look(files, take):
    """The preview of a file as a draft of that clock."""

    def make(content: bytes, clock: str = "kaggle-age", format: str = "csv", **said):
        taken = take(content, format)
        draft = Draft(taken.header, taken.n_rows, **said)
        loaded = clock_called(clock)
        shown = preview(files, draft, loaded, *guess(loaded, draft), price_per_row=PRICE)
        json.dumps(shown)  # it is an answer
        return shown

    return make


def test_price_rows_and_clock_are_told(look):
    shown = look(b"sex,glucose\n" + b"male,5\n" * 1234)
    assert (shown["rows"], shown["price_per_row"], shown["price"]) == (1234, PRICE, 1234 * PRICE)
    assert shown["model"]["name"] == "kaggle-age"
    assert (shown["checked_rows"], shown["readable_rows"], shown["problems"]) == (1000, 1000, [])


def test_every_column_is_told_with_what_it_answers(look):
    shown = look(b"Blood Pressure (s/d),note,Gender,Height (cm)\n120/80,x,Male,180\n")
    assert shown["columns"] == "kaggle"
    assert shown["matches"] == [
        {
            "column": "Blood Pressure (s/d)",
            "features": [
                {"feature": "systolic_bp", "label": "Systolic blood pressure"},
                {"feature": "diastolic_bp", "label": "Diastolic blood pressure"},
            ],
            "unit": "mmHg",
        },
        {"column": "note", "features": [], "unit": None},
        {"column": "Gender", "features": [{"feature": "sex", "label": "Sex"}], "unit": None},
        {
            "column": "Height (cm)",
            "features": [{"feature": "height", "label": "Height"}],
            "unit": "cm",
        },
    ]


def test_what_is_missing_is_told_with_whether_it_must_be_there(look):
    shown = look(b"albumin,creatinine\n42,68\n", clock="phenoage")
    missing = {each["feature"]: each["required"] for each in shown["missing"]}
    assert missing["chronological_age"] is True
    assert missing["glucose"] is True
    assert missing["sex"] is False
    assert "albumin" not in missing
    assert shown["readable_rows"] == 0
    assert any("chronological_age" in hint for hint in shown["hints"])


def test_the_first_rows_are_shown_as_they_are(look):
    content = b"sex,glucose,n\nmale,5.50,1\n\nmale,,2\nmale,6,3\nmale,7,4\nmale,8,5\n"
    assert look(content)["sample"] == [
        ["male", "5.50", "1"],
        ["", "", ""],
        ["male", "", "2"],
        ["male", "6", "3"],
        ["male", "7", "4"],
    ]
    assert look(b'[{"sex": "male", "glucose": 5.0}]', format="json")["sample"] == [["male", "5"]]


def test_problems_of_rows_are_told_up_to_twenty(look):
    lines = [b"sex,glucose", b"male,5", b"male,high", b"male", *[b"male,950"] * 30, b"male,5"]
    shown = look(b"\n".join(lines))
    assert len(shown["problems"]) == 20
    assert shown["problems"][0]["row"] == 2
    assert "glucose" in shown["problems"][0]["message"]
    assert shown["problems"][1] == {
        "row": 3,
        "message": "row has 1 cells, the header has 2",
        "fields": [],
    }
    assert shown["problems"][0]["fields"] == ["glucose"]
    assert (shown["checked_rows"], shown["readable_rows"]) == (34, 2)


@pytest.mark.parametrize("columns", ["agelens", "kaggle", "bioage-r"])
def test_whose_names_they_are_is_guessed(look, columns):
    shown = look(template(clock_called("kaggle-age"), columns).encode())
    assert (shown["columns"], shown["hints"], shown["readable_rows"]) == (columns, [], 1)


def test_what_the_owner_said_stays_and_a_better_guess_is_a_hint(look):
    content = b"glucose,Gender,Height (cm),Blood Pressure (s/d)\n5.5,Male,180,120/80\n"
    shown = look(content, columns="agelens", mapping={"Gender": "sex", "Height (cm)": "height"})
    assert shown["columns"] == "agelens"
    answered = {f["feature"] for match in shown["matches"] for f in match["features"]}
    assert answered == {"glucose", "sex", "height"}
    assert shown["hints"] == ["the file looks like one with kaggle columns; choose these"]


def test_a_better_guess_counts_only_columns_that_nobody_mapped(look):
    content = b"glucose,Gender,Height (cm)\n5.5,Male,180\n"
    shown = look(content, columns="agelens", mapping={"Gender": "sex", "Height (cm)": "height"})
    assert (shown["hints"], shown["readable_rows"]) == ([], 1)


def test_an_age_that_was_mapped_needs_no_hint(look):
    text = template(clock_called("phenoage"), "agelens").replace("chronological_age", "years")
    shown = look(text.encode(), clock="phenoage", mapping={"years": "chronological_age"})
    assert (shown["hints"], shown["missing"], shown["readable_rows"]) == ([], [], 1)
