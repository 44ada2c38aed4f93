"""Receiving a file of any length: to a temporary one, a piece at a time."""

import errno
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import wraps
from io import BufferedRandom
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import BinaryIO, ParamSpec, TypeVar, cast

import orjson
from flask import g, request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import ClientDisconnected, UnsupportedMediaType

from agelens.domain.duplicate_json_keys import MESSAGE as REPEATED
from agelens.domain.duplicate_json_keys import repeated_key
from agelens.domain.errors import FieldProblem, InvalidInput, Unavailable, json_pointer
from agelens.tables.formats.json_members import JsonFile
from agelens.tables.formats.opening import format_of
from agelens.tables.formats.supported import BY_ENDING, BY_MEDIA_TYPE
from agelens.web.extensions import db, upload_slots
from agelens.web.request_bodies import CHUNK_BYTES, MULTIPART

P = ParamSpec("P")
R = TypeVar("R")
FILE_FIELD = "file"
JSON_TEXT_OPTIONS = ("mapping", "units", "values")  # options that are text in a form or an address
LONGEST_NAME = 200
SECONDS_FOR_A_SLOT = 15.0


@dataclass(frozen=True)
class Upload:
    """A file that was sent and what was said of it in its form or address, not checked yet.

    JSON may say more beside its rows, which is known once they were read: see `all_options`.
    """

    content: JsonFile
    format: str
    options: dict[str, object]
    file_name: str = ""

    @property
    def file(self) -> BinaryIO:
        """The content, for whoever reads its rows."""
        return cast(BinaryIO, self.content)

    def all_options(self) -> dict[str, object]:
        """With what the file itself says, as far as its rows were read; its name is only a default."""
        name = {"name": self.file_name} if self.file_name else {}
        return name | _merged(self.options, self.content.members)


def received(view: Callable[P, R]) -> Callable[P, R]:
    """Receive the body before the view runs and before its transaction begins.

    Whoever sends slowly holds no connection of the database meanwhile.
    """

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        db.session.rollback()
        try:
            upload = _from_form() if request.mimetype == MULTIPART else _from_body()
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise Unavailable("There is no room for a file of this size now.") from error
        g.upload = upload
        with upload.content, upload_slot():
            return view(*args, **kwargs)

    return run


@contextmanager
def upload_slot() -> Iterator[None]:
    """One of the few places for taking in files at the same time."""
    slots = upload_slots()
    if not slots.acquire(timeout=SECONDS_FOR_A_SLOT):
        raise Unavailable("Many files are being taken in at this moment; please try again.")
    try:
        yield
    finally:
        slots.release()


def upload_of_request() -> Upload:
    """What `received` has received."""
    return cast(Upload, g.upload)


def check_parts(files: Collection[str]) -> list[FieldProblem]:
    """What is wrong with a form's parts: files that nobody asked for, names that are there twice."""
    strange = [
        FieldProblem(json_pointer(name), name, "is not a file of this request")
        for name in request.files
        if name not in files
    ]
    often = Counter(name for name, _ in _parts())
    return strange + [
        FieldProblem(json_pointer(name), name, "is there more than once")
        for name, times in often.items()
        if times > 1
    ]


def _parts() -> Iterator[tuple[str, object]]:
    yield from request.files.items(multi=True)
    yield from request.form.items(multi=True)


def _from_form() -> Upload:
    wrong = check_parts((FILE_FIELD,))
    if FILE_FIELD not in request.files:
        wrong.append(FieldProblem(f"/{FILE_FIELD}", FILE_FIELD, "a file with the people is needed"))
    if wrong:
        raise InvalidInput(wrong)
    file = request.files[FILE_FIELD]
    kind = _format_of(file)
    options = _merged(_from_text(request.form), _options_in_query())
    content = JsonFile(cast(BinaryIO, file.stream))
    return Upload(content, kind, options, _clean(file.filename or ""))


def _from_body() -> Upload:
    kind = BY_MEDIA_TYPE.get(request.mimetype)
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if kind is None or charset not in ("utf-8", "utf8"):
        types = ", ".join(BY_MEDIA_TYPE)
        raise UnsupportedMediaType(f"Send {types} in UTF-8, or a form with a file as {MULTIPART}.")
    if "Content-Encoding" in request.headers:
        raise UnsupportedMediaType("Send the file as it is, without a Content-Encoding.")
    options = _options_in_query()
    input_stream = request.environ["wsgi.input"]
    if isinstance(input_stream, BufferedRandom):  # the server has received it into a temporary file
        input_stream.seek(0)
        return Upload(JsonFile(input_stream), kind, options)
    with ExitStack() as undo:
        content = cast(BinaryIO, undo.enter_context(TemporaryFile()))
        for piece in _pieces():
            content.write(piece)
        content.seek(0)
        undo.pop_all()
    return Upload(JsonFile(content), kind, options)


def _pieces() -> Iterator[bytes]:
    """The body, as far as the limit; Werkzeug counts, also when no length was announced."""
    bytes_left = request.content_length
    while bytes_left != 0:
        piece = request.stream.read(CHUNK_BYTES)
        if not piece:
            break
        yield piece
        bytes_left = None if bytes_left is None else bytes_left - len(piece)
    if bytes_left:
        raise ClientDisconnected("The body ended before its announced length.")


def _options_in_query() -> dict[str, object]:
    often = [name for name, values in request.args.lists() if len(values) > 1]
    if often:
        raise InvalidInput.at(often[0], "is there more than once")
    return _from_text(request.args)


def _merged(first: dict[str, object], second: dict[str, object]) -> dict[str, object]:
    for name in first.keys() & second.keys():
        raise InvalidInput.at(name, "is there more than once")
    return first | second


def _from_text(fields: MultiDict[str, str]) -> dict[str, object]:
    """The options of a form or an address, mappings read."""
    options: dict[str, object] = dict(fields.items())
    for name in options.keys() & set(JSON_TEXT_OPTIONS):
        try:
            options[name] = orjson.loads(fields[name])  # refuses what no answer could repeat
            repeated = repeated_key(fields[name])
        except ValueError as error:
            message = 'must be JSON, such as {"glucose": "mg/dL"}'
            raise InvalidInput.at(name, message) from error
        if repeated:
            raise InvalidInput(
                [FieldProblem(json_pointer(name, *repeated), repeated[-1], REPEATED)]
            )
    return options


def _format_of(file: FileStorage) -> str:
    """By the ending of its name, which people see; else by the type that was said."""
    ending = PurePosixPath(file.filename or "").suffix.lower()
    kind = BY_ENDING.get(ending) or (BY_MEDIA_TYPE.get(file.mimetype) if not ending else None)
    if kind is None:
        raise InvalidInput.at(FILE_FIELD, f"must have a name that ends in {', '.join(BY_ENDING)}")
    return format_of(file.filename or "", cast(BinaryIO, file.stream), file.mimetype)


def _clean(file_name: str) -> str:
    """The last part of a file's name, without what cannot be printed."""
    name = file_name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable())[-LONGEST_NAME:].strip()
