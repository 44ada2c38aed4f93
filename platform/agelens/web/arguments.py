"""Blueprints whose arguments are read by our rules and refused as field problems."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn

import flask_smorest
import marshmallow
from flask import Request
from webargs.flaskparser import FlaskParser

from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.web.request_bodies import JSON_TYPES, read_body, read_json

MOST_PROBLEMS = 100  # else a body of nonsense would be answered with a longer one


class Parser(FlaskParser):
    """webargs, with strict JSON and the error tree of the domain."""

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        if req.mimetype in ("", *JSON_TYPES) and _may_be_absent(schema) and not read_body(req):
            return {}
        return read_json(req)

    def handle_error(self, error: marshmallow.ValidationError, *_: Any, **__: Any) -> NoReturn:
        messages = error.messages if isinstance(error.messages, dict) else {}
        # webargs puts the location around the messages; the pointer is within the body
        raise _invalid(list(messages.values()))


class Blueprint(flask_smorest.Blueprint):
    """A flask-smorest blueprint that reads arguments with `Parser`."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: type[marshmallow.Schema], **kwargs: Any) -> Any:
        """As flask-smorest's; a schema may say that its body may be absent."""
        return super().arguments(schema, **{"required": not _may_be_absent(schema())} | kwargs)


def load(schema: marshmallow.Schema, value: Any) -> Any:
    """Read a value that did not come as the usual JSON body, with the same errors."""
    try:
        return schema.load(value)
    except marshmallow.ValidationError as error:
        raise _invalid([error.messages]) from error


def _may_be_absent(schema: marshmallow.Schema) -> bool:
    return bool(getattr(schema, "may_be_absent", False))


def _invalid(parts: list[Any]) -> InvalidInput:
    found = (problem for part in parts for problem in _flatten(part, ()))
    return InvalidInput(
        list(islice(found, MOST_PROBLEMS)) or [FieldProblem("", "", "is not valid")]
    )


def _flatten(messages: Any, path: tuple[str, ...]) -> Iterator[FieldProblem]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            step = () if key in ("_schema", "value") else (str(key),)
            yield from _flatten(inner, (*path, *step))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, dict):
            yield from _flatten(message, path)
        else:
            yield FieldProblem(json_pointer(*path), path[-1] if path else "", _lower(str(message)))


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".") if message else "is not valid"
