"""Which biomarker a result is, and in which unit: by LOINC code, by name, by the unit it is in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from agelens.domain.answers import NotUsable, printable
from agelens.domain.features import Feature, Names, Target, feature
from agelens.domain.registry import MistakenQuantity, age_names, biomarkers
from agelens.domain.units import Unit, find_unit, normalized_name, unit_key
from agelens.tables.reports.results import LONGEST_TEXT, UNKNOWN, Result

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
    others = [(f, each) for f in features for each in f.mistaken_for]
    return _Register(
        Names(features),
        {a.name: Target(f, a) for f in features for a in f.aliases if a.columns == "loinc"},
        {code: found for found in others for code in found[1].loinc},
        {normalized_name(name): found for found in others for name in found[1].names},
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
            if found := by_name(name):
                return found
        raise NotUsable(UNKNOWN)
    known = [found for code in result.codes if (found := _by_code(code))]
    if not known:
        raise NotUsable(f"LOINC {result.codes[0]} is not a code that AgeLens knows")
    if len({each.feature.key for each in known}) > 1:
        raise NotUsable(f"has the codes of two biomarkers: {' and '.join(result.codes[:2])}")
    return known[0]


def _by_code(code: str) -> Identified | None:
    register = _register()
    own = register.codes.get(code)
    if own and own.alias and own.alias.quantity:
        called = own.alias.quantity
        other = next((each for each in own.feature.mistaken_for if each.quantity == called), None)
        return Identified(own, code, other)
    if found := register.other_codes.get(code):
        return Identified(own or Target(found[0]), code, found[1])
    return Identified(own, code) if own else None


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
        if found := _exactly(plain) or _exactly(f"{plain} %"):
            return found
        shorter = _AFTER.sub("", _BEFORE.sub("", plain)).strip()
        if shorter == plain or not shorter:
            break
        plain = shorter
    return _by_long_name(name.strip()) or _by_two_names(name)


def _exactly(name: str) -> Identified | None:
    wanted, register = normalized_name(name), _register()
    if not wanted or len(name) > 200 or wanted.isdigit():
        return None
    if found := register.other_names.get(wanted):
        return Identified(Target(found[0]), None, found[1])
    ways = register.names.find(name)
    plain = [t for way in ways for t in way if not (t.alias and t.alias.transform)]
    return Identified(plain[0]) if len(ways) == 1 and plain else None


def _by_two_names(name: str) -> Identified | None:
    """The biomarker of a name with its abbreviation: "Mean corpuscular volume (MCV)"."""
    found = _TWO_NAMES.fullmatch(name.strip())
    ways = [_exactly(found["name"]), _exactly(found["short"])] if found else []
    same = len({way.feature.key for way in ways if way}) == 1 and all(ways)
    return ways[0] if same else None


def _by_long_name(name: str) -> Identified | None:
    found = _LONG_NAME.fullmatch(name) if "[" in name or " in " in name else None
    if found is None or not (found["system"] is None or _BLOOD.fullmatch(found["system"])):
        return None
    component = found["component"].partition("/")[0].replace(".total", " total")
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
    written = [text for text in (result.ucum, result.unit) if unit_key(text)]
    if not written:
        return _unit_by_itself(identified, result.value)
    found = _agreed(identified, written)
    code, defined = identified.code, identified.target.unit
    is_other = defined is not None and ("mol" in defined.name) != ("mol" in found.name)
    if code and is_other and defined is not None:
        return found, [f"LOINC {code} is for {defined.name}; it was read in the unit {found.name}"]
    return found, []


def _agreed(identified: Identified, written: Sequence[str]) -> Unit:
    """The unit that is meant by its UCUM code and by its print."""
    units = [_translated(identified, text) for text in written]
    for text in written:
        _refuse_other(identified, text)
    first, printed = units[0], units[-1]
    if first is None:
        raise NotUsable(_no_unit(identified, written[0]))
    if printed is not None and printed is not first:
        shown = " and ".join(f'"{printable(text, 30)}"' for text in written)
        raise NotUsable(f"has two units: {shown}")
    return first


def _translated(identified: Identified, text: str) -> Unit | None:
    marker, other = identified.feature, identified.other
    if other is None:
        return find_unit(marker.units, text)
    wanted = unit_key(text)
    for spelled, ours in other.units:
        own = find_unit(marker.units, spelled)
        if wanted in ({unit_key(spelled), unit_key(ours)} | (own.keys if own else frozenset())):
            return find_unit(marker.units, ours)
    own = find_unit(marker.units, text)
    return own if own and own.name in dict(other.units).values() else None


def _refuse_other(identified: Identified, text: str) -> None:
    """Refuse a quantity that goes by the biomarker's name, told by its unit or its own code."""
    for other in identified.feature.mistaken_for:
        same = other.unit and _same_unit(other.unit, text)
        if same or (other is identified.other and not other.units):
            raise NotUsable(f"this is {other.quantity}; {other.advice}")


def _same_unit(one: str, two: str) -> bool:
    """Whether two units are spelled alike, as any biomarker spells them."""
    return unit_key(two) in _spellings(one)


@cache
def _spellings(unit: str) -> frozenset[str]:
    wanted = unit_key(unit)
    known = (u.keys for b in biomarkers().values() for u in b.units if wanted in u.keys)
    return next(known, frozenset()) | {wanted}


def _unit_by_itself(identified: Identified, value: float | str) -> tuple[Unit, list[str]]:
    """The unit of a number without one: what its code or its column defines, else the only one it fits."""
    marker, other = identified.feature, identified.other
    if other and not other.units:
        raise NotUsable(f"this is {other.quantity}; {other.advice}")
    defined = identified.target.unit if identified.target.alias else None
    if defined is not None:
        return defined, [
            f"no unit is given; {identified.target.feature.label} was read in {defined.name}"
        ]
    number = value if isinstance(value, int | float) else None
    low_high = marker.typical or marker.plausible
    choices = (
        marker.units
        if not other
        else [unit for _, ours in other.units if (unit := find_unit(marker.units, ours))]
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
