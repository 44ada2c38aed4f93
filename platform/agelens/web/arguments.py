"""Blueprints whose arguments are read by our rules and refused as field problems."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Any, NoReturn, cast

import flask_smorest
import marshmallow
from flask import Request
from webargs.flaskparser import FlaskParser

from agelens.domain.errors import FieldProblem, InvalidInput, json_pointer
from agelens.web.openapi import add_to_openapi
from agelens.web.request_bodies import JSON_TYPES, read_body, read_json
from agelens.web.wire_fields import WholeShape, reference

# an address with NUL, the limit of requests, a database that is away
USUAL = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
OF_BODIES = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
MOST_PROBLEMS = 100  # else a body of nonsense would be answered with a longer one


class Parser(FlaskParser):
    """webargs, with strict JSON and the error tree of the domain."""

    def load_json(self, req: Request, schema: marshmallow.Schema) -> object:
        if req.mimetype in ("", *JSON_TYPES) and _may_be_absent(schema) and not read_body(req):
            return {}
        return read_json(req)

    def handle_error(
        self, error: marshmallow.ValidationError, *_: object, **__: object
    ) -> NoReturn:
        messages = error.messages if isinstance(error.messages, dict) else {}
        # webargs puts the location around the messages; the pointer is within the body
        raise _invalid(list(messages.values()))


class Blueprint(flask_smorest.Blueprint):
    """A flask-smorest blueprint that reads arguments with `Parser` and names the usual errors.

    `usual` are the statuses that every operation may answer.
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        usual: Sequence[HTTPStatus] = USUAL,
        url_prefix: str | None = None,
        description: str = "",
    ) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix, description=description)
        self._usual = usual

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., object] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        """As flask-smorest's; the document names the errors that the rule and the arguments bring."""
        if view_func is not None:
            statuses = [*self._usual, *([HTTPStatus.NOT_FOUND] if "<" in rule else [])]
            if _takes_body(view_func):
                statuses += OF_BODIES
            responses = {str(status.value): status.name for status in statuses}
            add_to_openapi(view_func, responses=responses)
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)

    @staticmethod
    def _make_doc_response_schema(schema: object) -> object:
        return reference(schema.shape) if isinstance(schema, WholeShape) else schema

    def arguments(self, schema: type[marshmallow.Schema], **kwargs: Any) -> Any:
        """As flask-smorest's; a schema may say that its body may be absent.

        It is made once: webargs would make a class anew for each request.
        """
        instance = schema()
        return super().arguments(instance, **{"required": not _may_be_absent(instance)} | kwargs)


def _takes_body(view: Callable[..., object]) -> bool:
    doc = vars(view).get("_apidoc", {})
    arguments = doc.get("arguments", {}).get("parameters", ())
    return "requestBody" in doc.get("manual_doc", {}) or any(
        each["in"] == "json" for each in arguments
    )


def load(schema: marshmallow.Schema, value: object) -> Any:
    """Read a value that did not come as the usual JSON body, with the same errors."""
    try:
        return schema.load(cast(Mapping[str, object], value))  # it refuses whatever is none
    except marshmallow.ValidationError as error:
        raise _invalid([error.messages]) from error


def _may_be_absent(schema: marshmallow.Schema) -> bool:
    return bool(getattr(schema, "may_be_absent", False))


def _invalid(parts: list[object]) -> InvalidInput:
    problems = (problem for part in parts for problem in _flatten(part, ()))
    return InvalidInput(
        list(islice(problems, MOST_PROBLEMS)) or [FieldProblem("", "", "is not valid")]
    )


def _flatten(messages: object, path: tuple[str, ...]) -> Iterator[FieldProblem]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            step = () if key in ("_schema", "value") else (str(key),)
            yield from _flatten(inner, (*path, *step))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, dict):
            yield from _flatten(message, path)
        else:
            yield FieldProblem(json_pointer(*path), _field(path), _lower(str(message)))


def _field(path: tuple[str, ...]) -> str:
    """The member that a problem is of: of an element of a list, the list."""
    return next((step for step in reversed(path) if not step.isdigit()), "")


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:].rstrip(".") if message else "is not valid"
