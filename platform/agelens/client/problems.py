"""An answer outside 2xx turned back into the error that it stands for."""

from collections.abc import Mapping
from http import HTTPStatus

import httpx

from agelens.client.errors import (
    ApiError,
    Conflict,
    Forbidden,
    InsufficientCredits,
    InvalidAnswers,
    InvalidBundle,
    InvalidInput,
    NotFound,
    RateLimited,
    ServerError,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from agelens.client.retries import retry_after_seconds

_BY_CODE: dict[str, type[ApiError]] = {
    "invalid_answers": InvalidAnswers,
    "invalid_bundle": InvalidBundle,
}
_BY_STATUS: dict[int, type[ApiError]] = {
    401: Unauthenticated,
    402: InsufficientCredits,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: InvalidInput,
    429: RateLimited,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def problem_of(response: httpx.Response) -> ApiError:
    """The error that an answer outside 2xx stands for, whoever gave it."""
    problem = _document(response)
    fallback = ServerError if response.status_code >= 500 else ApiError
    by_status = _BY_STATUS.get(response.status_code, fallback)
    kind = _BY_CODE.get(str(problem.get("code")), by_status)
    return kind(response, problem, retry_after_seconds(response.headers))


def refused(messages: Mapping[str, str]) -> InvalidInput:
    """What the service would refuse, by field, before it is sent."""
    problem = {
        "title": "Some input needs correcting",
        "code": "invalid_input",
        "errors": [{"field": field, "message": message} for field, message in messages.items()],
    }
    return InvalidInput(httpx.Response(HTTPStatus.UNPROCESSABLE_ENTITY), problem)


def _document(response: httpx.Response) -> Mapping[str, object]:
    """The problem document, or one made of what a proxy in between has said instead."""
    try:
        document = response.json()
    except ValueError:
        document = None
    if isinstance(document, dict):
        return document
    if address := response.headers.get("Location"):
        return {"detail": f"The service has moved to {address}; use that address."}
    message = "" if _is_markup(response) else response.text[:200].strip()
    return {"detail": f"HTTP {response.status_code}: {message or response.reason_phrase}"}


def _is_markup(response: httpx.Response) -> bool:
    return "html" in response.headers.get("Content-Type", "") or response.text[:1] == "<"
