"""Decode the service's JSON into the client's dataclasses, by the types of their fields.

Fields that a newer service adds are passed over. Shapes of `agelens.wire` stay the mappings that they
are. A field that is called otherwise in JSON says so: `field(metadata=json_name("result"))`.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar, Union

from typing_extensions import is_typeddict

from agelens import wire
from agelens.client.errors import UnexpectedAnswer

if TYPE_CHECKING:
    import cattrs

T = TypeVar("T")
JSON_NAME = "json_name"
SHOWN_FAULTS = 3


def decode(kind: type[T], answer: object) -> T:
    """An answer as an object of `kind`; UnexpectedAnswer where a field is missing or of another type."""
    import cattrs  # with the first answer: importing the client shall be quick

    try:
        return _converter().structure(answer, kind)
    except (cattrs.BaseValidationError, TypeError, ValueError, LookupError) as error:
        faults = cattrs.transform_error(error, "answer")
        rest = f" and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise UnexpectedAnswer(
            f"The answer is no {getattr(kind, '__name__', kind)} as this client knows it "
            f"({'; '.join(faults[:SHOWN_FAULTS])}{rest}): are client and service of one version?"
        ) from error


def decoder(kind: type[T]) -> Callable[[object], T]:
    """`decode` for one kind."""
    return partial(decode, kind)


def json_name(name: str) -> dict[str, str]:
    """The metadata of a field whose name in JSON is another one."""
    return {JSON_NAME: name}


@lru_cache
def _converter() -> "cattrs.Converter":
    """A converter that takes JSON's types as they are, where the default would convert null to "None"."""
    import cattrs
    from cattrs.strategies import configure_union_passthrough

    converter = cattrs.Converter()
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook(float, _float)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    converter.register_structure_hook_func(_is_kept_as_json, lambda value, _: value)
    configure_union_passthrough(Union[str, bool, int, float, None], converter)  # noqa: UP007  # cattrs wants a Union
    converter.register_structure_hook_factory(is_dataclass, partial(_dataclass_hook, converter))
    return converter


def _exactly(value: object, kind: type[T]) -> T:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _float(value: object, _: type[float]) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return value


def _is_kept_as_json(kind: object) -> bool:
    return kind is wire.Json or is_typeddict(kind)


def _dataclass_hook(converter: "cattrs.Converter", kind: type[Any]) -> Callable[[Any, Any], Any]:
    from cattrs.gen import make_dict_structure_fn, override

    names = {entry.name: entry.metadata[JSON_NAME] for entry in fields(kind) if entry.metadata}
    renamed: dict[str, Any] = {
        field_name: override(rename=name) for field_name, name in names.items()
    }
    return make_dict_structure_fn(kind, converter, **renamed)
