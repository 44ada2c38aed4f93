"""Problems in the words of the form, and where somebody's units come from."""

from dataclasses import asdict
from typing import Any

import httpx
import pytest
from agelens.client import FieldProblem, InvalidInput
from agelens.domain.single_answer import number_advice
from flask import Flask
from unit.dash_app.assessment.made_up import MOOD, SHOE, TELOMERES, number

from dash_app.pages.assessment import countries, error_messages

FEATURES: list[dict[str, Any]] = [
    *(TELOMERES, MOOD, SHOE, number("hba1c_level", label="HbA1c")),
    *(number("crp", label="C-reactive protein"), number("albumin", label="Serum albumin")),
]


LABELS = {feature["key"]: feature["label"] for feature in FEATURES}


def problem(field: str, message: str, part: str = "answers") -> FieldProblem:
    return FieldProblem(f"/{part}/{field}" if part else f"/{field}", field, message)


def test_keys_are_said_as_labels() -> None:
    message = "needs one of: telomere_length, shoe_size, hba1c_level, mood, crp, albumin"
    assert (
        error_messages.with_labels(message, LABELS)
        == "needs one of: telomere length, shoe size, HbA1c, mood, C-reactive protein, albumin"
    )


def test_a_text_where_a_number_belongs_is_explained_with_an_example() -> None:
    told = error_messages.of_field(
        problem("shoe_size", 'must be a number, not text ("big")'), LABELS
    )
    assert told == error_messages.NO_NUMBER
    told = error_messages.of_field(problem("mood", "must be one of: calm"), LABELS)
    assert told == "Must be one of: calm."


@pytest.mark.parametrize("typed", ["1,000", "1,234.5", "<0.3"])
def test_a_text_that_people_take_for_a_number_keeps_the_apis_advice(typed: str) -> None:
    advice = number_advice(typed)
    assert advice
    told = error_messages.of_field(problem("shoe_size", advice), LABELS)
    assert told == f"{advice[:1].upper()}{advice[1:]}."


@pytest.mark.parametrize(
    "message", ["is required by this clock", "is required by phenoage and kdm"]
)
def test_what_is_missing_is_asked_for_by_its_label(message: str) -> None:
    assert (
        error_messages.of_field(problem("albumin", message), LABELS) == "Enter your serum albumin."
    )
    assert error_messages.is_missing(problem("albumin", message))


def test_problems_are_told_by_field_or_by_what_was_sent() -> None:
    wrong = (problem("shoe_size", "must be below 10"), problem("models", "is away", part=""))
    sent = {"errors": [asdict(each) for each in wrong]}
    found = error_messages.by_field(InvalidInput(httpx.Response(422), sent), LABELS)
    assert found == {"shoe_size": "Must be below 10.", "models": "Is away."}


def test_the_summary_links_what_has_a_field_and_only_says_the_rest() -> None:
    shown = str(error_messages.summary({"mood": "Is odd.", "model": "Is away."}, LABELS))
    assert "Please check 2 answers" in shown
    assert "data-assessment-field='mood'" in shown
    assert "Is away." in shown
    assert "data-assessment-field='model'" not in shown


def test_what_the_nearest_clock_lacks_is_linked() -> None:
    shown = str(error_messages.not_enough("A clock", 2, ["mood", "crp"], LABELS))
    assert "The nearest is A clock, which needs 2 more values" in shown
    assert "data-assessment-field='crp'" in shown


def test_the_wallet_leads_back_to_the_form() -> None:
    link = error_messages.top_up("/new?draft=1&model=made-up")
    assert link.href == "/wallet?next=%2Fnew%3Fdraft%3D1%26model%3Dmade-up"


@pytest.mark.parametrize(
    ("tag", "country"),
    [
        ("de-AT", "AT"),
        ("de", "DE"),
        ("zh-Hant-TW", "TW"),
        ("en-us", "US"),
        ("en", "ZZ"),
        ("sv", "SE"),
        ("eo", "ZZ"),
        ("*", "ZZ"),
        ("", "ZZ"),
    ],
)
def test_a_language_tells_the_country_where_it_can(tag: str, country: str) -> None:
    assert countries.of_language(tag) == country


@pytest.mark.parametrize(
    ("headers", "country"),
    [
        ({}, "ZZ"),
        ({"Accept-Language": "de,en-US;q=0.7,en;q=0.3"}, "DE"),
        ({"Accept-Language": "en;q=0.5, fr-CA"}, "CA"),
        ({"Accept-Language": "en-US", "Cookie": "agelens_units=GB"}, "GB"),
        ({"Accept-Language": "en-US", "Cookie": "agelens_units=<b>"}, "US"),
    ],
)
def test_what_was_chosen_counts_before_the_browsers_language(
    headers: dict[str, str], country: str
) -> None:
    with Flask("test").test_request_context(headers=headers):
        assert countries.of_visitor() == country


def test_the_profile_counts_before_the_browsers_language() -> None:
    with Flask("test").test_request_context(headers={"Accept-Language": "de"}):
        assert countries.of_visitor("US") == "US"
    with Flask("test").test_request_context(headers={"Cookie": "agelens_units=GB"}):
        assert countries.of_visitor("US") == "GB"


def test_the_visitors_country_can_be_chosen_even_if_no_unit_names_it() -> None:
    assert countries.country_codes(FEATURES, "FR") == ["ZZ", "FR", "NZ"]
    assert countries.country_codes(FEATURES, "ZZ") == ["ZZ", "NZ"]
