"""Files that clocks are trained on, as they are sent."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from unit.client.stub import Stub, client_of
from unit.client.test_cohorts import form_of

RETRAINING: dict[str, Any] = {
    "id": "r1",
    "model": "kaggle-age",
    "notebook": "train_kaggle.ipynb",
    "status": "queued",
    "data": {"file_name": "people.csv", "sha256": "a"},
    "validation": None,
    "version": "2",
    "candidate": None,
    "error": None,
    "attempts": 0,
    "has_notebook": False,
    "requested_by": None,
    "created_at": "2026-11-23T10:00:00+00:00",
    "started_at": None,
    "finished_at": None,
}
PEOPLE, LATER = b"glucose\r\n5.1\r\n", b"glucose\r\n5.2\r\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "people.csv").write_bytes(PEOPLE)
    (tmp_path / "later.csv").write_bytes(LATER)
    return tmp_path


@pytest.mark.parametrize(
    "place",
    [
        lambda home: home / "people.csv",
        lambda home: str(home / "people.csv"),
        lambda home: "~/people.csv",
    ],
)
def test_a_file_is_named_by_a_path_or_its_text(home: Path, place: Callable[[Path], Any]) -> None:
    stub = Stub(httpx.Response(202, json=RETRAINING))
    client = client_of(stub)
    assert client.trainings.retrain("kaggle-age", place(home), validation="~/later.csv").id == "r1"
    form = form_of(stub.requests[0])
    assert form["data"].get_filename() == "people.csv"
    assert {name: part.get_payload(decode=True) for name, part in form.items()} == {
        "model": b"kaggle-age",
        "data": PEOPLE,
        "validation": LATER,
    }


def test_the_service_may_take_its_time_to_read_a_file(home: Path) -> None:
    stub = Stub(httpx.Response(202, json=RETRAINING))
    client_of(stub, timeout=5).trainings.retrain("kaggle-age", home / "people.csv")
    timeout = stub.requests[0].extensions["timeout"]
    assert (timeout["connect"], timeout["read"]) == (5, 300)


def test_a_file_that_is_sent_again_is_the_whole_file_under_the_same_key(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    stub = Stub(httpx.ReadError("reset"), httpx.Response(202, json=RETRAINING))
    client_of(stub).trainings.retrain("kaggle-age", home / "people.csv")
    assert [form_of(r)["data"].get_payload(decode=True) for r in stub.requests] == [PEOPLE] * 2
    assert len(set(stub.sent_keys())) == 1
