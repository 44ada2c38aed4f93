"""Values in the units that people use.

A `feature` is an entry of a clock's feature schema; canonical = value * factor + offset.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

Feature = Mapping[str, Any]
# a unit up to 1.8 times as coarse gets no digit more: bilirubin 0.6 mg/dL, not 0.58
ROUNDING_TOLERANCE = 0.25


def unit_of(feature: Feature, name: str | None) -> Mapping[str, Any]:
    """An accepted unit by its name; the canonical one when it is not given or not known."""
    units: list[Mapping[str, Any]] = feature["units"]
    return next((unit for unit in units if unit["unit"] == name), units[0])


def feature_named(
    features: Iterable[Feature], name: str
) -> tuple[Feature, str | None] | tuple[None, None]:
    """The feature of a key, or of a data set's name for it, and the unit that the name stands for.

    Names whose cells are transformed, such as logarithms, are not taken.
    """
    for feature in features:
        if feature["key"] == name:
            return feature, None
        for alias in feature.get("aliases", ()):
            if alias["name"] == name and not alias.get("transform"):
                return feature, alias.get("unit")
    return None, None


def unit_of_answer(feature: Feature, name: str, units: Mapping[str, object]) -> str:
    """The unit in which `name`, the feature's key or another name of it, was answered."""
    _, own_unit = feature_named([feature], name)
    return str(units.get(name) or units.get(feature["key"]) or own_unit or feature["unit"])


def in_unit(feature: Feature, canonical: float, name: str | None) -> float:
    """A canonical value in one of the accepted units."""
    unit = unit_of(feature, name)
    return float((canonical - unit.get("offset", 0)) / unit["factor"])


def canonical(feature: Feature, value: float, name: str | None) -> float:
    """A value in one of the accepted units as the clocks compute with it."""
    unit = unit_of(feature, name)
    return float(value * unit["factor"] + unit.get("offset", 0))


def decimals(feature: Feature, name: str | None) -> int:
    """How many decimals are worth showing in a unit: about as precise as in the canonical one.

    A larger unit needs more: 47 g/L are 4.7 g/dL.
    """
    digits_more = math.log10(abs(unit_of(feature, name)["factor"]))
    canonical_decimals = feature.get("decimals")
    return max(
        0,
        math.ceil(
            (2 if canonical_decimals is None else canonical_decimals)
            + digits_more
            - ROUNDING_TOLERANCE
        ),
    )
