"""What a draft's page says of a preview."""

from typing import Any

import httpx
import pytest
from agelens.client import Cohort, FileLayout, Match, Preview
from agelens.client.decoding import decode
from unit.client.cohort_wire import COHORT, PREVIEW
from unit.client.stub import Stub, client_of

from dash_app.pages.cohorts import (
    column_matching,
    draft_preview,
    draft_updates,
    file_layout,
    labels,
    payment,
    preview_findings,
    questions,
)

OPTIONS: dict[str, Any] = {
    "model": "made-up",
    "columns": None,
    "mapping": {},
    "units": {},
    "id_column": None,
    "values": {},
}
ERRORS = [
    {"pointer": "/mapping/lab~1x", "field": "lab/x", "message": "is named twice"},
    {"pointer": "/units/glucose", "field": "glucose", "message": "must be an accepted unit"},
    {"pointer": "/id_column", "field": "id_column", "message": "the file has no such column"},
]
REFUSED = {"title": "No", "detail": "No.", "code": "invalid_input", "errors": ERRORS}


class Clock:
    features = ({"key": "glucose", "label": "Blood glucose", "units": []},)


def draft(*answers: httpx.Response) -> tuple[Cohort, Stub]:
    stub = Stub(httpx.Response(200, json=COHORT | {"status": "draft"}), *answers)
    cohort = client_of(stub, patience=0).cohorts["c1"]
    stub.requests.clear()
    return cohort, stub


def preview(**other: Any) -> Preview:
    return decode(Preview, PREVIEW | other)


def found(**other: Any) -> str:
    """Everything that is said of a preview."""
    read = draft_preview.DraftPreview(OPTIONS, preview(**other), None, (), ())
    return str([part.to_plotly_json() for part in preview_findings.findings(read)])


def test_a_preview_without_matches_by_hand_is_asked_for_once() -> None:
    cohort, stub = draft(httpx.Response(200, json=PREVIEW))
    read = draft_preview.preview_draft(cohort, OPTIONS)
    assert stub.bodies() == [{"model": "made-up", "mapping": {}, "units": {}, "values": {}}]
    assert read.recognised == read.preview.matches if read.preview else False
    assert read.options["columns"] == "agelens"  # as guessed


def test_a_choice_made_by_hand_is_previewed_once() -> None:
    cohort, stub = draft(httpx.Response(200, json=PREVIEW))
    by_hand = OPTIONS | {"mapping": {"bp": "glucose"}}
    read = draft_preview.preview_draft(cohort, by_hand, for_table=False)
    assert [body["mapping"] for body in stub.bodies()] == [{"bp": "glucose"}]
    assert read.preview == preview()


def test_what_names_say_by_themselves_is_asked_for_beside_what_was_matched_by_hand() -> None:
    cohort, stub = draft(
        httpx.Response(200, json=PREVIEW | {"matches": PREVIEW["matches"][::-1]}),
        httpx.Response(200, json=PREVIEW),
    )
    read = draft_preview.preview_draft(
        cohort, OPTIONS | {"mapping": {"id": "glucose"}, "units": {"glucose": "g"}}
    )
    assert [body["mapping"] for body in stub.bodies()] == [{"id": "glucose"}, {}]
    assert [match.column for match in read.recognised] == ["id", "glucose"]


def test_a_file_of_which_no_column_is_known_can_still_be_matched() -> None:
    first = {"rows": [["p1", "5.1"], ["p2", ""]]}
    cohort, stub = draft(httpx.Response(422, json=REFUSED), httpx.Response(200, json=first))
    read = draft_preview.preview_draft(cohort, OPTIONS)
    assert read.preview is None
    assert stub.requests[1].url.path == "/api/cohorts/c1/sample"
    assert read.sample == (("p1", "5.1"), ("p2", "")), "what columns hold says what they are"
    assert read.recognised == (Match("id", (), None), Match("glucose", (), None))
    assert draft_preview.column_problems(read.problem) == {"lab/x": "is named twice"}
    assert draft_preview.option_problems(read.problem) == {
        "units": "glucose must be an accepted unit",
        "id_column": "the file has no such column",
    }
    told = str([part.to_plotly_json() for part in preview_findings.findings(read)])
    assert "Lab/x: is named twice." in told
    assert "Glucose must be an accepted unit." in told


def test_what_was_said_with_the_file_is_where_the_page_starts() -> None:
    cohort, _ = draft()
    assert draft_preview.options_sent_with(cohort, "standard") == {
        "model": "made-up", "columns": "agelens", "mapping": {}, "units": {}, "id_column": "id",
        "values": {},
    }  # fmt: skip


def test_another_clock_keeps_what_was_matched_as_far_as_it_has_the_features() -> None:
    by_hand = {"a": "glucose", "b": "chronological_age", "c": "ignored", "d": "crp", "e": "sex+crp"}
    before = OPTIONS | {"mapping": by_hand, "units": {"glucose": "mg/dL", "crp": "mg/L"}}
    fits = draft_preview.options_for_clock(before, Clock)  # type: ignore[arg-type]
    assert fits["mapping"] == {"a": "glucose", "b": "chronological_age", "c": "ignored"}
    assert fits["units"] == {"glucose": "mg/dL"}
    assert set(before["mapping"]) == set("abcde"), "what the page holds is left alone"


def test_of_a_clock_that_is_gone_the_api_is_asked_nevertheless() -> None:
    gone = {"title": "Not found", "detail": "There is no such clock.", "code": "not_found"}
    stub = Stub(httpx.Response(404, json=gone))
    assert draft_updates.askable(client_of(stub, patience=0), OPTIONS) is OPTIONS


def test_a_needed_feature_without_a_column_is_said_first() -> None:
    told = found()
    assert "Sex is required, but no column was matched." in told
    optional = [{"feature": "crp", "label": "CRP", "required": False}]
    assert "1 biomarker without a column, treated as not measured: CRP." in found(missing=optional)
    assert "Every biomarker of this clock has a column." in found(missing=[])


def test_rows_that_cannot_be_scored_are_counted_and_told() -> None:
    assert "1 of the 200 rows cannot be scored" in found(missing=[])
    told = found(missing=[])
    assert "1 row lacks blood glucose (row 2)" in told
    assert "Row 2: blood glucose is missing" in told
    assert told.index("1 row lacks") < told.index("Row 2:"), "what rows have in common comes first"
    many = found(missing=[], rows=5000, checked_rows=1000, readable_rows=900)
    assert "100 of the first 1,000 rows cannot be scored" in many
    assert "And 99 more." in many
    assert "All rows can be scored." in found(missing=[], readable_rows=200)


def test_where_no_row_can_be_scored_it_is_said_once_for_all() -> None:
    alike = [{"row": place, "id": None, "message": "glucose is text"} for place in range(1, 21)]
    reason = {"reason": "200 rows: glucose is text", "n_rows": 200, "first_rows": [1, 2]}
    told = found(missing=[], readable_rows=0, problems=alike, grouped=[reason])
    assert "None of the 200 rows can be scored" in told
    assert "200 rows: glucose is text (rows 1, 2, …)" in told
    assert "And 180 more." in told


def test_rows_with_a_warning_are_told_apart() -> None:
    warned = [{"row": 7, "message": "CRP <0.3 was read as its limit", "fields": []}]
    told = found(missing=[], warned_rows=1, warnings=warned)
    assert "1 row has a warning, and can be scored" in told
    assert "Row 7: CRP <0.3 was read as its limit" in told


def test_a_preview_in_which_no_column_is_known_says_what_may_be_meant() -> None:
    nothing = [{**match, "features": [], "unit": None} for match in PREVIEW["matches"]]
    told = found(matches=nothing, hints=["no column of the file is one of: albumin"])
    assert "The file cannot be read this way yet" in told
    assert "No column of the file is one of: albumin." in told
    assert "Row 2" not in told


SUGGESTION = {
    "column": "glucose",
    "feature": "glucose",
    "read_as": "mmol/L",
    "suggested_unit": "mg/dL",
    "median": 95.0,
    "message": 'column "glucose" is read in mmol/L: is it mg/dL?',
}
CODES = {
    "column": "gender",
    "feature": "sex",
    "label": "Sex",
    "choices": ["female", "male"],
    "codes": [
        {"code": "1", "n_rows": 120, "meaning": "male"},
        {"code": "2", "n_rows": 1, "meaning": None},
    ],
}


def shown(parts: list[Any]) -> str:
    return str([part and part.to_plotly_json() for part in parts])


def test_a_suggested_unit_is_one_click_and_several_are_one_more() -> None:
    one = shown(questions.suggestions(preview(suggestions=[SUGGESTION])))
    assert "Read blood glucose as mg/dL" in one
    assert 'Column "glucose" is read in mmol/L: is it mg/dL?' in one.replace("\\'", "'")
    assert "Use these units" not in one
    assert "Use these units" in shown(
        questions.suggestions(preview(suggestions=[SUGGESTION, SUGGESTION]))
    )
    other = SUGGESTION | {"suggested_unit": None, "message": "all look like RDW-SD"}
    assert "Read blood" not in shown(questions.suggestions(preview(suggestions=[other])))


MEANT = {
    "column": "x albumin",
    "feature": "albumin",
    "label": "Albumin",
    "message": 'column "x albumin" may be Albumin',
}


def test_columns_that_may_be_meant_are_one_click_and_stand_before_the_units() -> None:
    one = shown(questions.suggestions(preview(match_suggestions=[MEANT])))
    assert "Read x albumin as albumin" in one
    assert "Use these matches" not in one
    both = shown(
        questions.suggestions(preview(match_suggestions=[MEANT, MEANT], suggestions=[SUGGESTION]))
    )
    assert "Use these matches" in both
    assert "data-places='0 1'" in both
    assert "data-places='2'" in both
    known = "{'column': 'glucose', 'feature': 'glucose', 'unit': 'mg/dL'}"
    assert both.index("'column': 'x albumin'") < both.index(known)


@pytest.mark.parametrize(
    ("other", "can_run"),
    [
        ({"missing": []}, True),
        ({}, False),
        ({"missing": [], "readable_rows": 0}, False),
        ({"missing": [], "readable_rows": 0, "rows": 5000}, True),
    ],
)
def test_what_cannot_be_scored_cannot_be_paid(other: dict[str, Any], can_run: bool) -> None:
    assert payment.can_run(preview(**other)) is can_run
    assert payment.can_run(None) is False


def layout(**other: Any) -> FileLayout:
    rows = (("Report", ""), ("id", "albumin"), ("p1", "44"), ())
    return FileLayout(
        **(
            {"first_rows": rows, "header_row": 2, "sheet": None, "sheets": (), "can_change": True}
            | other
        )
    )


def test_every_filled_row_but_the_header_can_be_made_the_header() -> None:
    cohort, _ = draft()
    said = str(file_layout.section(cohort, layout(), is_open=True).to_plotly_json())
    assert "Use row 1 as header" in said
    assert "Use row 3 as header" in said
    assert "Use row 2 as header" not in said
    assert "Use row 4 as header" not in said
    fixed = str(file_layout.section(cohort, layout(can_change=False), is_open=True))
    assert "Use row" not in fixed
    assert "upload the file again" in fixed


def test_what_is_chosen_of_a_layout_is_asked_for_once() -> None:
    two = layout(sheet="A", sheets=("A", "B"))
    row = {"type": "cohorts-header-row", "row": 3}
    wanted = file_layout.wanted_layout
    assert wanted(row, [None, 1], "A", two) == {"sheet": "A", "header_row": 3}
    assert wanted(row, [None, None], "A", two) is None, "only drawn"
    assert wanted("cohorts-other-sheet", [None], "B", two) == {"sheet": "B", "header_row": None}
    assert wanted("cohorts-other-sheet", [None], "A", two) is None
    assert wanted("cohorts-other-sheet", [None], None, two) is None


def test_codes_are_asked_about_with_what_they_may_mean() -> None:
    read = preview(codes=[CODES])
    told = shown(questions.codes(read))
    assert "What do the codes of sex mean?" in told
    assert "1 (120 rows)" in told
    assert "2 (1 row)" in told
    assert questions.asked_codes(read) == [
        {"column": "gender", "code": "1"},
        {"column": "gender", "code": "2"},
    ]
    assert "codes of" not in shown(questions.codes(preview()))


def test_while_a_needed_column_is_missing_nothing_is_said_of_single_rows() -> None:
    assert "Row 2" not in found()


def test_the_price_is_reckoned_before_anybody_pays() -> None:
    cohort, _ = draft()
    enough = str([p and p.to_plotly_json() for p in payment.price(cohort, preview(), 600)])
    assert "200 rows × 3 credits = " in enough
    assert "600 credits" in enough
    assert "Top up" not in enough
    short = str([p and p.to_plotly_json() for p in payment.price(cohort, preview(), 450)])
    assert "You need 150 more." in short
    assert "/wallet?next=%2Fcohorts%2Fc1&amount=150" in short


PAIR = Match("bp", preview().matches[1].features * 2, "mmHg")


def test_a_pair_is_a_choice_only_of_the_column_that_is_one() -> None:
    plain = column_matching.choices(Clock, preview().matches[1])  # type: ignore[arg-type]
    assert [each["value"] for each in plain] == ["ignored", "chronological_age", "glucose"]
    pair = column_matching.choices(Clock, PAIR)[-1]  # type: ignore[arg-type]
    assert pair == {"value": "glucose+glucose", "label": "Blood glucose and Blood glucose"}
    assert draft_preview.column_value(PAIR) == "glucose+glucose"


def test_units_are_printed_as_laboratories_do() -> None:
    units = {"creatinine": [{"value": "umol/L", "label": "µmol/L"}]}
    assert column_matching.unit_choices("creatinine", "umol/L", units) == units["creatinine"]
    assert column_matching.unit_choices("bp", "mmHg", units) == [{"value": "mmHg", "label": "mmHg"}]
    assert column_matching.unit_choices("ignored", None, units) == []


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (5_250_000, "5.2 MB"), (2**30, "1 GB")],
)
def test_sizes_are_never_said_to_be_more(count: int, said: str) -> None:
    assert labels.size(count) == said


def test_lists_are_joined_as_people_do() -> None:
    assert labels.joined(["a"]) == "a"
    assert labels.joined(["a", "b", "c"]) == "a, b and c"
    assert labels.rows(1) == "1 row"
    assert labels.rows(2000) == "2,000 rows"
    assert labels.columns(1) == "1 column"
    assert labels.example_rows([3, 1200], 2) == "3, 1,200"
    assert labels.example_rows([3, 1200], 9) == "3, 1,200, …"


@pytest.mark.parametrize(("told", "asked_again"), [(200, False), (100, True), (None, True)])
def test_nobody_pays_another_price_than_the_page_shows(told: int | None, asked_again: bool) -> None:
    cohort, _ = draft(httpx.Response(200, json=PREVIEW | {"price": 200}))
    other = draft_updates.dearer_or_cheaper(cohort, OPTIONS, told)
    assert (other is not None) == asked_again
    assert other is None or other.price == 200
