"""The shapes of `agelens.wire` in marshmallow's schemas and in the OpenAPI document."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from marshmallow import Schema, fields
from pydantic import TypeAdapter
from typing_extensions import TypeAliasType, is_typeddict

from agelens import wire
from agelens.services.what_if import WhatIf
from agelens.storage import Cohort, Retraining, Task
from agelens.web.schemas.base import Answers, Scalar

REFERENCE = "#/components/schemas/{model}"


class Shape(fields.Raw):
    """A value that is handed out as it is; `shape` is its type, made of those in `agelens.wire`.

    With `make` it is made of the whole object that is handed out.
    """

    def __init__(
        self, shape: object, make: Callable[[Any], object] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.shape = shape
        self._make = make
        self._CHECK_ATTRIBUTE = make is None

    def _serialize(self, value: object, attr: str | None, obj: object, **kwargs: object) -> object:
        return value if self._make is None else self._make(obj)


class WholeShape(Schema):
    """A schema of a shape: the whole answer is handed out as it is."""

    shape: ClassVar[type]

    def dump(self, obj: object, *, many: bool | None = None) -> object:
        """The answer, of which mypy knows that it has the shape."""
        return obj


def whole(shape: type) -> type[WholeShape]:
    """The schema of a shape of `agelens.wire`."""
    return type(shape.__name__, (WholeShape,), {"shape": shape})


def model_name_of(row: Task | Cohort | WhatIf) -> wire.ModelName | None:
    """The clock of a task or cohort; of a draft of a cohort, maybe none."""
    return {"name": row.model.name, "version": row.model.version} if row.model else None


def failure_of(row: Task | Cohort | Retraining) -> wire.Failure | None:
    """Why a task, cohort or retraining ended without a result."""
    if row.error_code is None:
        return None
    return {"code": row.error_code, "message": row.error_message or ""}


def property_of(_converter: object, field: fields.Field[Any], **_: object) -> dict[str, object]:
    """What apispec says of a `Shape`, and of answers, beside what it says of every field."""
    if isinstance(field, Answers):
        return _schema_of(wire.Answers)
    if isinstance(field, Scalar):
        return _schema_of(wire.Scalar)
    return _schema_of(field.shape) if isinstance(field, Shape) else {}


def reference(shape: type) -> dict[str, object]:
    """Where the OpenAPI document describes a shape."""
    return {"$ref": REFERENCE.format(model=shape.__name__)}


def components() -> dict[str, dict[str, object]]:
    """The JSON schema of every shape that has a name, and of those that they are made of."""
    shapes = [
        each
        for each in vars(wire).values()
        if (
            is_typeddict(each)
            and each not in (wire.CommonPanelFields, wire.PanelFields, wire.DraftFields)
        )
        or isinstance(each, TypeAliasType)
    ]
    mode: Literal["serialization"] = "serialization"
    inputs = [(each.__name__, mode, TypeAdapter[Any](each)) for each in shapes]
    _, documents = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    return {name: _untitled(schema) for name, schema in documents["$defs"].items()}


def _schema_of(shape: Any) -> dict[str, object]:
    schema = TypeAdapter(shape).json_schema(mode="serialization", ref_template=REFERENCE)
    schema = _untitled(schema)
    if is_typeddict(shape):
        return reference(shape)
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
