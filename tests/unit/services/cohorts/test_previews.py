"""How a draft would be read, before it is paid for."""

import json
from dataclasses import dataclass, field

import pytest
from agelens.clocks.base import Clock
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from agelens.services.cohorts.column_readings import column_reading
from agelens.services.cohorts.previews import preview
from agelens.services.cohorts.templates import template


@dataclass
class Draft:
    header: tuple[str, ...]
    n_rows: int
    columns: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    id_column: str | None = None
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    censored: str | None = None
    notes: tuple[str, ...] = ()
    id: object = "one"


PRICE = 7  # the database's, whatever the manifest says


def clock_called(name: str) -> Clock:
    return load_clock(read_bundle(shipped(name)))


@pytest.fixture
def look(files, take):
    """The preview of a file as a draft of that clock."""

    def make(content: bytes, clock: str = "kaggle-age", format: str = "csv", **said):
        taken = take(content, format)
        draft = Draft(taken.header, taken.n_rows, notes=taken.notes, **said)
        loaded = clock_called(clock)
        shown = preview(files, draft, column_reading(loaded, draft), PRICE)
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
    assert any("chronological age" in hint for hint in shown["hints"])


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
    assert "blood glucose" in shown["problems"][0]["message"]
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


def us_file(n_rows=25, sex=("M", "F")):
    """Of a laboratory in the US: no unit in the header, and none is canonical."""
    lines = ["id,age,sex,albumin,creatinine,glucose,crp"]
    for n in range(n_rows):
        who = f"{n},{30 + n},{sex[n % 2]}"
        lines.append(
            f"{who},{4 + n % 9 / 10},{0.7 + n % 5 / 10:.1f},{85 + n},{0.1 + n % 3 / 10:.1f}"
        )
    return "\n".join(lines).encode()


def test_units_are_suggested_where_the_medians_say_so(look):
    shown = look(us_file(), clock="phenoage")
    units = {each["feature"]: each["suggested_unit"] for each in shown["suggestions"]}
    assert units.items() >= {"albumin": "g/dL", "creatinine": "mg/dL", "glucose": "mg/dL"}.items()
    assert "blood glucose" in str(shown["suggestions"])
    accepted = look(us_file(), clock="phenoage", units=units)
    assert accepted["suggestions"] == []


def test_rows_that_lack_the_same_are_one_reason(look):
    content = b"sex,glucose\n" + b"male,high\n" * 3 + b"male,5\n" * 9
    shown = look(content, columns="agelens")
    assert shown["readable_rows"] == 9
    assert {(g["n_rows"], *g["first_rows"]) for g in shown["grouped"]} == {(3, 1, 2, 3)}
    reasons = [group["reason"] for group in shown["grouped"]]
    assert any("blood glucose must be a number" in each for each in reasons), reasons


@pytest.mark.parametrize("content", [b"a,b\n1,x\n", b"x,glucose,Glucose\n1,2,3\n"])
def test_a_file_of_which_nothing_can_be_read_is_shown_all_the_same(look, content):
    shown = look(content)
    assert all(match["features"] == [] for match in shown["matches"])
    assert [match["column"] for match in shown["matches"]] == shown["header"]
    assert shown["sample"][0][0] in ("1", "x")
    assert (shown["readable_rows"], shown["problems"], shown["suggestions"]) == (0, [], [])
    (hint,) = shown["hints"]
    assert "column" in hint
    assert "_" not in hint.partition(";")[0], "labels, not keys"


def test_codes_of_sex_are_told_with_what_they_may_mean(look):
    content = us_file(sex=("1", "2"))
    shown = look(content, clock="mortality-age")
    assert shown["codes"] == [
        {
            "column": "sex",
            "feature": "sex",
            "label": "Sex",
            "choices": ["female", "male"],
            "codes": [
                {"code": "1", "n_rows": 13, "meaning": None},
                {"code": "2", "n_rows": 12, "meaning": None},
            ],
        }
    ]
    mapped = look(content, clock="mortality-age", values={"sex": {"1.0": "male", "2": "female"}})
    assert [each["meaning"] for each in mapped["codes"][0]["codes"]] == ["male", "female"]
    assert look(us_file(), clock="mortality-age")["codes"] == []


def test_a_preview_says_how_the_file_was_read(look):
    content = "Klinik Z\u00fcrich\nsex;glucose\nmale;5\n".encode("cp1252")
    assert any("1252" in note for note in look(content)["notes"])
