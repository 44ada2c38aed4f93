"""Cohorts: what is sent for each way of handing people over, and what is made of the answers."""

import gzip
import io
import json
import os
from collections.abc import Callable, Iterator
from decimal import Decimal
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from agelens.client import (
    Cohort,
    CohortCanceled,
    CohortError,
    CohortFailed,
    CohortTimeout,
    Conflict,
    Match,
    MissingFeature,
    RowProblem,
    Unavailable,
    Unreachable,
)
from unit.client.cohort_wire import COHORT, FAILED, PREVIEW, RUNNING, SUCCEEDED
from unit.client.stub import Stub, client_of, problem


def form_of(request: httpx.Request) -> dict[str, Message]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    parts = BytesParser(policy=HTTP).parsebytes(head + request.content).get_payload()
    return {part.get_param("name", header="Content-Disposition"): part for part in parts}  # type: ignore[misc,union-attr]


def said(request: httpx.Request) -> dict[str, str]:
    return {
        name: part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        for name, part in form_of(request).items()
        if name != "file"
    }


def content_of(request: httpx.Request) -> bytes:
    content = form_of(request)["file"].get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def cohort_of(*answers: httpx.Response | Exception) -> tuple[Cohort, Stub]:
    stub = Stub(httpx.Response(200, json=COHORT), *answers)
    cohort = client_of(stub, patience=0).cohorts["c1"]
    stub.requests.clear()
    return cohort, stub


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


def test_a_file_is_sent_under_its_name_with_what_is_said_of_it(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"glucose\r\n5.1\r\n")
    stub = Stub(httpx.Response(202, json=COHORT))
    cohort = client_of(stub).cohorts.submit(
        path,
        model="made-up",
        columns="kaggle",
        mapping={"gluc": "glucose"},
        units={"glucose": "mg/dL"},
        id_column="id",
        draft=True,
        name="First visit",
        idempotency_key="k1",
    )
    (request,) = stub.requests
    assert request.url.path == "/api/cohorts"
    assert stub.sent_keys() == ["k1"]
    assert content_of(request) == b"glucose\r\n5.1\r\n"
    file = form_of(request)["file"]
    assert (file.get_filename(), file.get_content_type()) == ("people.csv", "text/csv")
    assert said(request) == {
        "model": "made-up",
        "columns": "kaggle",
        "mapping": '{"gluc": "glucose"}',
        "units": '{"glucose": "mg/dL"}',
        "id_column": "id",
        "draft": "true",
        "name": "First visit",
    }
    assert (cohort.id, cohort.rows, cohort.price) == ("c1", 200, 600)
    assert cohort.model is not None
    assert cohort.model.name == "made-up"


def test_only_what_was_given_is_said() -> None:
    stub = Stub(httpx.Response(202, json=COHORT))
    client_of(stub).cohorts.submit([{"glucose": 5.1}])
    assert said(stub.requests[0]) == {"columns": "agelens"}


@pytest.mark.parametrize(
    ("name", "sent_as"),
    [
        ("a.csv", "a.csv"),
        ("a.CSV", "a.csv"),
        ("a.tsv", "a.csv"),
        ("a.pq", "a.parquet"),
        ("a.json", "a.json"),
        ("a.jsonl", "a.ndjson"),
    ],
)
def test_the_ending_says_the_format(tmp_path: Path, name: str, sent_as: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    stub = Stub(httpx.Response(202, json=COHORT))
    client_of(stub).cohorts.submit(str(tmp_path / name))
    assert form_of(stub.requests[0])["file"].get_filename() == sent_as


def test_rows_are_sent_as_json_has_them() -> None:
    rows = [
        {"sex": "male", "glucose": np.float64(5.5), "age": np.int64(52), 7: Decimal("1.10")},
        {"glucose": float("nan"), "age": None, "hdl": pd.NA, "crp": np.float32("nan"), "x": pd.NaT},
        {"glucose": float("inf"), "day": np.datetime64("2026-01-02"), "smokes": np.True_},
    ]
    stub = Stub(httpx.Response(202, json=COHORT))
    client_of(stub).cohorts.submit(rows)
    assert [json.loads(line) for line in content_of(stub.requests[0]).splitlines()] == [
        {"sex": "male", "glucose": 5.5, "age": 52, "7": "1.10"},
        {"glucose": None, "age": None, "hdl": None, "crp": None, "x": None},
        {"glucose": "inf", "day": "2026-01-02", "smokes": True},
    ]


@pytest.mark.parametrize(
    "wrap", [io.BytesIO, lambda b: gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b)))]
)
def test_a_file_of_any_kind_is_sent_whole(wrap: Callable[[bytes], Any]) -> None:
    stub = Stub(httpx.Response(202, json=COHORT))
    with wrap(b"glucose\n5.1\n") as file:
        client_of(stub).cohorts.submit(file, format="csv")
    assert content_of(stub.requests[0]) == b"glucose\n5.1\n"


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        ("people.docx", {}, "people.docx"),
        (io.BytesIO(b"x"), {}, "without a name"),
        (io.BytesIO(b"x"), {"format": "xlsx"}, "must be one of"),
        (io.StringIO("x"), {"format": "csv"}, "binary"),
        ([{"a": 1}, 2], {}, "row 2"),
        ({"a": [1, 2]}, {}, "list of mappings"),
        (5, {}, "list of mappings"),
        (pa.chunked_array([[1]]), {}, r"not a pyarrow\.ChunkedArray; \.to_pandas"),
    ],
)
def test_what_are_no_people_is_said_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Any, options: dict[str, str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.docx").touch()
    stub = Stub(httpx.Response(202, json=COHORT))
    with pytest.raises((TypeError, ValueError), match=words):
        client_of(stub).cohorts.submit(data, **options)
    assert stub.requests == []


def test_a_file_that_can_be_read_once_is_sent_once(pauses: list[float]) -> None:
    stub = Stub(problem(503, "unavailable"), httpx.Response(201, json=COHORT))
    client = client_of(stub, patience=60)
    with pytest.raises(Unavailable):
        client.cohorts.submit_stream(iter([b"a,b\n", b"1,2\n"]), "csv", length=8, name="a.csv")
    (request,) = stub.requests
    assert request.content == b"a,b\n1,2\n"
    assert dict(request.url.params) == {"draft": "true", "name": "a.csv"}
    assert request.headers["Content-Type"] == "text/csv"
    assert request.headers["Content-Length"] == "8"
    assert "Transfer-Encoding" not in request.headers
    client.cohorts.submit_stream([b"[]"], "json")
    assert stub.requests[1].headers["Transfer-Encoding"] == "chunked"
    assert pauses == []


def test_a_cohort_is_found_again_by_its_id() -> None:
    stub = Stub(httpx.Response(200, json=SUCCEEDED | {"of_a_later_version": 1}))
    cohort = client_of(stub).cohorts["a/b"]
    assert stub.requests[0].url.raw_path == b"/api/cohorts/a%2Fb"
    assert (cohort.is_finished, cohort.progress, cohort.charged) == (True, 1.0, 570)
    assert cohort.summary == SUCCEEDED["summary"]
    assert cohort.finished_at is not None


def test_cohorts_are_listed_over_their_pages() -> None:
    pages = (
        httpx.Response(200, json={"items": [COHORT], "next_cursor": "n"}),
        httpx.Response(200, json={"items": [COHORT | {"id": "c2"}], "next_cursor": None}),
    )
    assert [cohort.id for cohort in client_of(Stub(*pages)).cohorts] == ["c1", "c2"]
    stub = Stub(pages[0])
    page = client_of(stub).cohorts.page(cursor="x", status="running", limit=1)
    assert (page.items[0].id, page.next_cursor) == ("c1", "n")
    asked = {"cursor": "x", "status": "running", "limit": "1"}
    assert dict(stub.requests[0].url.params) == asked


def test_the_template_is_text() -> None:
    stub = Stub(httpx.Response(200, text="Größe\n1\n"))
    assert client_of(stub).cohorts.template("made-up", "kaggle") == "Größe\n1\n"
    assert dict(stub.requests[0].url.params) == {"model": "made-up", "columns": "kaggle"}


def test_waiting_follows_the_cohort_to_its_end(
    pauses: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    cohort, stub = cohort_of(httpx.Response(200, json=RUNNING), httpx.Response(200, json=SUCCEEDED))
    assert cohort.wait() is cohort
    assert (cohort.status, cohort.rows_scored) == ("succeeded", 190)
    assert [float(request.url.params["wait"]) for request in stub.requests] == [1.0, 1.0]
    assert len(pauses) == 1, "the service answered at once although it was asked to wait"
    bar = capsys.readouterr().err
    assert "200/200" in bar
    assert "people.csv" in bar


def test_without_a_bar_it_is_asked_seldom(
    pauses: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    cohort, stub = cohort_of(httpx.Response(200, json=SUCCEEDED))
    cohort.wait(progress=False)
    assert float(stub.requests[0].url.params["wait"]) > 20
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("wire", "kind", "words"),
    [
        (FAILED, CohortFailed, "c1 failed: workers died"),
        (COHORT | {"status": "canceled"}, CohortCanceled, "was canceled"),
        (RUNNING, CohortTimeout, "still running"),
        (COHORT | {"status": "draft", "model": None}, CohortTimeout, r"draft: run\(\)"),
    ],
)
@pytest.mark.parametrize("progress", [True, False])
def test_a_cohort_without_results_says_why(
    wire: dict[str, Any], kind: type[CohortError], words: str, progress: bool
) -> None:
    cohort, _ = cohort_of(httpx.Response(200, json=wire))
    with pytest.raises(kind, match=words) as caught:
        cohort.wait(timeout=0.1, progress=progress)
    assert caught.value.cohort is cohort
    assert caught.value.cohort.status == wire["status"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), httpx.ConnectError("refused")])
def test_who_is_interrupted_is_told_how_to_wait_further(stop: Any) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "wait" not in request.url.params:
            return httpx.Response(200, json=RUNNING, request=request)
        raise stop

    methods: list[str] = []
    client = client_of(
        lambda request: (methods.append(request.method), answer(request))[1], patience=0
    )
    with pytest.raises((KeyboardInterrupt, Unreachable)) as caught:
        client.cohorts["c1"].wait()
    assert 'client.cohorts["c1"].wait()' in "".join(caught.value.__notes__)
    assert set(methods) == {"GET"}, "nothing was canceled"


def test_why_rows_were_not_scored() -> None:
    items = [
        {"row": 3, "id": "p3", "message": "x", "fields": ["crp", "sex"]},
        {"row": 9, "id": None, "message": "y"},  # an older service does not tell fields
    ]
    cohort, stub = cohort_of(
        httpx.Response(200, json={"items": items[:1], "next_cursor": "3"}),
        httpx.Response(200, json={"items": items[1:], "next_cursor": None}),
    )
    assert list(cohort.errors()) == [
        RowProblem(3, "x", "p3", ("crp", "sex")),
        RowProblem(9, "y"),
    ]
    assert stub.requests[1].url.params["cursor"] == "3"


def test_a_draft_is_previewed_and_run_with_options() -> None:
    cohort, stub = cohort_of(httpx.Response(200, json=PREVIEW), httpx.Response(202, json=RUNNING))
    preview = cohort.preview(model="made-up", mapping={"g": "glucose"}, id_column=None)
    assert stub.bodies() == [{"model": "made-up", "mapping": {"g": "glucose"}}]
    assert preview.ignored == ("id",)
    assert isinstance(preview.matches[1], Match)
    assert preview.matches[1].features[0].label == "Blood glucose"
    assert preview.missing == (MissingFeature("sex", "Sex", True),)
    assert preview.problems == (RowProblem(2, "blood glucose is missing"),)
    assert preview.sample == (("p1", "5.1"), ("p2", None))
    assert cohort.run(columns="kaggle").status == "running"
    assert stub.bodies()[1] == {"columns": "kaggle"}
    assert stub.sent_keys()[1] is not None
    with pytest.raises(TypeError, match="colums"):
        cohort.run(colums="kaggle")


def test_the_first_rows_of_a_draft() -> None:
    cohort, stub = cohort_of(httpx.Response(200, json={"rows": [["1", ""], ["2", "x"]]}))
    assert cohort.sample() == (("1", ""), ("2", "x"))
    assert stub.requests[0].url.path == "/api/cohorts/c1/sample"


def test_canceling_and_deleting() -> None:
    cohort, stub = cohort_of(
        httpx.Response(200, json=COHORT | {"status": "canceled"}), httpx.Response(204)
    )
    assert cohort.cancel().status == "canceled"
    cohort.delete()
    assert [(r.method, r.url.path) for r in stub.requests] == [
        ("POST", "/api/cohorts/c1/cancel"),
        ("DELETE", "/api/cohorts/c1"),
    ]


def test_progress_of_a_cohort_of_nobody_is_none() -> None:
    cohort, _ = cohort_of(httpx.Response(200, json=COHORT | {"rows": 0}))
    assert cohort.refresh().progress == 0.0


class Pieces(httpx.SyncByteStream):
    """A body that breaks after its pieces, if told so."""

    def __init__(self, *pieces: bytes | BaseException) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, BaseException):
                raise piece
            yield piece


def downloading(*bodies: Pieces | httpx.Response) -> tuple[Cohort, list[httpx.Request]]:
    requests: list[httpx.Request] = []
    left = list(bodies)

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/results"):
            return httpx.Response(200, json=SUCCEEDED)
        requests.append(request)
        body = left.pop(0)
        return body if isinstance(body, httpx.Response) else httpx.Response(200, stream=body)

    return client_of(answer).cohorts["c1"], requests


def test_a_download_is_written_as_its_ending_says(tmp_path: Path) -> None:
    cohort, requests = downloading(Pieces(b"row,", b"prediction\n"))
    place = cohort.download(tmp_path / "out.csv", contributions=False)
    assert place.read_bytes() == b"row,prediction\n"
    assert dict(requests[0].url.params) == {"format": "csv", "contributions": "false"}
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]
    assert place.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    os.umask(mask := os.umask(0))
    return mask


def test_a_download_that_breaks_is_begun_again(tmp_path: Path, pauses: list[float]) -> None:
    broken = Pieces(b"a long first piece", httpx.ReadError("reset"))
    cohort, requests = downloading(broken, Pieces(b"whole"))
    assert cohort.download(tmp_path / "out.parquet").read_bytes() == b"whole"
    assert len(requests) == 2


def test_a_download_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "out.json"
    place.write_text("before")
    cohort, _ = downloading(problem(409, "conflict"))
    with pytest.raises(Conflict):
        cohort.download(place)
    assert place.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["out.json"]


def test_a_download_that_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    cohort, _ = downloading(Pieces(b"half", KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        cohort.download(tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.docx", "out", "out.csv.gz"])
def test_an_ending_without_a_format_is_refused(tmp_path: Path, name: str) -> None:
    cohort, requests = downloading()
    with pytest.raises(ValueError, match=r"csv, \.parquet"):
        cohort.download(tmp_path / name)
    assert requests == []


def test_results_are_handed_on_piece_by_piece() -> None:
    cohort, stub = cohort_of(httpx.Response(200, content=b"row,prediction\r\n1,52.0\r\n"))
    with cohort.stream("csv", contributions=False) as pieces:
        assert b"".join(pieces) == b"row,prediction\r\n1,52.0\r\n"
    (asked,) = stub.requests
    assert asked.url.path.endswith("/results")
    assert dict(asked.url.params) == {"format": "csv", "contributions": "false"}


def test_results_that_cannot_be_handed_on_raise_before_the_first_piece() -> None:
    cohort, _ = cohort_of(problem(409, "conflict"))
    with pytest.raises(Conflict), cohort.stream():
        pass


def test_rows_that_were_not_scored_come_in_pages() -> None:
    wire = {"items": [{"row": 2, "id": None, "message": "No."}], "next_cursor": "2"}
    cohort, stub = cohort_of(httpx.Response(200, json=wire))
    page = cohort.errors_page(cursor="1", limit=1)
    assert page.items == (RowProblem(2, "No."),)
    assert page.next_cursor == "2"
    assert dict(stub.requests[0].url.params) == {"cursor": "1", "limit": "1"}


def test_the_names_of_a_drafts_columns_may_be_left_to_its_preview() -> None:
    stub = Stub(httpx.Response(201, json=COHORT))
    client_of(stub).cohorts.submit(io.BytesIO(b"a\n1\n"), format="csv", columns=None, draft=True)
    assert "columns" not in said(stub.requests[0])
