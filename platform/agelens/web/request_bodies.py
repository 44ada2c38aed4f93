"""Reading request bodies: their size, their type, and JSON that can do no harm."""

import time
from collections.abc import Collection, Mapping
from typing import IO

import orjson
from flask import Flask, Request, Response, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from agelens.web.extensions import db

JSON_TYPES = ("application/json",)
MULTIPART = "multipart/form-data"
CHUNK_BYTES = 64 * 1024
DISCARD_AT_MOST_BYTES = 1024**3
DISCARD_AT_MOST_SECONDS = 30.0


class OrjsonProvider(JSONProvider):
    """Flask's JSON through orjson: strict, quick, and safe on deep nesting."""

    def dumps(self, obj: object, **_: object) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: object) -> object:
        return orjson.loads(s)


def read_json(incoming: Request) -> object:
    """The body's JSON. NaN, Infinity, deep nesting and NUL characters are refused: the last cannot
    be kept in PostgreSQL."""
    if incoming.mimetype not in JSON_TYPES:
        raise UnsupportedMediaType("Send a JSON body with Content-Type: application/json.")
    raw = read_body(incoming)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from error
    if b"\\u0000" in raw and _has_nul(value):
        raise BadRequest("The body has a NUL character in a text.")
    return value


def read_body(incoming: Request) -> bytes:
    """The whole body. One that came in chunks says no length, and Werkzeug cuts it off silently."""
    raw = incoming.get_data()
    limit = incoming.max_content_length
    cut = limit is not None and len(raw) >= limit and incoming.content_length is None
    if limit is not None and cut and incoming.environ["wsgi.input"].read(1):
        raise _too_large(limit)
    return raw


def refuse_large_bodies(
    app: Flask, larger: Mapping[str, int], *, json_too: Collection[str] = ()
) -> None:
    """Answer 413 before anything else looks at a body that says it is too large.

    `larger` has the limits, in bytes, of the endpoints that take uploads; JSON is none but for
    those that never have it in memory, `json_too`.
    """

    @app.before_request
    def check_length() -> None:
        if request.mimetype not in JSON_TYPES or request.endpoint in json_too:
            usual = request.max_content_length
            request.max_content_length = larger.get(request.endpoint or "", usual)
        limit = request.max_content_length
        if limit is not None and (request.content_length or 0) > limit:
            raise _too_large(limit)


class _Incoming:
    """What the server reads a body from, whose complaints about it are all OSErrors.

    gunicorn has errors of its own for chunks that are broken or end too early; Werkzeug answers 400
    to an OSError, and to anything else nobody does.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.n_read = 0
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        try:
            piece = self._stream.read(size)
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"the body is broken: {type(error).__name__}") from error
        self.n_read += len(piece)
        return piece


def refuse_broken_bodies(app: Flask) -> None:
    """Answer 400 to a body that ends too early or is not what its framing says."""

    @app.before_request
    def wrap() -> None:
        request.environ["wsgi.input"] = _Incoming(request.environ["wsgi.input"])


def refuse_nul(app: Flask) -> None:
    """Answer 400 to an address with a NUL character: PostgreSQL can look for no such text."""

    @app.before_request
    def check_address() -> None:
        if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
            raise BadRequest("The address has a NUL character.")


def discard_what_was_refused(app: Flask) -> None:
    """Read what is left of a large body that was refused: closing early would break its sender's pipe
    before the answer is read. Small ones fit into the buffers on the way."""

    @app.after_request
    def discard(response: Response) -> Response:
        if response.status_code >= 400 and _unread_bytes() > CHUNK_BYTES:
            db.session.rollback()  # nobody holds a connection while they send
            _discard_body()
        return response


def _unread_bytes() -> int:
    """At most: a body in chunks does not say how long it is."""
    incoming = request.environ["wsgi.input"]
    if not isinstance(incoming, _Incoming):  # refused before anything could be read
        return 0
    if request.content_length is not None:
        return request.content_length - incoming.n_read
    return DISCARD_AT_MOST_BYTES if "chunked" in request.headers.get("Transfer-Encoding", "") else 0


def _discard_body() -> None:
    """A chunk at a time."""
    stream = request.environ["wsgi.input"]
    left = min(_unread_bytes(), DISCARD_AT_MOST_BYTES)
    deadline = time.monotonic() + DISCARD_AT_MOST_SECONDS
    while left > 0 and time.monotonic() < deadline:
        try:
            chunk = stream.read(min(CHUNK_BYTES, left))
        except OSError:  # nobody sends any more
            return
        if not chunk:
            return
        left -= len(chunk)


def _too_large(limit: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"The body may have at most {limit} bytes.")


def _has_nul(value: object) -> bool:
    """Without recursion: JSON may be nested deeper than Python calls."""
    rest = [value]
    while rest:
        value = rest.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            rest += [*value, *value.values()]
        elif isinstance(value, list):
            rest += value
    return False
