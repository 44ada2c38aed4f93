"""A large body that is refused is not read, and one that is wanted is asked for once."""

from typing import Any, NoReturn

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


class Wanted(BaseException):
    """The body is read, as agelens.wsgi_server.event_loop tells it."""


class NotReceived:
    """A body that is not here yet."""

    def read(self, _size: int = -1) -> NoReturn:
        raise Wanted


def unreceived(**more: Any) -> dict[str, Any]:
    return {"wsgi.input": NotReceived(), **more}


@pytest.mark.parametrize(("path", "kind", "n_bytes", "status"), REFUSED)
def test_a_large_body_that_is_refused_is_not_read(
    person: PersonFactory, path: str, kind: str, n_bytes: int, status: int
) -> None:
    how = unreceived(CONTENT_LENGTH=str(n_bytes))
    answer = person(1).post(path, content_type=kind, environ_overrides=how)
    expect_problem(answer, status)


@pytest.mark.parametrize("path", ["/api/cohorts", "/api/wallet/topup", "/api/admin/retrainings"])
@pytest.mark.parametrize("how", [{"CONTENT_LENGTH": "60000"}, CHUNKED], ids=["known", "chunked"])
def test_a_body_of_a_stranger_is_not_read(
    person: PersonFactory, path: str, how: dict[str, Any]
) -> None:
    stranger = person(1)
    stranger.token = "nobody's"
    answer = stranger.post(path, content_type="text/csv", environ_overrides=unreceived(**how))
    expect_problem(answer, 401)


def test_a_body_that_is_wanted_is_asked_for_with_its_limit(person: PersonFactory) -> None:
    how = unreceived(**CHUNKED)
    with pytest.raises(Wanted):
        person(1).post("/api/cohorts", content_type="text/csv", environ_overrides=how)
