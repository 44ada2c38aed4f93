"""Fields and shapes that every resource uses."""

import re
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from agelens.domain.context import CONTEXTS
from agelens.domain.dates import objection

MOST_ANSWERS = 500
LONGEST_TEXT = 500
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NO_DAY = "must be a date such as 2026-03-31"
LONGEST_MODEL = 64 + 1 + 64  # name@version
MOST_MODELS = 20
MODEL = "A clock's name, for its active version, or `name@version`, for any published one; the default clock if absent"


class Request(Schema):
    """A request body; what it does not know it refuses, so a mistyped field is never ignored."""

    class Meta:
        unknown = RAISE

    # marshmallow reads a plain class attribute here
    error_messages = {"unknown": "is not a field of this request", "type": "is not an object"}  # noqa: RUF012


class WholeNumber(fields.Integer):
    """A JSON integer: not a text, not a boolean, not 1.5."""

    def _validated(self, value: object) -> int:
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("must be a whole number")
        return value


class Text(fields.String):
    """A text of bounded length."""

    def __init__(self, *, longest: int = LONGEST_TEXT, **kwargs: Any) -> None:
        super().__init__(validate=[validate.Length(min=1, max=longest), _no_nul], **kwargs)


class Name(Text):
    """A text that lists and terminals show: no control characters, nor any that hide or reorder."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if isinstance(text, str) and not text.isprintable():
            raise ValidationError("must not have control characters")
        return text


class Answers(fields.Dict):
    """Feature to value: numbers, texts or null. Which are right is for the clock to say."""

    def _deserialize(
        self, value: object, attr: str | None, data: object, **kwargs: object
    ) -> dict[str, object]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object of answers")
        if len(value) > MOST_ANSWERS:
            raise ValidationError(f"must have at most {MOST_ANSWERS} entries")
        wrong = {key: [message] for key, item in value.items() if (message := _objection(item))}
        if wrong:
            raise ValidationError(wrong)
        return value


class SomeOf(fields.List[Any]):
    """A list of 1 to `most`; a longer one is refused before any of it is looked at."""

    def __init__(self, inner: fields.Field[Any], *, most: int, **kwargs: Any) -> None:
        super().__init__(inner, validate=validate.Length(min=1, max=most), **kwargs)
        self._most = most

    def _deserialize(
        self, value: object, attr: str | None, data: object, **kwargs: object
    ) -> list[object]:
        if isinstance(value, list) and len(value) > self._most:
            raise ValidationError(f"must have at most {self._most} entries")
        return super()._deserialize(value, attr, data, **kwargs)


class Context(fields.List[Any]):
    """What changes a person's biomarkers for a while; none twice."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            fields.String(validate=validate.OneOf(CONTEXTS)),
            validate=[validate.Length(max=len(CONTEXTS)), _none_twice],
            **kwargs,
        )


class Scalar(fields.Raw):
    """A number, a text or null."""

    def _deserialize(
        self, value: object, attr: str | None, data: object, **kwargs: object
    ) -> object:
        if message := _objection(value):
            raise ValidationError(message)
        return value


class Day(fields.Date):
    """A day, written 2026-03-31, that has begun and is not before 1900."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> Any:
        if not (isinstance(value, str) and _DAY.fullmatch(value)):
            raise ValidationError(NO_DAY)
        try:
            day = date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError(NO_DAY) from error
        if message := objection(day):
            raise ValidationError(message)
        return day


class PageQuery(Schema):
    """How much of a list to answer, and from where."""

    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=200))
    cursor = fields.String(load_default=None, validate=validate.Length(max=500))


class FieldProblemSchema(Schema):
    """A field that needs correcting."""

    pointer = fields.String(metadata={"description": "JSON Pointer into the request body"})
    field = fields.String()
    message = fields.String()


class ProblemSchema(Schema):
    """RFC 9457 problem details."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = fields.String(metadata={"description": "Stable; switch on this"})
    request_id = fields.String()
    errors = fields.List(fields.Nested(FieldProblemSchema))


def _objection(value: object) -> str | None:
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"must have at most {LONGEST_TEXT} characters"
    if value is None or isinstance(value, str | int | float):
        return None
    return "must be a number or a text"


def _none_twice(values: list[object]) -> None:
    if len(set(values)) < len(values):
        raise ValidationError("must not name anything twice")


def _no_nul(text: str) -> None:
    if "\0" in text:  # JSON with one is refused as a whole, a form is not
        raise ValidationError("must not have a NUL character")
