"""What the API says, in the language of the page: only prose, and never files."""

from typing import Any

import httpx
import pytest
from agelens.languages import answers, in_language

from dash_app import translated_answers

ANSWER: dict[str, Any] = {
    "label": "Albumin",
    "feature": "Albumin",
    "value": "Albumin",
    "warnings": ["Albumin", "Somebody's own words"],
    "interval_reason": "none: Albumin",
    "reference": {"low": 35, "source": "Albumin"},
    "answers": {"note": 4},
}
RUSSIAN = ANSWER | {
    "label": "Альбумин",
    "warnings": ["Альбумин", "Somebody's own words"],
    "interval_reason": "none: Альбумин",
    "reference": {"low": 35, "source": "Альбумин"},
}


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        answers, "translated_text", lambda text: {"Albumin": "Альбумин"}.get(text, text)
    )


def test_prose_is_translated_and_keys_and_values_are_not() -> None:
    assert translated_answers.translated(ANSWER) is ANSWER
    with in_language("ru"):
        assert translated_answers.translated(ANSWER) == RUSSIAN
        assert translated_answers.translated([ANSWER]) == [RUSSIAN]


def test_an_answer_keeps_its_status_and_headers() -> None:
    response = httpx.Response(422, json=ANSWER, headers={"Retry-After": "3"})
    with in_language("ru"):
        found = translated_answers.translated_response(response)
    assert (found.status_code, found.json(), found.headers["Retry-After"]) == (422, RUSSIAN, "3")
    assert translated_answers.translated_response(response) is response


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, json=ANSWER, headers={"Content-Disposition": "attachment"}),
        httpx.Response(200, text="Albumin"),
    ],
)
def test_files_are_handed_on_as_they_come(response: httpx.Response) -> None:
    with in_language("ru"):
        assert translated_answers.translated_response(response) is response


def test_what_only_says_that_it_is_json_is_the_client_s_to_judge() -> None:
    broken = httpx.Response(200, content=b"{", headers={"Content-Type": "application/json"})
    with in_language("ru"):
        assert translated_answers.translated_response(broken).content == b"{"
