"""Headers on every answer: request id, and what a browser may do with it."""

import re
import uuid

from flask import Flask, Response, g, request

ACCEPTED_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def add_headers(app: Flask) -> None:
    """Give each request an id (its own, if it brought one) and each answer its headers."""

    @app.before_request
    def name_request() -> None:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if ACCEPTED_ID.fullmatch(given) else uuid.uuid4().hex

    @app.after_request
    def add(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id") or uuid.uuid4().hex
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Frame-Options"] = "DENY"
        if request.path.startswith("/api/") and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
