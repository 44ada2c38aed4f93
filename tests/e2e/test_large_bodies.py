"""A body of 100 MB is refused with an answer that can be read, and is never kept in memory."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import psutil
import pytest
from agelens.client import Client
from agelens.commands.stack import Stack
from e2e.conftest import MakePerson

CHUNK = b" " * 1024 * 1024
CHUNKS = 100
MEGABYTE = 1024 * 1024
FLAT_WITHIN_MEGABYTES = 16


def resident_bytes(service: Stack) -> int:
    """What all processes of the API have in memory."""
    api = psutil.Process(service.parts["api"].pid)
    return sum(p.memory_info().rss for p in [api, *api.children(recursive=True)])


@contextmanager
def most_resident_bytes(service: Stack) -> Iterator[list[int]]:
    """Sampled while the block runs."""
    samples = [resident_bytes(service)]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            samples.append(resident_bytes(service))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


def body() -> Iterator[bytes]:
    for _ in range(CHUNKS):
        yield CHUNK


LENGTHS = [
    pytest.param({"Content-Length": str(CHUNKS * len(CHUNK))}, id="announced"),
    pytest.param({}, id="chunked"),
]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(
    "path",
    [
        "/api/tasks/predict",
        "/api/auth/login",
        "/api/admin/ml-models",
        "/api/admin/retrainings",
    ],
)
def test_a_huge_body_is_refused_with_memory_flat(
    path: str, length: dict[str, str], service: Stack, make_person: MakePerson
) -> None:
    token = make_person().tokens.create("large").access_token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with httpx.Client(base_url=service.url, timeout=30) as client:
        client.post(path, headers=headers, content=b"{}")
        before = resident_bytes(service)
        with most_resident_bytes(service) as samples:
            response = client.post(path, headers=headers | length, content=body())
    refusals = {413, 403} if "admin" in path else {413}
    assert response.status_code in refusals
    assert response.json()["status"] == response.status_code
    assert (max(samples) - before) / MEGABYTE < FLAT_WITHIN_MEGABYTES


@pytest.mark.parametrize("length", LENGTHS)
def test_a_bundle_beyond_the_upload_limit_is_refused_to_an_administrator(
    length: dict[str, str], service: Stack, admin: Client
) -> None:
    limit = service.settings.max_bundle_bytes
    assert limit < CHUNKS * len(CHUNK)
    path = "/api/admin/ml-models"
    token = admin.tokens.create("large").access_token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/zip"}
    with httpx.Client(base_url=service.url, timeout=30) as client:
        assert client.post(path, headers=headers, content=b"no zip").status_code == 422
        before = resident_bytes(service)
        with most_resident_bytes(service) as samples:
            response = client.post(path, headers=headers | length, content=body())
    assert response.status_code == 413
    assert response.json()["status"] == 413
    assert str(limit) in response.json()["detail"]
    if length:  # what announces none is read as far as the limit, as an upload that is taken is
        assert (max(samples) - before) / MEGABYTE < FLAT_WITHIN_MEGABYTES


def form(n_bytes: int, boundary: str) -> Iterator[bytes]:
    """A retraining request whose file has so many bytes."""
    yield (
        f'--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nkaggle-age\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="data"; filename="people.csv"\r\n\r\n'
    ).encode()
    for _ in range(n_bytes // len(CHUNK)):
        yield CHUNK
    yield f"\r\n--{boundary}--\r\n".encode()


@pytest.mark.parametrize("key", [None, "once"], ids=["plain", "idempotent"])
def test_a_data_set_is_taken_without_being_kept_in_memory_and_a_larger_one_is_refused(
    key: str | None, service: Stack, admin: Client
) -> None:
    limit = service.settings.max_dataset_bytes
    token = admin.tokens.create("large").access_token
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "multipart/form-data; boundary=xyz",
        **({"Idempotency-Key": key} if key else {}),
    }
    with httpx.Client(base_url=service.url, timeout=60, headers=headers) as client:
        path = "/api/admin/retrainings"
        assert client.post(path, content=form(0, "xyz")).status_code == 422
        before = resident_bytes(service)
        with most_resident_bytes(service) as samples:
            taken = client.post(path, content=form(limit - len(CHUNK), "xyz"))
            refused = client.post(path, content=form(CHUNKS * len(CHUNK), "xyz"))
        admin.admin.cancel_retraining(taken.json()["id"])
    assert (taken.status_code, refused.status_code) == (202, 413)
    assert str(limit) in refused.json()["detail"]
    assert (max(samples) - before) / MEGABYTE < FLAT_WITHIN_MEGABYTES


def multipart(n_bytes: int) -> Iterator[bytes]:
    yield b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n'
    for _ in range(n_bytes // len(CHUNK)):
        yield CHUNK
    yield b"\r\n--xyz--\r\n"


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", ["text/csv", "application/json", "multipart/form-data"])
def test_a_cohort_beyond_the_limit_is_refused_with_memory_flat(
    kind: str, length: dict[str, str], service: Stack, make_person: MakePerson
) -> None:
    limit = service.settings.max_cohort_bytes
    assert limit < CHUNKS * len(CHUNK)
    token = make_person().tokens.create("large").access_token
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"{kind}; boundary=xyz" if kind.startswith("multipart") else kind,
    }
    pieces = list(multipart(CHUNKS * len(CHUNK))) if kind.startswith("multipart") else list(body())
    length = {"Content-Length": str(sum(map(len, pieces)))} if length else {}
    with httpx.Client(base_url=service.url, timeout=60, headers=headers) as client:
        assert client.post("/api/cohorts", content=b"").status_code == 422
        before = resident_bytes(service)
        with most_resident_bytes(service) as samples:
            refused = client.post("/api/cohorts", headers=length, content=iter(pieces))
    assert refused.status_code == 413
    assert str(limit) in refused.json()["detail"]
    assert (max(samples) - before) / MEGABYTE < FLAT_WITHIN_MEGABYTES


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
@pytest.mark.parametrize(
    ("token", "kind", "status"), [("", "text/csv", 401), ("real", "text/plain", 415)]
)
def test_whoever_sends_everything_before_they_read_gets_the_refusal(
    token: str,
    kind: str,
    status: int,
    connection: str,
    service: Stack,
    make_person: MakePerson,
) -> None:
    chunks = [CHUNK] * 48
    assert len(chunks) * len(CHUNK) < service.settings.max_cohort_bytes
    headers = {
        "Content-Length": str(len(chunks) * len(CHUNK)),
        "Content-Type": kind,
        "Connection": connection,
    }
    if token:
        headers["Authorization"] = f"Bearer {make_person().tokens.create('large').access_token}"
    address = service.url.removeprefix("http://")
    with closing(http.client.HTTPConnection(address, timeout=60)) as line:
        before = resident_bytes(service)
        with most_resident_bytes(service) as samples:
            line.request("POST", "/api/cohorts", body=iter(chunks), headers=headers)
            answer = line.getresponse()
            problem = json.load(answer)
    assert (answer.status, problem["status"]) == (status, status)
    assert (max(samples) - before) / MEGABYTE < FLAT_WITHIN_MEGABYTES


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "multipart/form-data"])
@pytest.mark.parametrize("path", ["/api/cohorts", "/api/tasks/predict"])
def test_a_body_whose_chunks_are_broken_is_answered(
    path: str, kind: str, service: Stack, make_person: MakePerson
) -> None:
    token = make_person().tokens.create("broken").access_token
    address = ("127.0.0.1", int(service.url.rpartition(":")[2]))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {kind}; boundary=xyz\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(address, timeout=10) as line:
        line.sendall(f"{head}nonsense\r\n".encode())
        answer = line.recv(100_000)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 415 ")), answer
    assert b"application/problem+json" in answer
