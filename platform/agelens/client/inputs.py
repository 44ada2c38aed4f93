"""What people hand over (addresses, tokens, keys, answers), made ready to be sent or refused at once.

Values of numpy and pandas become JSON's without loading those packages.
"""

import inspect
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeAlias, TypeVar, get_type_hints

from agelens import wire
from agelens.client.problems import refused

P = ParamSpec("P")
ValueMaps: TypeAlias = Mapping[str, Mapping[Any, str]]
T = TypeVar("T")
LONGEST_KEY = 200  # the service's limit
MISSING_TYPES = ("NAType", "NaTType")  # pandas says so what is not there
ANSWER_TYPES = (bool, int, float, str)  # with None, what an answer can be


def keywords_of(fields: type) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Have a function that takes `**fields` accept, and show in its signature, the fields of a TypedDict."""
    names = get_type_hints(fields)

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        signature = inspect.signature(function)
        plain = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        parameters = [
            inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
            for n, kind in names.items()
        ]
        accepted = {*names, *(p.name for p in plain)}

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            for name in kwargs.keys() - accepted:
                raise TypeError(
                    f"{function.__name__}() got an unexpected keyword argument {name!r}"
                )
            return function(*args, **kwargs)

        call.__signature__ = signature.replace(parameters=[*plain, *parameters])  # type: ignore[attr-defined]  # what inspect reads
        return call

    return decorate


def origin(url: str) -> str:
    """`agelens up` prints the address with /api at its end; both are understood."""
    return url.rstrip("/").removesuffix("/api").rstrip("/")


def checked_token(token: str) -> str:
    """A token as it can be sent; ValueError when something else was copied with it."""
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise ValueError("the token has characters that no token has: was something else copied?")
    return token


def sendable_key(key: str) -> str:
    """An Idempotency-Key of somebody's making; ValueError when no header can carry it."""
    is_text = isinstance(key, str) and key.isascii() and key.isprintable() and key == key.strip()
    if not (is_text and 1 <= len(key) <= LONGEST_KEY):
        raise ValueError(
            f"idempotency_key must be 1 to {LONGEST_KEY} printable ASCII characters without blanks "
            f"around them; not {key!r}"
        )
    return key


def json_answers(answers: Mapping[str, object]) -> wire.Answers:
    """Decimals and numpy's scalars as Python's numbers; None for NaN and pandas' gaps: not measured.

    Raises
    ------
    TypeError
        If they are no mapping.
    InvalidInput
        Naming what is infinite, and what is neither a number nor text.
    """
    if getattr(answers, "ndim", 1) != 1 or not hasattr(answers, "items"):
        raise TypeError(
            f"answers map biomarkers to values; they cannot be a {type(answers).__name__} "
            "(predict_frame takes a frame of people)"
        )
    values = {str(name): _json_value(value) for name, value in answers.items()}
    if objections := {
        name: message for name, value in values.items() if (message := _objection(value))
    }:
        raise refused(objections)
    return values


def iso_day(day: object) -> str:
    """A day as JSON says it; of a moment, such as pandas' Timestamp, its day."""
    if isinstance(day, datetime):
        day = day.date()
    if not isinstance(day, date | str):
        raise TypeError(f"a day is a date, or text such as 2026-03-31; not {kind_of(day)}")
    return day if isinstance(day, str) else day.isoformat()


def texts_of_codes(values: ValueMaps) -> dict[str, dict[str, str]]:
    """What codes stand for, as JSON says it: a code is text there, whatever it was here."""
    return {
        name: {str(code): meaning for code, meaning in codes.items()}
        for name, codes in values.items()
    }


def _json_value(value: Any) -> Any:
    if type(value).__name__ in MISSING_TYPES:
        return None
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, Decimal):
        value = math.nan if value.is_nan() else float(value)
    return None if isinstance(value, float) and math.isnan(value) else value


def _objection(value: Any) -> str | None:
    if value is not None and not isinstance(value, ANSWER_TYPES):
        return f"must be a number or text, not {kind_of(value)}"
    if isinstance(value, float) and math.isinf(value):
        return "must be a finite number"
    return None


def kind_of(value: object) -> str:
    """What something is, with the package that it is of."""
    kind = type(value)
    package = kind.__module__.partition(".")[0]
    name = kind.__name__ if package == "builtins" else f"{package}.{kind.__name__}"
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
