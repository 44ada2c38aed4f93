"""Parse one answer into its canonical value, or raise with a message for its sender."""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from agelens.domain.features import Feature, Target
from agelens.domain.registry import Alias, MistakenQuantity
from agelens.domain.units import Unit, find_unit, normalized_name, with_unit

LARGEST_LOGARITHM = 50.0  # of any measurement
# Python's own float reads 1_000, and digits of every script
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?")
_THOUSANDS_SEPARATED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
_LIMIT = re.compile(
    r"(?:[<>]=?|\u2264|\u2265)\s*(.+)"
)  # what is below or above what can be measured
_FIRST_OF_NUMBERS = frozenset("0123456789+-.,<>\u2264\u2265")

NO_TEXT = "must be a number, not empty text"


class NotUsable(ValueError):
    """An answer that cannot be used; the text is for the person who sent it."""


class Implausible(NotUsable):
    """A number that nobody has, or that is usual of another quantity: its unit may be wrong."""


def printable(text: object, limit: int = 60) -> str:
    """Untrusted text, shortened and without control characters."""
    printed = str(text)
    if not printed.isprintable():
        printed = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in printed)
    return printed if len(printed) <= limit else printed[: limit - 1] + "…"


def plain_number(text: str) -> float | None:
    """Parse a number as files spell it: infinite on overflow, None if it is no number."""
    return float(text) if _NUMBER.fullmatch(text) else None


def read_answer(
    target: Target, answer: object, unit_name: str | None
) -> tuple[float | str, str | None]:
    """The canonical value of one answer and a warning about it, if there is one.

    Raises
    ------
    NotUsable
        With the reason in words.
    """
    if target.feature.kind == "choice":
        return _choice(target, answer), None
    number = _decoded(target.alias, answer)
    unit = _unit(target, unit_name)
    value = unit.to_canonical(number)
    _check_plausible(target.feature, number, value, unit)
    return value, _warning(target.feature, number, value, unit)


def finite_number(sent: object) -> float:
    """A JSON number as a float; text, booleans, NaN and what no float can hold are refused."""
    if isinstance(sent, str):
        raise NotUsable(no_number(sent))
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise NotUsable(f"must be a number, not {_kind_of(sent)}")
    try:
        number = float(sent)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise NotUsable("must be a finite number")
    return number


def no_number(text: str) -> str:
    """What is said of text in the place of a number."""
    if advice := number_advice(text):
        return advice
    return f'must be a number, not text ("{printable(text, 20)}")' if text else NO_TEXT


def limit_of(text: str) -> str | None:
    """The number, as text, in what laboratories write of a value that is beyond it: 0.3 of "<0.3"."""
    match = _LIMIT.fullmatch(text.strip())
    return match[1] if match and _NUMBER.fullmatch(match[1]) else None


def number_advice(answer: str) -> str | None:
    """What is said of text that people take for a number: 1,000 or 1,5 or <0.3; None of other text."""
    text = answer.strip()
    advice = _how_to_write(text)
    return f'{advice} ("{printable(text, 20)}")' if advice else None


def _how_to_write(text: str) -> str | None:
    if not text or text[0] not in _FIRST_OF_NUMBERS:
        return None
    if _THOUSANDS_SEPARATED.fullmatch(text):
        message = f"must be a number without commas, {text.replace(',', '')}"
        with_points = text.replace(",", ".")
        return f"{message} or {with_points}" if plain_number(with_points) is not None else message
    if _DECIMAL_COMMA.fullmatch(text):
        return "must be a number with a decimal point, not a comma"
    if (limit := limit_of(text)) is not None:
        return f"must be a number, not a limit; {limit} can stand for it"
    return None


def _kind_of(answer: object) -> str:
    if isinstance(answer, bool):
        return "true or false"
    if isinstance(answer, str):
        return f'text ("{printable(answer, 20)}")' if answer else "empty text"
    return "a list" if isinstance(answer, list | tuple) else "an object"


def _decoded(alias: Alias | None, answer: object) -> float:
    if alias is None or not alias.transform:
        return finite_number(answer)
    if alias.transform == "expm1":
        number = finite_number(answer)
        if number > LARGEST_LOGARITHM:
            raise NotUsable("is too large for the logarithm of a measurement")
        return math.expm1(number)
    return _half_of_pair(answer, 0 if alias.transform == "first_of_pair" else 1)


def _half_of_pair(answer: object, half: int) -> float:
    if isinstance(answer, str) and len(answer) <= 40:
        halves = [plain_number(part.strip()) for part in answer.split("/")]
        finite = [number for number in halves if number is not None and math.isfinite(number)]
        if len(finite) == len(halves) == 2:
            return finite[half]
    raise NotUsable('must be text like "120/80"')


def _unit(target: Target, name: str | None) -> Unit:
    default_unit = target.unit
    unit = default_unit if name is None else find_unit(target.feature.units, name)
    if unit is None:
        raise NotUsable("has no such unit")
    if default_unit is not unit and target.alias:
        raise NotUsable(f"is in {target.alias.unit} under this name; use the key for {unit.name}")
    return unit


def _check_plausible(feature: Feature, number: float, value: float, unit: Unit) -> None:
    mistaken = _mistaken(feature, number, value) if unit is feature.units[0] else None
    if feature.plausible is None or _within(value, feature.plausible):
        if mistaken is None:
            return
        message = f"{number:.6g} looks like {mistaken}, not like {unit.name}; {mistaken.advice}"
        raise Implausible(message)
    message = _must_be_within(feature.plausible, unit)
    fitting = _fitting(feature, number, unit, feature.typical or feature.plausible)
    if fitting is not None:
        message += f"; {number:.6g} would fit in {fitting.name}"
    elif mistaken is not None:
        message += f"; {number:.6g} looks like {mistaken}; {mistaken.advice}"
    raise Implausible(message)


def _mistaken(feature: Feature, number: float, value: float) -> MistakenQuantity | None:
    """The other quantity that an unusual number is usual of, if there is one."""
    if feature.typical is None or _within(value, feature.typical):
        return None
    quantities = (quantity for quantity in feature.mistaken_for if quantity.range)
    return next(
        (quantity for quantity in quantities if quantity.range and _within(number, quantity.range)),
        None,
    )


@lru_cache(maxsize=1000)  # a file in another unit asks in every row
def _must_be_within(bounds: tuple[float, float], unit: Unit) -> str:
    low, high = sorted(unit.from_canonical(bound) for bound in bounds)
    low, high = _short(low, math.ceil), _short(high, math.floor)
    return f"must be between {low:.6g} and {with_unit(high, unit.name)}"


def _short(bound: float, to_the_inside: Callable[[float], int]) -> float:
    """A bound in four digits, inside the range that it bounds: what is named is accepted."""
    if bound == 0:
        return bound
    digits = 3 - math.floor(math.log10(abs(bound)))
    shifted = round(bound * 10.0**digits, 6)  # 2.5 m must not become 2.499 over its last bit
    return to_the_inside(shifted) / 10.0**digits


def _warning(feature: Feature, number: float, value: float, unit: Unit) -> str | None:
    if feature.typical is None or _within(value, feature.typical):
        return None
    fitting = _fitting(feature, number, unit, feature.typical)
    if fitting is not None:
        return f"{feature.key} {number:.6g} looks like {fitting.name}; it was read as {unit.name}"
    return (
        f"{feature.key} {with_unit(number, unit.name)} is unusual: nearly all adults are "
        f"{_between(feature.typical, unit)}{_something_else(feature)}"
    )


@lru_cache(maxsize=1000)
def _between(bounds: tuple[float, float], unit: Unit) -> str:
    low, high = sorted(float(f"{unit.from_canonical(bound):.3g}") for bound in bounds)
    return f"between {low:.6g} and {with_unit(high, unit.name)}"


def _something_else(feature: Feature) -> str:
    quantities = [str(quantity) for quantity in feature.mistaken_for if quantity.range]
    return f"; is it {' or '.join(quantities)}?" if quantities else ""


def _fitting(
    feature: Feature, number: float, unit: Unit, bounds: tuple[float, float]
) -> Unit | None:
    other_units = (u for u in feature.units if u is not unit)
    return next((u for u in other_units if _within(u.to_canonical(number), bounds)), None)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _choice(target: Target, answer: object) -> str:
    choices = target.feature.choices
    codes = target.alias.codes if target.alias and target.alias.transform == "codes" else ()
    if target.alias and codes:
        answer = _decoded_choice(target.alias, answer)
    if isinstance(answer, str) and len(answer) <= 80:
        matching = _meanings(choices, target.feature.words).get(normalized_name(answer))
        if matching:
            return matching
    accepted = [f"{code} ({choice})" for code, choice in codes] or choices
    got = f'"{printable(answer, 30)}"' if isinstance(answer, str) else _kind_of_any(answer)
    is_code = _is_code(answer)
    if isinstance(answer, int | float) and is_code:
        got = f"{answer:g}"
    message = f"must be one of: {', '.join(accepted)}; not {got}"
    if is_code and not codes:
        message += f"; codes are never guessed, map the codes: {_code_map(target.feature, answer)}"
    raise NotUsable(message)


@lru_cache(maxsize=1000)
def _meanings(choices: tuple[str, ...], words: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The choices by their normalized names and other words; of two alike the first is meant."""
    by_name = {normalized_name(choice): choice for choice in reversed(choices)}
    return dict(words) | by_name


def _is_code(answer: object) -> bool:
    """Whether this may be a number that stands for a choice."""
    if isinstance(answer, str):
        answer = plain_number(answer.strip()) if len(answer) <= 20 else None
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return False
    return -1e9 < answer < 1e9


def _code_map(feature: Feature, answer: object) -> str:
    code = f"{answer:g}" if isinstance(answer, int | float) else str(answer).strip()
    return f'values {{"{feature.key}": {{"{code}": "{" or ".join(feature.choices)}"}}}}'


def _decoded_choice(alias: Alias, answer: object) -> object:
    """The choice behind a code written 1, 1.0, "1" or "1.0"; anything else as it is."""
    if isinstance(answer, bool) or not isinstance(answer, int | float | str):
        return answer
    try:
        number = plain_number(answer.strip()) if isinstance(answer, str) else float(answer)
    except OverflowError:
        return answer
    return next((choice for code, choice in alias.codes if float(code) == number), answer)


def _kind_of_any(answer: object) -> str:
    return (
        "a number"
        if isinstance(answer, int | float) and not isinstance(answer, bool)
        else _kind_of(answer)
    )
