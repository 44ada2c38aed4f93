"""What the client makes of clocks and their versions."""

from typing import Any

import httpx
from agelens.client import Headline, ModelInterval
from unit.client.stub import Stub, client_of

MODEL: dict[str, Any] = {
    "name": "made-up",
    "version": "1.0.0",
    "title": "Made up",
    "unit": "years",
    "price": 3,
    "default": False,
    "features": [],
    "metrics": {},
    "card": "# Made up",
}
MEANING: dict[str, Any] = {
    "needs_age": True,
    "ages": [20.0, 90.0],
    "needs": "needs sex and chronological age",
    "base_meaning": "an average peer",
    "explanation": "what a marker adds",
    "interval": {"level": None, "method": "none: nobody knows"},
}
VERSION: dict[str, Any] = {
    "name": "made-up",
    "version": "2.0.0",
    "title": "Made up",
    "unit": "years",
    "price": 3,
    "active": False,
    "default": False,
    "sha256": "0" * 64,
    "created_at": "2026-01-02T03:04:05+00:00",
    "activated_at": None,
    "headline": {"metric": "error", "value": 4.5, "better": "lower", "protocol": "made up"},
    "active_value": None,
    "worse_than_active": None,
    "comparable": False,
    "same_data": False,
}


def test_a_clock_says_what_it_needs_and_what_its_numbers_mean() -> None:
    model = client_of(Stub(httpx.Response(200, json=MODEL | MEANING))).models["made-up"]
    assert (model.needs_age, model.ages) == (True, (20.0, 90.0))
    assert model.needs == "needs sex and chronological age"
    assert (model.base_meaning, model.explanation) == ("an average peer", "what a marker adds")
    assert model.interval == ModelInterval(None, "none: nobody knows")


def test_what_has_to_be_said_of_a_clock_is_on_its_card_in_a_notebook() -> None:
    answers = [MODEL | {"note": "Two forms."}, MODEL]
    client = client_of(Stub(*(httpx.Response(200, json=answer) for answer in answers)))
    with_note, without = (client.models["made-up"] for _ in answers)
    assert (with_note.note, without.note) == ("Two forms.", "")
    assert "Two forms." in with_note._repr_html_()
    assert "Two forms." not in without._repr_html_()


def test_a_clock_of_synthetic_data_is_called_a_demonstration_on_its_card() -> None:
    answers = [MODEL | {"demonstration": True}, MODEL]
    client = client_of(Stub(*(httpx.Response(200, json=answer) for answer in answers)))
    shown, other = (client.models["made-up"] for _ in answers)
    assert (shown.demonstration, other.demonstration) == (True, False)
    assert "Demonstration: synthetic data" in shown._repr_html_()
    assert "Demonstration" not in other._repr_html_()


def test_a_clock_of_any_age_and_of_an_older_service_has_no_ages() -> None:
    answers = [MODEL | MEANING | {"needs_age": False, "ages": None}, MODEL]
    client = client_of(Stub(*(httpx.Response(200, json=answer) for answer in answers)))
    assert [client.models["made-up"].ages for _ in answers] == [None, None]


def test_a_version_that_cannot_be_compared_is_neither_worse_nor_better() -> None:
    page = {"items": [VERSION], "next_cursor": None}
    (version,) = client_of(Stub(httpx.Response(200, json=page))).admin.models()
    assert version.headline == Headline("error", 4.5, "lower", "made up")
    assert (version.comparable, version.worse_than_active) == (False, None)
    assert version.same_data is False
