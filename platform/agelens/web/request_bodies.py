"""Reading request bodies: their size, their type, and JSON that can do no harm."""

from collections.abc import Collection, Mapping
from typing import IO, TypeVar

import orjson
from flask import Flask, Request, request
from flask.json.provider import JSONProvider
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.formparser import FormDataParser

from agelens.domain.duplicate_json_keys import MESSAGE as REPEATED
from agelens.domain.duplicate_json_keys import repeated_key
from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer

JSON_TYPES = ("application/json",)
MULTIPART = "multipart/form-data"
CHUNK_BYTES = 64 * 1024
T = TypeVar("T")
Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]
LONGEST_NAMED = 200  # of a key in a message


class OrjsonProvider(JSONProvider):
    """Flask's JSON through orjson: strict, quick, and safe on deep nesting."""

    def dumps(self, obj: object, **_: object) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: object) -> object:
        return orjson.loads(s)


class FormParser(FormDataParser):
    """Werkzeug's, but a part of a form that says no name has an empty one, not None."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Parsed:
        stream, form, files = super().parse(stream, mimetype, content_length, options)
        return stream, _named(form), _named(files)


class BodyRequest(Request):
    """Flask's request, whose forms have names."""

    form_data_parser_class = FormParser


def _named(parts: MultiDict[str, T]) -> MultiDict[str, T]:
    return type(parts)([(name or "", part) for name, part in parts.items(multi=True)])


def read_json(incoming: Request) -> object:
    """The body's JSON.

    NaN, Infinity, deep nesting, keys that are there twice, and NUL characters, which cannot be kept in
    PostgreSQL, are refused.
    """
    if incoming.mimetype not in JSON_TYPES:
        raise UnsupportedMediaType("Send a JSON body with Content-Type: application/json.")
    raw = read_body(incoming)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from error
    _refuse_repeated_keys(raw)
    if b"\\u0000" in raw and _has_nul(value):
        raise BadRequest("The body has a NUL character in a text.")
    return value


def _refuse_repeated_keys(raw: bytes) -> None:
    if repeated := repeated_key(raw):
        names = [part[:LONGEST_NAMED] for part in repeated]
        raise InvalidInput([FieldProblem(json_pointer(*names), names[-1], REPEATED)])


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
        request.environ["agelens.max_body_bytes"] = (
            limit  # of one in chunks the server takes no more
        )


def refuse_nul(app: Flask) -> None:
    """Answer 400 to an address with a NUL character: PostgreSQL can look for no such text."""

    @app.before_request
    def check_address() -> None:
        if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
            raise BadRequest("The address has a NUL character.")


def _too_large(limit: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"The body may have at most {limit} bytes.")


def _has_nul(value: object) -> bool:
    """Without recursion: JSON may be nested deeper than Python calls."""
    unchecked = [value]
    while unchecked:
        value = unchecked.pop()
        if isinstance(value, str) and "\0" in value:
            return True
        if isinstance(value, dict):
            unchecked += [*value, *value.values()]
        elif isinstance(value, list):
            unchecked += value
    return False
