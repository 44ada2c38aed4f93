"""The one place that turns an error into RFC 9457 problem+json."""

import errno
import time
from collections.abc import Mapping

import orjson
import structlog
from flask import Flask, Response, g, request
from flask_limiter import RateLimitExceeded
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from agelens.domain import errors as domain
from agelens.domain.single_answer import printable
from agelens.web.extensions import limiter

log = structlog.get_logger()

STATUS: dict[type[domain.AgeLensError], int] = {
    domain.InvalidInput: 422,
    domain.NotFound: 404,
    domain.Conflict: 409,
    domain.Unauthenticated: 401,
    domain.Forbidden: 403,
    domain.InsufficientCredits: 402,
    domain.StorageFull: 507,
    domain.StorageMismatch: 503,
    domain.Unavailable: 503,
    domain.ScoringError: 422,
}
HTTP_CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
}
RETRY_AFTER_SECONDS = "2"
FULL_RETRY_AFTER_SECONDS = "30"  # somebody has to free space
DISK_FULL = "53100"  # PostgreSQL's SQLSTATE
LONGEST_PATH = 200  # characters of an address that are told again


def register_problems(app: Flask) -> None:
    """Every error of the app, Flask's own included, leaves as a problem."""
    app.register_error_handler(domain.AgeLensError, from_domain)
    app.register_error_handler(RateLimitExceeded, from_rate_limit)
    app.register_error_handler(HTTPException, from_http)
    for error in (SQLAlchemyError, RedisError):
        app.register_error_handler(error, from_backend)
    app.register_error_handler(OSError, from_system)
    app.register_error_handler(Exception, from_bug)


def problem(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """A problem document, with the members that this kind of problem has beyond the standard's."""
    body: dict[str, object] = {
        "type": f"urn:agelens:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "request_id": g.get("request_id", ""),
        **(members or {}),
    }
    if errors is not None:
        body["errors"] = errors
    return Response(
        orjson.dumps(body), status, headers or {}, content_type="application/problem+json"
    )


def from_domain(error: domain.AgeLensError) -> Response:
    """AgeLens' own errors carry their words and, for input, their fields."""
    status = next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)
    errors = None
    if isinstance(error, domain.InvalidInput):
        errors = [
            {"pointer": p.pointer, "field": p.field, "message": p.message} for p in error.problems
        ]
    headers = {
        401: {"WWW-Authenticate": "Bearer"},
        503: {"Retry-After": RETRY_AFTER_SECONDS},
        507: {"Retry-After": FULL_RETRY_AFTER_SECONDS},
    }
    return problem(
        status, error.code, error.title, error.detail, errors=errors, headers=headers.get(status)
    )


def from_rate_limit(error: RateLimitExceeded) -> Response:
    """Too many requests: when to come back."""
    limit = limiter.current_limit
    seconds = max(1, round(limit.reset_at - time.time())) if limit else 60
    return problem(
        429,
        "rate_limited",
        "Too many requests",
        f"The limit is {error.description}.",
        headers={"Retry-After": str(seconds)},
    )


def from_http(error: HTTPException) -> Response:
    """Flask's and Werkzeug's own errors."""
    status, detail = error.code or 500, error.description or ""
    if (
        status == 413 and detail == RequestEntityTooLarge.description
    ):  # of a form that Werkzeug read
        limit = request.max_content_length
        detail = f"The body may have at most {limit} bytes, and a form few and short fields."
    if error is request.routing_exception and status == 404:
        detail = f"There is nothing at {printable(request.path, LONGEST_PATH)}."
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    code = HTTP_CODES.get(status, "internal_error" if status >= 500 else "bad_request")
    return problem(status, code, error.name, detail, headers=headers)


def from_backend(error: Exception) -> Response:
    """The database or Redis is away (503), or we asked it something wrong (500); never its words."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == DISK_FULL:
        log.error("the database's disk is full")
        return from_domain(domain.StorageFull("The database's disk is full. Nothing was lost."))
    away = isinstance(error, RedisError | PoolTimeout) or (
        isinstance(error, DBAPIError) and _is_away(error)
    )
    if not away:
        return from_bug(error)
    log.warning("backend is away", error=type(error).__name__)
    return unavailable("A part of the service is restarting. Nothing was lost; please try again.")


def from_system(error: OSError) -> Response:
    """A full disk is the operator's to mend (507); any other OSError is our bug."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        return from_bug(error)
    log.error("the disk is full", path=error.filename)
    return from_domain(domain.StorageFull("The server's disk is full. Nothing was lost."))


def refused_draft(validation_errors: list[dict[str, str]]) -> Response:
    """422 as an answer, not an error: what was found out about the draft is committed."""
    problems = [domain.FieldProblem(**problem) for problem in validation_errors]
    return from_domain(domain.InvalidAnswers(problems))


def unavailable(detail: str, **members: object) -> Response:
    """503: trying again soon helps."""
    headers = {"Retry-After": RETRY_AFTER_SECONDS}
    title = domain.Unavailable.title
    return problem(503, domain.Unavailable.code, title, detail, headers=headers, members=members)


def from_bug(error: Exception) -> Response:
    """What we did not think of: logged with its request id, told without its insides."""
    log.exception("unexpected error", exc_info=error)
    return problem(
        500, "internal_error", "Internal error", "This is our fault; the request id finds it."
    )


def _is_away(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    return type(error).__name__ in ("OperationalError", "InterfaceError")
