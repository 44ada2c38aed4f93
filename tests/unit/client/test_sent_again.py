"""A file that is sent again is sent from its start, under the same key."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from agelens.client import Client, Unavailable, Unreachable
from unit.client.cohort_wire import COHORT
from unit.client.test_cohorts import content_of

PERSON = b"glucose,crp\n" + b"5.1,0.4\n" * 40_000  # several pieces of 64 KiB


class Breaking(httpx.BaseTransport):
    """Takes a first piece of the body and breaks, so many times; then answers."""

    def __init__(self, times: int, answer: httpx.Response | None = None) -> None:
        self.left = times
        self.answer = answer
        self.bodies: list[bytes] = []
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        assert isinstance(request.stream, httpx.SyncByteStream)
        if self.left:
            self.left -= 1
            pieces = iter(request.stream)
            self.bodies.append(b"".join(next(pieces) for _ in range(4)))
            if self.answer is not None:
                return self.answer
            raise httpx.WriteError("broken pipe")
        self.bodies.append(b"".join(request.stream))
        return httpx.Response(202, json=COHORT)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", seconds.append)
    return seconds


def as_path(tmp_path: Path) -> Path:
    place = tmp_path / "people.csv"
    place.write_bytes(PERSON)
    return place


def as_stream_that_cannot_be_rewound(tmp_path: Path) -> Any:
    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self._rest = io.BytesIO(PERSON)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            return self._rest.readinto(buffer)

    return io.BufferedReader(Stream())


@pytest.mark.parametrize(
    "handed_over",
    [as_path, lambda path: as_path(path).open("rb"), as_stream_that_cannot_be_rewound],
)
def test_a_broken_upload_is_begun_again(tmp_path: Path, handed_over: Callable[[Path], Any]) -> None:
    transport = Breaking(2)
    data = handed_over(tmp_path)
    client = Client("http://agelens.test", transport=transport)
    assert client.cohorts.submit(data, format="csv").id == "c1"
    assert [len(body) < len(PERSON) for body in transport.bodies] == [True, True, False]
    last = transport.requests[-1]
    last._content = transport.bodies[-1]
    assert content_of(last) == PERSON
    keys = {request.headers["Idempotency-Key"] for request in transport.requests}
    assert len(keys) == 1
    assert int(last.headers["Content-Length"]) == len(transport.bodies[-1])
    if hasattr(data, "close"):
        data.close()


def test_an_upload_waits_as_long_as_it_is_told(tmp_path: Path, pauses: list[float]) -> None:
    busy = httpx.Response(503, headers={"Retry-After": "3"})
    transport = Breaking(1, busy)
    client = Client("http://agelens.test", transport=transport)
    client.cohorts.submit(as_path(tmp_path))
    assert pauses == [3.0]


def test_a_slow_upload_does_not_use_up_the_patience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = iter(range(0, 100_000, 60))
    monkeypatch.setattr("time.monotonic", lambda: float(next(minutes)))
    transport = Breaking(1)
    Client("http://agelens.test", transport=transport).cohorts.submit(as_path(tmp_path))
    assert len(transport.requests) == 2


def test_a_service_that_stays_away_is_given_up(tmp_path: Path, pauses: list[float]) -> None:
    transport = Breaking(1000)
    with pytest.raises(Unreachable):
        Client("http://agelens.test", transport=transport).cohorts.submit(as_path(tmp_path))
    assert 5 < sum(pauses) < 10
    transport = Breaking(1000)
    with pytest.raises(Unreachable):
        Client("http://agelens.test", transport=transport, patience=0).cohorts.submit(
            as_path(tmp_path)
        )
    assert len(transport.requests) == 1


def test_an_upload_that_is_refused_again_and_again_is_given_up(
    tmp_path: Path, pauses: list[float]
) -> None:
    transport = Breaking(1000, httpx.Response(503, headers={"Retry-After": "0"}))
    with pytest.raises(Unavailable):
        Client("http://agelens.test", transport=transport).cohorts.submit(as_path(tmp_path))
    assert len(transport.requests) < 15
    assert 30 < sum(pauses) < 60


def test_the_same_frame_is_the_same_file_each_time() -> None:
    transport = Breaking(0)
    client = Client("http://agelens.test", transport=transport)
    for _ in range(2):
        frame = pd.DataFrame({"glucose": [5.1, None], "sex": ["male", None]})
        client.cohorts.submit(frame, idempotency_key="k")
    contents = []
    for request, body in zip(transport.requests, transport.bodies, strict=True):
        request._content = body
        contents.append(content_of(request))
    assert contents[0] == contents[1]
