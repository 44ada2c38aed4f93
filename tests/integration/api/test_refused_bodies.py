"""What is still sent of a large body that was refused is read, so that its sender gets to the answer."""

import io

import pytest
from integration.api.problem_shape import expect_problem
from integration.conftest import PersonFactory

LARGE = 1024 * 1024
CHUNKED = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
REFUSED = [
    pytest.param("/api/cohorts", "text/plain", LARGE, 415, id="415"),
    pytest.param("/api/nothing-here", "text/csv", LARGE, 404, id="404"),
    pytest.param("/api/auth/login", "application/json", 3 * LARGE, 413, id="413"),
]


@pytest.mark.parametrize(("path", "kind", "n_bytes", "status"), REFUSED)
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_large_body_is_read_to_its_end(
    person: PersonFactory, path: str, kind: str, n_bytes: int, status: int, chunked: bool
) -> None:
    content = io.BytesIO(b" " * n_bytes)
    how = CHUNKED if chunked else {"CONTENT_LENGTH": str(n_bytes)}
    answer = person(1).post(path, input_stream=content, content_type=kind, environ_overrides=how)
    expect_problem(answer, status)
    assert content.tell() == n_bytes


def test_a_large_body_of_a_stranger_is_read_to_its_end(person: PersonFactory) -> None:
    content = io.BytesIO(b" " * LARGE)
    stranger = person(1)
    stranger.token = "nobody's"
    how = {"CONTENT_LENGTH": str(LARGE)}
    answer = stranger.post(
        "/api/cohorts", input_stream=content, content_type="text/csv", environ_overrides=how
    )
    expect_problem(answer, 401)
    assert content.tell() == LARGE


def test_of_a_small_body_nothing_is_awaited(person: PersonFactory) -> None:
    content = io.BytesIO(b" " * 1_000)
    how = {"CONTENT_LENGTH": "1000"}
    answer = person(1).post(
        "/api/cohorts", input_stream=content, content_type="text/plain", environ_overrides=how
    )
    expect_problem(answer, 415)
    assert content.tell() == 0
