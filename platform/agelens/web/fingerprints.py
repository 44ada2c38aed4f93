"""What makes two requests the same one: their meaning, not their bytes."""

import hashlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import orjson
from flask import g, request

from agelens.tables.formats.json_members import JsonFile
from agelens.web.request_bodies import JSON_TYPES, MULTIPART

LONGEST_JSON = 1024 * 1024  # longer bodies are files, which are compared byte by byte
EXACT = 2**53  # below it a float that is whole is that whole number


def fingerprint() -> str:
    """A hash of method, path, options, type and content.

    JSON is compared as it was parsed: neither the order of keys, white space nor escapes matter, and
    1 is 1.0. Forms are compared by their fields and files, as their boundaries differ each time.
    """
    digest = hashlib.sha256()
    _add(digest.update, [request.method, request.path, request.mimetype])
    if "upload" in g:
        _add(digest.update, [g.upload.options, g.upload.file_name])
        digest.update(_file_content(g.upload.content))
        return digest.hexdigest()
    _add(digest.update, sorted(map(list, request.args.items(multi=True))))
    if request.mimetype == MULTIPART:
        _add(digest.update, list(_form()))
    else:
        digest.update(_content(request.get_data()))
    return digest.hexdigest()


def _form() -> Iterator[list[str]]:
    for name, value in sorted(request.form.items(multi=True)):
        yield [name, value]
    for name, file in request.files.items(multi=True):
        yield [name, file.filename or "", _file_hash(cast(BinaryIO, file.stream)).hex()]


def _file_content(content: BinaryIO | JsonFile) -> bytes:
    file = content.content if isinstance(content, JsonFile) else content
    if request.mimetype in JSON_TYPES:
        start = file.read(LONGEST_JSON + 1)
        file.seek(0)
        if len(start) <= LONGEST_JSON:
            return _content(start)
    return _file_hash(file)


def _file_hash(file: BinaryIO) -> bytes:
    # a spooled file reads as file_digest needs it, though its type does not say so
    digest = hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def _content(raw: bytes) -> bytes:
    """The hash of a body; of one that is no JSON, of its bytes."""
    if request.mimetype not in JSON_TYPES:
        return hashlib.sha256(raw).digest()
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return hashlib.sha256(raw).digest()
    parsed = hashlib.sha256()
    _add(parsed.update, value)
    return parsed.digest()


def _add(update: Callable[[bytes], object], value: object) -> None:
    """Feed a hash with a value of JSON, each part with its kind; without recursion, for deep ones."""
    unhashed = [value]
    while unhashed:
        value = unhashed.pop()
        if isinstance(value, dict):
            update(b"{%d," % len(value))
            for key in sorted(value, reverse=True):
                unhashed += [value[key], key]
        elif isinstance(value, list):
            update(b"[%d," % len(value))
            unhashed += reversed(value)
        else:
            update(_scalar(value))


def _scalar(value: object) -> bytes:
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    return f"{value!r},".encode("utf-8", "backslashreplace")
