"""Response headers of both servers: request id, content security policy, caching."""

import re
import uuid

from flask import Flask, Response, current_app, g, request

ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def add_headers(app: Flask) -> None:
    """Give each request an id (its own, if it brought one) and each answer its headers.

    An app whose pages need another policy has it in its CONTENT_SECURITY_POLICY.
    """
    # before what the app itself does first, which may refuse the request
    app.before_request_funcs.setdefault(None, []).insert(0, _name_request)
    app.after_request(_add)


def _name_request() -> None:
    request_id = request.headers.get("X-Request-ID", "")
    g.request_id = request_id if ACCEPTED_ID.fullmatch(request_id) else uuid.uuid4().hex


def _add(response: Response) -> Response:
    policy = current_app.config.get("CONTENT_SECURITY_POLICY", CONTENT_SECURITY_POLICY)
    response.headers["X-Request-ID"] = g.get("request_id") or uuid.uuid4().hex
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Content-Type-Options"] = "nosniff"
    # not no-referrer: over TLS a form of our own is told from a foreign one by it
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["X-Frame-Options"] = "DENY"
    if "Cache-Control" not in response.headers and not _is_a_file(response):
        response.headers["Cache-Control"] = "no-store"
    return response


def _is_a_file(response: Response) -> bool:
    """Whether it is the same for everybody; what a person sees carries no tag."""
    return "ETag" in response.headers and not request.path.startswith("/api/")
