"""Answers become objects by the types of their fields; what does not fit is said, not guessed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from agelens.client import ClientError, Model, Retraining, RowProblem, Task, UnexpectedAnswer
from agelens.client.decoding import decode
from unit.client.stub import RESULT, TASK, Stub, client_of
from unit.client.test_models import MODEL


def test_moments_are_decoded_by_their_type() -> None:
    task = decode(Task, TASK | {"finished_at": "2026-11-23T12:00:00+02:00"})
    assert task.created_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert task.finished_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert task.finished_at.utcoffset() == timedelta(hours=2)
    assert task.started_at is None


def test_fields_of_a_newer_service_are_passed_over_at_every_depth() -> None:
    model = TASK["model"] | {"mood": "good"}  # type: ignore[operator]
    assert decode(Task, TASK | {"model": model, "surprise": 1}) == decode(Task, TASK)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": ...}, r"required field missing @ answer\.id"),
        ({"model": {"name": "m"}}, r"required field missing @ answer\.model\.version"),
        ({"id": None}, r"expected str @ answer\.id"),
        ({"price": "10"}, r"expected int @ answer\.price"),
        ({"created_at": "yesterday"}, r"expected datetime @ answer\.created_at"),
        ({"validation_errors": [{}]}, r"answer\.validation_errors\[0\]\.pointer"),
    ],
)
def test_what_is_missing_or_of_another_type_is_named(change: dict[str, Any], words: str) -> None:
    wire = {name: value for name, value in (TASK | change).items() if value is not ...}
    with pytest.raises(UnexpectedAnswer, match=words) as caught:
        client_of(Stub(httpx.Response(200, json=wire))).task("t1")
    assert isinstance(caught.value, ClientError)
    assert "no Task" in str(caught.value)


def test_a_list_instead_of_an_object_is_no_traceback_of_ours() -> None:
    with pytest.raises(UnexpectedAnswer, match="no User"):
        client_of(Stub(httpx.Response(200, json=[]))).me()


def test_many_faults_are_counted() -> None:
    with pytest.raises(UnexpectedAnswer, match=r"and \d+ more"):
        decode(Retraining, {})


def test_a_result_stays_what_it_was_for_the_charts() -> None:
    wire = TASK | {"status": "succeeded", "result": RESULT | {"surprise": [1]}}
    task = decode(Task, wire)
    assert task.wire is wire["result"]
    assert task.result is not None
    assert task.result.wire is task.wire
    assert task.result.task is task


def test_unions_of_numbers_texts_and_null_are_kept_as_they_are() -> None:
    task = decode(
        Task, TASK | {"answers": {"sex": "male", "crp": None, "glucose": 5, "x": "5.0", "y": True}}
    )
    assert task.answers == {"sex": "male", "crp": None, "glucose": 5, "x": "5.0", "y": True}
    assert decode(Task, TASK | {"chronological_age": "fifty"}).chronological_age == "fifty"


def test_pairs_and_optional_parts() -> None:
    assert decode(Model, MODEL | {"ages": [20, 90.0]}).ages == (20, 90.0)
    assert decode(Model, MODEL | {"ages": None, "interval": None}).interval is None
    assert decode(RowProblem, {"row": 1, "message": "m", "fields": ["sex"]}).fields == ("sex",)
