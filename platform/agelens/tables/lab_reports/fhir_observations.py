"""One Observation of FHIR R4 as results: its value, and those of its components."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from agelens.domain.single_answer import NotUsable, printable
from agelens.tables.lab_reports.dates import fhir_moment
from agelens.tables.lab_reports.json_values import members, objects, text_of
from agelens.tables.lab_reports.numbers import COMPARATORS, read_number
from agelens.tables.lab_reports.results import Report, Result

LOINC = frozenset({"loinc.org", "urn:oid:2.16.840.1.113883.6.1", "2.16.840.1.113883.6.1"})
UCUM = "unitsofmeasure.org"
LOINC_FORM = re.compile(r"[0-9]{1,6}-[0-9]")
LEFT_OUT = {"entered-in-error": "was entered in error", "cancelled": "was cancelled"}
NO_BLOOD = re.compile(
    r"urin|liquor|cerebrospinal|csf|stool|faec|fec|saliva|sweat|dialys|ascit|pleura", re.I
)
_TEXT_VALUE = re.compile(r"\s*(?P<number>[<>≤≥=]*\s*[+-]?[0-9][0-9.,]*)\s*(?P<unit>\S.*)?")


@dataclass(frozen=True)
class _Common:
    """What the components of an Observation share."""

    moment: str
    date: str | None
    is_preliminary: bool
    warnings: tuple[str, ...]


def observation_results(
    report: Report, observation: Mapping[str, object], specimen: Mapping[str, object]
) -> None:
    """Add what an Observation says, and why it says nothing."""
    source = _title(observation)
    status = text_of(observation.get("status"))
    if status in LEFT_OUT:
        report.leave_out(source, LEFT_OUT[status])
        return
    subject = text_of(members(observation.get("subject")).get("reference"))
    if subject.startswith(("Device/", "Location/", "Group/", "Specimen/")):
        report.leave_out(source, f"is of {printable(subject, 60)}, not of a person")
        return
    if observation.get("focus"):
        report.leave_out(source, "is about something else than the person (focus)")
        return
    if taken_from := _no_blood(observation, specimen):
        report.leave_out(source, f"is of {printable(taken_from, 60)}, not of blood")
        return
    common = _common(observation, status)
    components = objects(observation.get("component"))
    for part in components:
        _add(report, part, common)
    has_value = any(name.startswith("value") for name in observation)
    if has_value or not (components or observation.get("hasMember")):
        _add(report, observation, common)


def _add(report: Report, part: Mapping[str, object], common: _Common) -> None:
    source = _title(part)
    try:
        value, comparator, ucum, unit = _value(part)
    except NotUsable as error:
        report.leave_out(source, str(error))
        return
    value_text = f"{value:.10g}" if isinstance(value, int | float) else value
    report.results.append(
        Result(
            source_text=printable(
                f"{source}: {comparator}{value_text} {unit or ucum}".strip(), 200
            ),
            value=value,
            names=_names(part),
            codes=_loinc(part),
            comparator=comparator,
            ucum=ucum,
            unit=unit,
            moment=common.moment,
            date=common.date,
            is_preliminary=common.is_preliminary,
            warnings=common.warnings,
            written=value_text,
        )
    )


def _common(observation: Mapping[str, object], status: str) -> _Common:
    period = members(observation.get("effectivePeriod"))
    events = members(observation.get("effectiveTiming")).get("event")
    time_stamps = (
        observation.get("effectiveDateTime"),
        observation.get("effectiveInstant"),
        period.get("end") or period.get("start"),
        events[0] if isinstance(events, list) and events else None,
        observation.get("issued"),
    )
    stated = next((text for time_stamp in time_stamps if (text := text_of(time_stamp))), "")
    moment, day = fhir_moment(stated)
    warnings = []
    if stated and day is None:
        warnings.append(f'"{printable(stated, 30)}" does not tell on which day it was measured')
    if is_preliminary := status in ("preliminary", "registered"):
        warnings.append("The laboratory calls this result preliminary")
    return _Common(moment, day, is_preliminary, tuple(warnings))


def _value(part: Mapping[str, object]) -> tuple[float | str, str, str, str]:
    """Value, comparator, UCUM code and printed unit. NotUsable if there is no number."""
    if "valueQuantity" in part:
        quantity = members(part["valueQuantity"])
        comparator = text_of(quantity.get("comparator"))
        if comparator and comparator not in COMPARATORS:
            raise NotUsable(f'has the comparator "{printable(comparator, 10)}"')
        number = _number(quantity.get("value"))
        if number is None:
            raise NotUsable(f"has no value{_absent(part)}")
        system = text_of(quantity.get("system"))
        code = text_of(quantity.get("code"))
        is_ucum = not system or UCUM in system
        unit = text_of(quantity.get("unit"))
        return number, comparator, code if is_ucum else "", unit or ("" if is_ucum else code)
    if isinstance(part.get("valueString"), str):
        return _of_text(text_of(part["valueString"]))
    if (number := _number(part.get("valueInteger"))) is not None:
        return number, "", "", ""
    if concept := _names(members(part.get("valueCodeableConcept")), ""):
        return concept[0], "", "", ""
    other = next((name for name in part if name.startswith("value")), None)
    if other is not None:
        raise NotUsable(f"has no number, but a {printable(other, 40)}")
    raise NotUsable(f"has no value{_absent(part)}")


def _of_text(text: str) -> tuple[float | str, str, str, str]:
    match = _TEXT_VALUE.fullmatch(text)
    number = read_number(match["number"], commas="," in text) if match else None
    if match is None or number is None:
        return text, "", "", ""
    return number.value, number.comparator, "", (match["unit"] or "").strip()


def _number(value: object) -> float | None:
    """A JSON number, or text that is one: some systems send decimals so."""
    if isinstance(value, str):
        number = read_number(text_of(value), commas=False)
        return number.value if number and not number.comparator else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value


def _absent(part: Mapping[str, object]) -> str:
    why = _names(members(part.get("dataAbsentReason")), "")
    return f": {printable(why[0], 80)}" if why else ""


def _title(part: Mapping[str, object]) -> str:
    """The name of what was measured, with its LOINC code."""
    names, codes = _names(part), _loinc(part)
    title = names[0] if names else "an observation without a name"
    return printable(f"{title} ({codes[0]})" if codes and codes[0] not in title else title, 200)


def _names(part: Mapping[str, object], within: str = "code") -> tuple[str, ...]:
    """The texts of a CodeableConcept, or the codes that stand for them."""
    concept = members(part.get(within)) if within else part
    codings = objects(concept.get("coding"))
    texts = [text_of(concept.get("text")), *(text_of(coding.get("display")) for coding in codings)]
    names = tuple(dict.fromkeys(name for name in texts if name))
    return names or tuple(code for coding in codings if (code := text_of(coding.get("code"))))


def _loinc(part: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(
        code
        for coding in objects(members(part.get("code")).get("coding"))
        if LOINC_FORM.fullmatch(code := text_of(coding.get("code"))) and _is_loinc(coding)
    )


def _is_loinc(coding: Mapping[str, object]) -> bool:
    system = text_of(coding.get("system")).rstrip("/").removeprefix("http://")
    return not system or system.removeprefix("https://").removeprefix("www.") in LOINC


def _no_blood(observation: Mapping[str, object], specimen: Mapping[str, object]) -> str:
    """The specimen's name if it is not of blood and no LOINC code says what the result is."""
    if _loinc(observation):
        return ""
    display = text_of(members(observation.get("specimen")).get("display"))
    names = (display, *_names(specimen, "type"))
    return next((name for name in names if NO_BLOOD.search(name)), "")
