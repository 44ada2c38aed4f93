"""Assessments and checks through the client."""

from collections.abc import Callable
from datetime import date

import httpx
import pytest
from agelens.client import Client, InsufficientCredits, InvalidInput, WaitTimeout
from unit.client.stub import RESULT, TASK, Stub, client_of, problem
from unit.client.test_cards import read

SUCCEEDED = TASK | {"status": "succeeded", "charged": 10, "result": RESULT}
FAILED = TASK | {
    "id": "t2",
    "status": "failed",
    "model": {"name": "phenoage", "version": "1.0.0"},
    "error": {"code": "cannot_score", "message": "too little <b>"},
}
NOT_RUN = {
    "model": {"name": "kdm", "version": "1.0.0"},
    "lacks": ["hba1c"],
    "at_least": 1,
    "reason": "needs HbA1c",
}
ASSESSMENT = {
    "id": "a1",
    "answers": {"glucose": 5.4},
    "units": {},
    "chronological_age": 50.0,
    "age_from_profile": True,
    "measured_on": "2026-03-31",
    "context": [],
    "baseline": None,
    "price": 20,
    "charged": 10,
    "created_at": "2026-11-23T10:00:00+00:00",
    "tasks": [SUCCEEDED, FAILED],
    "not_run": [NOT_RUN],
}
CHECK = {
    "clocks": [
        {**NOT_RUN, "price": 10, "ready": False, "errors": [], "warnings": []},
        {
            "model": {"name": "phenoage", "version": "1.0.0"},
            "price": 10,
            "ready": True,
            "lacks": [],
            "at_least": 0,
            "reason": "",
            "errors": [],
            "warnings": ["glucose 40 is unusual"],
        },
    ],
    "chronological_age": 50.0,
    "age_from_profile": False,
}
ACCEPTED = httpx.Response(202, json={"assessment_id": "a1", "task_ids": ["t1", "t2"]})


def answered(*tasks: object) -> httpx.Response:
    return httpx.Response(200, json={**ASSESSMENT, "tasks": list(tasks)})


def test_it_is_submitted_and_waited_for_until_every_task_has_ended() -> None:
    running = TASK | {"status": "running"}
    stub = Stub(ACCEPTED, answered(running, FAILED), answered(SUCCEEDED, FAILED))
    said = {"units": {"glucose": "mmol/L"}, "measured_on": date(2026, 3, 31)}
    found = client_of(stub).assess(
        {"glucose": 5.4, "chronological_age": 50, "crp": float("nan")}, models="ready", **said
    )  # type: ignore[arg-type]
    assert stub.requests[0].url.path == "/api/assessments"
    assert stub.sent_keys()[0]
    body = httpx.Response(200, content=stub.requests[0].content).json()
    assert body == {
        "answers": {"glucose": 5.4, "crp": None},
        "units": {"glucose": "mmol/L"},
        "measured_on": "2026-03-31",
        "chronological_age": 50,
        "models": "ready",
    }
    assert float(stub.requests[1].url.params["wait"]) > 20
    assert found.is_finished
    assert list(found.results) == ["kaggle-age"]
    assert found.results["kaggle-age"].task.id == "t1"
    assert found.not_run[0].lacks == ("hba1c",)
    assert found.measured_on == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("models", "sent"),
    [("phenoage", ["phenoage"]), (("kdm", "phenoage"), ["kdm", "phenoage"]), (None, None)],
)
def test_one_clock_can_be_named_without_a_list(models: object, sent: object) -> None:
    stub = Stub(ACCEPTED)
    client_of(stub).assessments.submit({"glucose": 5.4}, models)  # type: ignore[arg-type]
    assert stub.bodies()[0].get("models") == sent


def test_two_versions_of_a_clock_have_results_of_their_own() -> None:
    newer = {**SUCCEEDED, "id": "t3", "model": {"name": "kaggle-age", "version": "2.0.0"}}
    found = client_of(Stub(answered(SUCCEEDED, newer))).assessments["a1"]
    assert list(found.results) == ["kaggle-age@1.0.0", "kaggle-age@2.0.0"]


def test_a_task_that_does_not_end_in_time_is_named() -> None:
    stub = Stub(ACCEPTED, answered(SUCCEEDED, FAILED | {"status": "running", "error": None}))
    with pytest.raises(WaitTimeout) as caught:
        client_of(stub).assess({"glucose": 5.4}, timeout=0.0)
    assert caught.value.task.id == "t2"


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.assess({"glucose": 5.4}, "ready", model="kdm"),
        lambda client: client.check({"glucose": 5.4}, models="ready"),
    ],
)
def test_a_keyword_that_there_is_not_is_refused_here(ask: Callable[[Client], object]) -> None:
    with pytest.raises(TypeError, match="unexpected keyword"):
        ask(client_of(Stub(ACCEPTED)))


def test_what_the_service_refuses_is_raised() -> None:
    with pytest.raises(InsufficientCredits):
        client_of(Stub(problem(402, "insufficient_credits"))).assess({"glucose": 5.4}, "ready")
    with pytest.raises(InvalidInput):
        client_of(Stub(problem(422, "invalid_answers"))).check({"happiness": 1})


def test_a_check_says_what_is_ready_and_what_it_costs() -> None:
    stub = Stub(httpx.Response(200, json=CHECK))
    found = client_of(stub).check({"glucose": 5.4}, chronological_age=50)
    assert stub.requests[0].url.path == "/api/assessments/check"
    assert stub.sent_keys() == [None]  # nothing is created
    assert (found.ready, found.price) == (("phenoage",), 10)
    assert found["kdm"].lacks == ("hba1c",)
    with pytest.raises(KeyError):
        found["no-clock"]
    text = read(found._repr_html_())
    for told in ("phenoage", "ready", "needs HbA1c", "10 credits"):
        assert told in text


def test_its_frame_has_a_row_for_each_clock() -> None:
    frame = client_of(Stub(answered(SUCCEEDED, FAILED))).assessments["a1"].to_frame()
    assert list(frame.index) == ["kaggle-age", "phenoage"]
    assert frame.loc["kaggle-age", "prediction"] == 51.0
    assert list(frame.loc["kaggle-age", ["interval_low", "interval_high"]]) == [42.0, 60.0]
    assert frame.loc["kaggle-age", "age_gap"] == 1.0
    assert frame.loc["phenoage", "error"] == "too little <b>"
    assert frame["prediction"].isna().tolist() == [False, True]


def test_it_is_shown_as_a_card_and_listed() -> None:
    client = client_of(Stub(answered(SUCCEEDED, FAILED)))
    text = read(client.assessments["a1"]._repr_html_())
    for told in ("51.0 years", "42.0 to 60.0", "too little <b>", "kdm was not run: needs HbA1c",
                 "from your profile", "2026-03-31", "Not medical advice."):  # fmt: skip
        assert told in text
    page = {"items": [ASSESSMENT], "next_cursor": None}
    listed = client_of(Stub(httpx.Response(200, json=page)))
    assert [each.id for each in listed.assessments] == ["a1"]
    text = read(listed.assessments._repr_html_())
    assert "Assessments" in text
    assert "kaggle-age: 51.0 years" in text
