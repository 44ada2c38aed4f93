"""What every error answer of the API must look like."""

from typing import Any

from werkzeug.test import TestResponse

REQUIRED = {"type", "title", "status", "detail", "code", "request_id"}
NEVER_SAID = ("traceback", "psycopg", "sqlalchemy", "[sql:", "select ", "insert into", "/agelens/")


def expect_problem(response: TestResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """Check that a response is an RFC 9457 problem with this status; return it."""
    assert response.status_code == status, response.text[:2000]
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.get_json(force=True)
    assert isinstance(problem, dict)
    assert set(problem) >= REQUIRED
    assert problem["status"] == status
    assert problem["type"] == f"urn:agelens:problem:{problem['code']}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert ("errors" in problem) == (status == 422)
    for error in problem.get("errors", []):
        assert set(error) == {"pointer", "field", "message"}
        assert all(isinstance(text, str) for text in error.values())
        assert error["message"]
    said = response.text.lower()
    assert not [word for word in NEVER_SAID if word in said]
    if code is not None:
        assert problem["code"] == code
    return problem


def expect_field(response: TestResponse, pointer: str, *words: str) -> str:
    """Check that a 422 names the place `pointer`; return its message, which has all `words`."""
    problem = expect_problem(response, 422)
    messages = [e["message"] for e in problem["errors"] if e["pointer"] == pointer]
    assert messages, problem["errors"]
    for word in words:
        assert word in messages[0], messages[0]
    return str(messages[0])
