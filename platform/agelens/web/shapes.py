"""The shapes of `agelens.wire` in marshmallow's schemas and in the OpenAPI document."""

from collections.abc import Callable
from typing import Any, Literal

from marshmallow import fields
from pydantic import TypeAdapter
from typing_extensions import TypeAliasType, is_typeddict

from agelens import wire
from agelens.web.schemas.base import Answers, Scalar

REFERENCE = "#/components/schemas/{model}"


class Shape(fields.Raw):
    """A value that is handed out as it is; `shape` is its type, made of those in `agelens.wire`.

    With `make` it is made of the whole object that is handed out.
    """

    def __init__(
        self, shape: Any, make: Callable[[Any], object] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.shape = shape
        self._make = make
        self._CHECK_ATTRIBUTE = make is None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value if self._make is None else self._make(obj)


def failure_of(row: Any) -> wire.Failure | None:
    """Why a task, cohort or retraining ended without a result."""
    if row.error_code is None:
        return None
    return {"code": row.error_code, "message": row.error_message}


def property_of(_converter: object, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """What apispec says of a `Shape`, and of answers, beside what it says of every field."""
    if isinstance(field, Answers):
        return _schema_of(wire.Answers)
    if isinstance(field, Scalar):
        return _schema_of(wire.Scalar)
    return _schema_of(field.shape) if isinstance(field, Shape) else {}


def components() -> dict[str, dict[str, Any]]:
    """The JSON schema of every shape that has a name, and of those that they are made of."""
    shapes = [
        each
        for each in vars(wire).values()
        if is_typeddict(each) or isinstance(each, TypeAliasType)
    ]
    mode: Literal["serialization"] = "serialization"
    inputs = [(each.__name__, mode, TypeAdapter[Any](each)) for each in shapes]
    _, found = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    return {name: _untitled(schema) for name, schema in found["$defs"].items()}


def _schema_of(shape: Any) -> dict[str, Any]:
    schema = TypeAdapter(shape).json_schema(mode="serialization", ref_template=REFERENCE)
    schema = _untitled(schema)
    if is_typeddict(shape):
        return {"$ref": REFERENCE.format(model=shape.__name__)}
    return {name: part for name, part in schema.items() if name != "$defs"}


def _untitled(schema: Any) -> Any:
    """Without the titles that only repeat the names."""
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {key: _untitled(each) for key, each in part.items()}
        if name == "properties"
        else _untitled(part)
        for name, part in schema.items()
        if name != "title"
    }
