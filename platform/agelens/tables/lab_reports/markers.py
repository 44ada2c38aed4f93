"""Which biomarker a result is, and in which unit: by LOINC code, by name, by the unit it is in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from agelens.domain.features import Feature, Names, Target, feature
from agelens.domain.registry import MistakenQuantity, age_names, biomarkers
from agelens.domain.single_answer import NotUsable, printable
from agelens.domain.units import Unit, find_unit, normalized_name, unit_key
from agelens.tables.lab_reports.results import LONGEST_TEXT, UNKNOWN, Result

# LOINC's long names; what was measured in something else is no biomarker of ours
_LONG_NAME = re.compile(
    r"(?P<component>[^\[\]]+?)(?: \[[^\]]+\])?(?: in (?P<system>.+?))?(?: by .+)?"
)
_TWO_NAMES = re.compile(r"(?P<name>[^()]+?)\s*\((?P<short>[^()]+)\)")
_BLOOD = re.compile(
    r"(?:Serum|Plasma|Blood|Venous blood|Capillary blood|Red Blood Cells|,| or | and |\s)+", re.I
)
_BEFORE = re.compile(r"^(?:o/e|serum|plasma|blood|s|p|b|fs|fp|nüchtern|fasting)[\s:,.\-]+", re.I)
_AFTER = re.compile(
    r"[\s,;:.\-(\[]+(?:in |im )?(?:serum|plasma|blood|blut|vollblut|edta|venous|fasting|nüchtern|quant\.?|"
    r"calc\.?|hplc|enzymatic|enzymatisch|jaff[eé]|ngsp|dcct|ifcc(?: standardi[sz]ed)?|"
    r"fluoride?|naf|level|concentration|measurement|reading|s|p|i\.? ?s\.?|i\.? ?p\.?|s/p)[)\].]*$", re.I
)  # fmt: skip


@dataclass(frozen=True)
class Identified:
    """A biomarker; with the code that named it, or the other quantity that its name means as well."""

    target: Target
    code: str | None = None
    other: MistakenQuantity | None = None

    @property
    def feature(self) -> Feature:
        """The biomarker."""
        return self.target.feature


@dataclass(frozen=True)
class _Register:
    names: Names
    codes: Mapping[str, Target]
    other_codes: Mapping[str, tuple[Feature, MistakenQuantity]]
    other_names: Mapping[str, tuple[Feature, MistakenQuantity]]


@cache
def _register() -> _Register:
    features = [feature(key) for key in biomarkers()]
    mistaken = [(f, quantity) for f in features for quantity in f.mistaken_for]
    return _Register(
        Names(features),
        {a.name: Target(f, a) for f in features for a in f.aliases if a.columns == "loinc"},
        {code: quantity_of for quantity_of in mistaken for code in quantity_of[1].loinc},
        {
            normalized_name(name): quantity_of
            for quantity_of in mistaken
            for name in quantity_of[1].names
        },
    )


def identify(result: Result) -> Identified:
    """The biomarker of a result; a LOINC code decides over the name.

    Raises
    ------
    NotUsable
        If it is none, or a quantity that goes by the name of one.
    """
    if not result.codes:
        for name in result.names:
            if identified := by_name(name):
                return identified
        raise NotUsable(UNKNOWN)
    identified_by_code = [identified for code in result.codes if (identified := _by_code(code))]
    if not identified_by_code:
        raise NotUsable(f"LOINC {result.codes[0]} is not a code that AgeLens knows")
    if len({marker.feature.key for marker in identified_by_code}) > 1:
        raise NotUsable(f"has the codes of two biomarkers: {' and '.join(result.codes[:2])}")
    return identified_by_code[0]


def _by_code(code: str) -> Identified | None:
    register = _register()
    target = register.codes.get(code)
    if target and target.alias and target.alias.quantity:
        quantity_name = target.alias.quantity
        mistaken_quantity = next(
            (
                quantity
                for quantity in target.feature.mistaken_for
                if quantity.quantity == quantity_name
            ),
            None,
        )
        return Identified(target, code, mistaken_quantity)
    if feature_and_quantity := register.other_codes.get(code):
        return Identified(target or Target(feature_and_quantity[0]), code, feature_and_quantity[1])
    return Identified(target, code) if target else None


@cache
def _ages() -> frozenset[str]:
    return frozenset(map(normalized_name, ("chronological_age", *age_names())))


def is_age(name: str) -> bool:
    """Whether chronological age is called so."""
    return normalized_name(name) in _ages()


@lru_cache(maxsize=4096)
def by_name(name: str) -> Identified | None:
    """The biomarker that is called so, in any of the ways that laboratories write it."""
    if len(name) > LONGEST_TEXT:
        return None
    plain = name.strip(" \t:;,=*.")
    for _ in range(3):
        # laboratories print "Lymphs 31 %"; the unit is looked at in any case
        if identified := _exactly(plain) or _exactly(f"{plain} %"):
            return identified
        shorter = _AFTER.sub("", _BEFORE.sub("", plain)).strip()
        if shorter == plain or not shorter:
            break
        plain = shorter
    return _by_long_name(name.strip()) or _by_two_names(name)


def _exactly(name: str) -> Identified | None:
    key, register = normalized_name(name), _register()
    if not key or len(name) > 200 or key.isdigit():
        return None
    if feature_and_quantity := register.other_names.get(key):
        return Identified(Target(feature_and_quantity[0]), None, feature_and_quantity[1])
    targets_by_feature = register.names.find(name)
    plain = [
        t for targets in targets_by_feature for t in targets if not (t.alias and t.alias.transform)
    ]
    return Identified(plain[0]) if len(targets_by_feature) == 1 and plain else None


def _by_two_names(name: str) -> Identified | None:
    """The biomarker of a name with its abbreviation: "Mean corpuscular volume (MCV)"."""
    match = _TWO_NAMES.fullmatch(name.strip())
    identified = [_exactly(match["name"]), _exactly(match["short"])] if match else []
    is_one_marker = len({marker.feature.key for marker in identified if marker}) == 1 and all(
        identified
    )
    return identified[0] if is_one_marker else None


def _by_long_name(name: str) -> Identified | None:
    match = _LONG_NAME.fullmatch(name) if "[" in name or " in " in name else None
    if match is None or not (match["system"] is None or _BLOOD.fullmatch(match["system"])):
        return None
    component = match["component"].partition("/")[0].replace(".total", " total")
    return _exactly(component)


def unit_of(identified: Identified, result: Result) -> tuple[Unit | None, list[str]]:
    """The unit of a result, None where there is none to name, and warnings about it.

    Raises
    ------
    NotUsable
        If it is none of the biomarker's, or that of another quantity of its name.
    """
    marker = identified.feature
    if marker.kind == "choice":
        return None, []
    unit_texts = [text for text in (result.ucum, result.unit) if unit_key(text)]
    if not unit_texts:
        return _unit_by_itself(identified, result.value)
    unit = _agreed(identified, unit_texts)
    code, defined_unit = identified.code, identified.target.unit
    is_other_kind = defined_unit is not None and ("mol" in defined_unit.name) != (
        "mol" in unit.name
    )
    if code and is_other_kind and defined_unit is not None:
        return unit, [
            f"LOINC {code} is for {defined_unit.name}; it was read in the unit {unit.name}"
        ]
    return unit, []


def _agreed(identified: Identified, unit_texts: Sequence[str]) -> Unit:
    """The unit that is meant by its UCUM code and by its print."""
    units = [_translated(identified, text) for text in unit_texts]
    for text in unit_texts:
        _refuse_other(identified, text)
    first, printed = units[0], units[-1]
    if first is None:
        raise NotUsable(_no_unit(identified, unit_texts[0]))
    if printed is not None and printed is not first:
        shown = " and ".join(f'"{printable(text, 30)}"' for text in unit_texts)
        raise NotUsable(f"has two units: {shown}")
    return first


def _translated(identified: Identified, text: str) -> Unit | None:
    marker, quantity = identified.feature, identified.other
    if quantity is None:
        return find_unit(marker.units, text)
    key = unit_key(text)
    for their_unit, our_unit in quantity.units:
        known_unit = find_unit(marker.units, their_unit)
        if key in (
            {unit_key(their_unit), unit_key(our_unit)}
            | (known_unit.keys if known_unit else frozenset())
        ):
            return find_unit(marker.units, our_unit)
    known_unit = find_unit(marker.units, text)
    return known_unit if known_unit and known_unit.name in dict(quantity.units).values() else None


def _refuse_other(identified: Identified, text: str) -> None:
    """Refuse a quantity that goes by the biomarker's name, told by its unit or its own code."""
    for quantity in identified.feature.mistaken_for:
        is_their_unit = quantity.unit and _are_spellings_of_one_unit(quantity.unit, text)
        if is_their_unit or (quantity is identified.other and not quantity.units):
            raise NotUsable(f"this is {quantity.quantity}; {quantity.advice}")


def _are_spellings_of_one_unit(spelling: str, other: str) -> bool:
    """Whether two units are spelled alike, as any biomarker spells them."""
    return unit_key(other) in _spellings(spelling)


@cache
def _spellings(unit: str) -> frozenset[str]:
    key = unit_key(unit)
    unit_keys = (u.keys for b in biomarkers().values() for u in b.units if key in u.keys)
    return next(unit_keys, frozenset()) | {key}


def _unit_by_itself(identified: Identified, value: float | str) -> tuple[Unit, list[str]]:
    """The unit of a number without one: what its code or its column defines, else the only one it fits."""
    marker, quantity = identified.feature, identified.other
    if quantity and not quantity.units:
        raise NotUsable(f"this is {quantity.quantity}; {quantity.advice}")
    defined_unit = identified.target.unit if identified.target.alias else None
    if defined_unit is not None:
        return defined_unit, [
            f"no unit is given; {identified.target.feature.label} was read in {defined_unit.name}"
        ]
    number = value if isinstance(value, int | float) else None
    low_high = marker.typical or marker.plausible
    choices = (
        marker.units
        if not quantity
        else [unit for _, our_unit in quantity.units if (unit := find_unit(marker.units, our_unit))]
    )
    fitting = [
        unit
        for unit in choices
        if number is not None
        and low_high
        and low_high[0] <= unit.to_canonical(float(number)) <= low_high[1]
    ]
    if len(fitting) != 1:
        raise NotUsable(f"has no unit; write one of: {', '.join(u.name for u in choices)}")
    return fitting[0], [
        f"no unit is given; it was read in {fitting[0].name}, the only one that fits"
    ]


def _no_unit(identified: Identified, text: str) -> str:
    accepted = ", ".join(unit.name for unit in identified.feature.units)
    return f'the unit "{printable(text, 30)}" is none of {accepted}'
