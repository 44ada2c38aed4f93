"""A body of 100 MB is refused with an answer that can be read, and is never kept in memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
@pytest.mark.parametrize("path", ["/api/tasks/predict", "/api/auth/login", "/api/admin/ml-models"])
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
