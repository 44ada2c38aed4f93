"""Failures in words."""

import httpx
import pytest
from agelens.client import InvalidInput, Unreachable
from agelens.client.problems import problem_of
from unit.dash_app.web_app import problem

from dash_app import problems


def refusal(status: int, **more: object) -> Exception:
    return problem_of(problem(status, **more))


FURTHER = (
    "changes 9 answers, and a scenario may change at most 4; run a new prediction to go further"
)
TOO_MUCH = [{"pointer": "/changes/0", "field": "changes", "message": FURTHER}]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Unreachable("http://10.0.0.1:8000 does not answer"), problems.away()),
        (refusal(503), problems.away()),
        (refusal(422, errors=TOO_MUCH), FURTHER.capitalize()),
        (refusal(403), "Only an administrator can do this."),
        (refusal(409, detail="It is running."), "It is running."),
        (
            refusal(500, request_id="abc"),
            "Something went wrong at our end. If you report it, quote abc.",
        ),
        (refusal(500), "Something went wrong at our end."),
        (KeyError("secret"), problems.OURS),
    ],
)
def test_an_error_is_said_in_words(error: Exception, words: str) -> None:
    assert problems.error_message(error) == words


def test_each_field_has_its_problems_by_the_name_that_was_sent() -> None:
    errors = [
        {"pointer": "/changes/3/bmi", "field": "bmi", "message": "must be a number"},
        {"pointer": "/answers/Blood Pressure (s~1d)", "field": "x", "message": "is missing"},
        {"pointer": "/changes/3/bmi", "field": "bmi", "message": "must be below 80"},
    ]
    error = problem_of(httpx.Response(422, json={"title": "No", "errors": errors}))
    assert isinstance(error, InvalidInput)
    assert problems.field_messages(error) == {
        "bmi": "Must be a number Must be below 80",
        "Blood Pressure (s/d)": "Is missing",
    }
