"""From what stands in the form to a panel, and from kept tasks back to the form."""

from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from agelens import languages
from agelens.client import ModelName, Task
from unit.dash_app.assessment.made_up import MOOD, SHOE, TELOMERES

from dash_app.pages.assessment import form_values

FEATURES = [TELOMERES, MOOD, SHOE]


def form(
    numbers: dict[str, str | None] | None = None,
    choices: dict[str, str | None] | None = None,
    units: dict[str, str | None] | None = None,
    **more: Any,
) -> form_values.FormState:
    said: dict[str, Any] = {"numbers": numbers or {}, "choices": choices or {}, **more}
    return cast(form_values.FormState, said | {"units": units or {}})


def task(**given: Any) -> Task:
    parts: dict[str, Any] = {
        "id": "1",
        "status": "draft",
        "model": ModelName("made-up", "1.0.0"),
        "answers": {},
        "units": {},
        "chronological_age": None,
        "price": 3,
        "charged": 0,
        "attempts": 0,
        "created_at": datetime(2026, 11, 1, tzinfo=UTC),
        "started_at": None,
        "finished_at": None,
        "validation_errors": (),
        "error": None,
    }
    return Task(**parts | given)


def test_a_panel_has_what_was_typed_with_its_units() -> None:
    found = form_values.panel(
        form(
            {"telomere_length": "7,25", "shoe_size": " ", "chronological_age": "52"},
            {"mood": "calm"},
            {"telomere_length": "T/S"},
        )
    )
    assert found.answers == {"telomere_length": 7.25, "mood": "calm"}
    assert found.units == {"telomere_length": "T/S"}
    assert found.chronological_age == 52.0


def test_empty_fields_send_no_unit_and_no_answer() -> None:
    found = form_values.panel(
        form({"telomere_length": None}, {"mood": None}, {"telomere_length": "bp"})
    )
    assert found == form_values.FormPanel()


def test_a_text_that_is_no_number_is_left_to_the_api_to_refuse() -> None:
    found = form_values.panel(form({"shoe_size": "big", "chronological_age": "old"}))
    assert found.answers == {"shoe_size": "big"}
    assert found.chronological_age == "old"


def test_an_edit_takes_away_what_is_no_longer_there() -> None:
    before = task(answers={"mood": "calm", "other": 1}, units={"shoe_size": "u"})
    edit = form_values.FormPanel({"shoe_size": 4.0}, {}, None).as_edit(before)
    assert edit == {
        "answers": {"mood": None, "other": None, "shoe_size": 4.0},
        "units": {"shoe_size": None},
        "chronological_age": None,
        "context": [],
        "baseline": None,
        "measured_on": None,
    }


def test_what_was_ticked_below_the_form_is_sent_along() -> None:
    found = form_values.panel(form({"shoe_size": "4"}, context=["pregnant"]))
    assert found.context == ("pregnant",)
    assert found.as_edit(task())["context"] == ["pregnant"]
    assert form_values.panel(form({})).context == ()


def test_a_task_is_shown_as_it_was_typed() -> None:
    kept = task(
        answers={"telomere_length": 7250.0, "mood": "calm", "shoe_size": "big"},
        units={"telomere_length": "bp"},
        chronological_age=52.5,
    )
    found, unknown = form_values.from_panel(kept, FEATURES)
    assert found == {
        "telomere_length": {"value": "7250", "unit": "bp"},
        "mood": {"value": "calm"},
        "shoe_size": {"value": "big", "unit": "u"},
        "chronological_age": {"value": "52.5", "unit": "years"},
    }
    assert unknown == []


def test_an_answer_without_a_unit_was_canonical_wherever_it_is_opened() -> None:
    found, _ = form_values.from_panel(task(answers={"telomere_length": 7.25}), FEATURES)
    assert found["telomere_length"] == {"value": "7.25", "unit": "kb"}


def test_another_name_stands_in_its_own_unit_unless_it_transforms() -> None:
    found, unknown = form_values.from_panel(task(answers={"TL (bp)": 7250, "log TL": 2}), FEATURES)
    assert found == {"telomere_length": {"value": "7250", "unit": "bp"}}
    assert unknown == ["log TL"]


def test_answers_that_are_null_are_not_there() -> None:
    assert form_values.from_panel(task(answers={"mood": None, "odd": None}), FEATURES) == ({}, [])


def test_an_age_that_followed_from_the_profile_was_not_typed() -> None:
    kept = task(answers={}, chronological_age=52.5, age_from_profile=True)
    assert form_values.from_panel(kept, FEATURES) == ({}, [])


@pytest.mark.parametrize(
    ("answer", "text"), [(95.0, "95"), (5.1, "5.1"), (52, "52"), ("abc", "abc"), (1e-7, "1e-07")]
)
def test_answers_are_written_as_people_type(answer: Any, text: str) -> None:
    assert form_values.plain(answer) == text


def test_a_number_of_a_draft_has_the_readers_decimal_comma() -> None:
    with languages.in_language("ru"):
        assert form_values.plain(5.1) == "5,1"
        assert form_values.plain("5.1") == "5.1"  # what was typed as text stays


def test_a_result_starts_from_people_of_ones_own_age_where_it_is_known() -> None:
    assert form_values.panel(form({"chronological_age": "24"})).baseline == "own_age"
    assert (
        form_values.panel(form({"chronological_age": "24"})).as_edit(task())["baseline"]
        == "own_age"
    )
    assert form_values.panel(form({})).baseline is None
    assert form_values.panel(form({}, has_birth_date=True)).baseline == "own_age"


def test_the_day_of_the_blood_draw_is_sent_and_shown_again() -> None:
    assert (
        form_values.panel(form({}, measured_on="2026-05-03")).request_fields["measured_on"]
        == "2026-05-03"
    )
    assert form_values.panel(form({}, measured_on="")).measured_on is None
    assert form_values.day_of(date(2026, 5, 3)) == {"measured_on": {"value": "2026-05-03"}}
    assert form_values.day_of(None) == {}
