"""What a report proposes as a panel: the newest value of each biomarker, in the unit as found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from agelens import wire
from agelens.domain.answer_parsing import AGE_YEARS
from agelens.domain.features import Target
from agelens.domain.registry import biomarkers, ordered_pairs
from agelens.domain.single_answer import NotUsable, printable, read_answer
from agelens.domain.units import Unit, with_unit
from agelens.languages import SOURCE, in_sentence
from agelens.tables.lab_reports.dates import age_in_years
from agelens.tables.lab_reports.markers import identify, is_age, unit_of
from agelens.tables.lab_reports.results import LONGEST_UNIT, Report, Result, Unread

AGE = "chronological_age"
MOST_UNREAD = 500
FAR_APART_DAYS = 180
SAME = 0.02  # the same number in two units, each rounded


@dataclass
class _Reading:
    """A result that is a biomarker's."""

    result: Result
    key: str
    label: str
    answer: float | str
    value: float | str
    unit: Unit | None
    code: str | None
    warnings: list[str]
    proposed: bool = False


def propose(report: Report) -> wire.ReportImport:
    """The panel that a report proposes, with everything that it was made of and what was left out."""
    readings, unread = _readings(report)
    warnings = list(report.warnings)
    chosen = _newest(readings, warnings)
    _refuse_impossible_pairs(chosen, warnings)
    days = sorted(r.result.date for r in chosen.values() if r.result.date)
    if days and (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days > FAR_APART_DAYS:
        warnings.append(f"The values are of different days, from {days[0]} to {days[-1]}")
    measured_on = days[-1] if days else None
    for reading in chosen.values():
        reading.proposed = True
    answers = {key: r.answer for key, r in chosen.items() if key != AGE}
    if report.sex is not None:
        answers.setdefault("sex", report.sex)
    return {
        "answers": dict(answers),
        "units": {key: r.unit.name for key, r in chosen.items() if r.unit is not None},
        "chronological_age": _age(report, chosen, measured_on, warnings),
        "measured_on": measured_on,
        "possible_days": [] if measured_on else list(report.possible_days),
        "found": [_described(each) for each in _in_order(readings)],
        "not_understood": _grouped(unread, warnings),
        "warnings": warnings,
    }


def _readings(report: Report) -> tuple[list[_Reading], list[Unread]]:
    readings, unread = [], list(report.unread)
    for result in report.results:
        try:
            readings.append(_reading(result))
        except NotUsable as error:
            unread.append(_unread(result, str(error)))
    return readings, unread


def _unread(result: Result, reason: str) -> Unread:
    """A result that is of no biomarker, or not usable as one; a number may still be assigned to one."""
    written = result.written if isinstance(result.value, int | float) else ""
    unit = printable(result.unit or result.ucum, LONGEST_UNIT)
    return Unread(result.source_text, reason, written, unit)


def _reading(result: Result) -> _Reading:
    if not result.codes and any(map(is_age, result.names)):
        return _age_reading(result)
    identified = identify(result)
    feature = identified.feature
    unit, warnings = unit_of(identified, result)
    try:
        value, warning = read_answer(Target(feature), result.value, unit.name if unit else None)
    except NotUsable as error:
        raise NotUsable(f"{feature.label} {error}") from error
    warnings = [*result.warnings, *warnings]
    if result.comparator:
        shown = with_unit(float(result.value), unit.name if unit else "")
        warnings.append(f"The report says {result.comparator} {shown}; the limit is proposed")
    if warning:
        warnings.append(warning.replace(f"{feature.key} ", f"{feature.label} ", 1))
    answer = result.value if feature.kind == "number" else value
    return _Reading(
        result, feature.key, feature.label, answer, value, unit, identified.code, warnings
    )


def _age_reading(result: Result) -> _Reading:
    years = result.value
    if not isinstance(years, int | float) or not AGE_YEARS[0] <= years <= AGE_YEARS[1]:
        raise NotUsable("must be an age in years")
    return _Reading(result, AGE, "Age", years, years, None, None, list(result.warnings))


def _newest(readings: Sequence[_Reading], warnings: list[str]) -> dict[str, _Reading]:
    """The newest value by biomarker; final before preliminary, a number before a limit."""
    chosen: dict[str, _Reading] = {}
    for reading in readings:
        newest = chosen.get(reading.key)
        if newest is None or _rank(reading) > _rank(newest):
            chosen[reading.key] = reading
    for key, reading in chosen.items():
        rivals = [r for r in readings if r.key == key and _rank(r) == _rank(reading)]
        if any(not _same(reading.value, rival.value) for rival in rivals):
            when = f" on {reading.result.date}" if reading.result.date else ""
            warnings.append(f"{reading.label} has several values{when}; the first one is proposed")
    return {key: chosen[key] for key in (AGE, *biomarkers()) if key in chosen}


def _rank(reading: _Reading) -> tuple[bool, str, bool]:
    result = reading.result
    return not result.is_preliminary, result.moment, not result.comparator


def _same(value: float | str, other_value: float | str) -> bool:
    if isinstance(value, str) or isinstance(other_value, str):
        return value == other_value
    return abs(value - other_value) <= SAME * max(abs(value), abs(other_value))


def _refuse_impossible_pairs(chosen: dict[str, _Reading], warnings: list[str]) -> None:
    """Propose neither of two values that cannot be one person's, such as swapped pressures."""
    for larger, smaller in ordered_pairs():
        high, low = chosen.get(larger), chosen.get(smaller)
        if high and low and float(low.value) >= float(high.value):
            del chosen[larger], chosen[smaller]
            larger = in_sentence(high.label, SOURCE)
            message = f"{low.label} must be below {larger}; were the two swapped?"
            warnings.append(f"{message} Neither is proposed")


def _age(
    report: Report, chosen: dict[str, _Reading], measured_on: str | None, warnings: list[str]
) -> float | None:
    stated = chosen.get(AGE)
    if report.birth_date is not None:
        if measured_on is not None:
            age = age_in_years(report.birth_date, measured_on)
            if age is None:
                warnings.append("The birth date is after the day of measurement: enter the age")
            return age
        if stated is None:
            warnings.append("No day of measurement is known: enter the age")
    return float(stated.value) if stated else None


def _in_order(readings: Sequence[_Reading]) -> Iterable[_Reading]:
    """By biomarker as in the registry, the newest first."""
    order = {key: index for index, key in enumerate((AGE, *biomarkers()))}
    newest_first = sorted(readings, key=lambda r: r.result.moment, reverse=True)
    by_key = sorted(newest_first, key=lambda r: order[r.key])
    return sorted(by_key, key=lambda r: (order[r.key], not r.proposed))


def _described(reading: _Reading) -> wire.FoundResult:
    return {
        "feature": reading.key,
        "label": reading.label,
        "value": reading.answer,
        "written": reading.result.written or _spelled(reading.answer),
        "unit": reading.unit.name if reading.unit else ("years" if reading.key == AGE else ""),
        "source_text": reading.result.source_text,
        "loinc": reading.code,
        "date": reading.result.date,
        "proposed": reading.proposed,
        "warnings": reading.warnings,
    }


def _spelled(answer: float | str) -> str:
    return answer if isinstance(answer, str) else f"{answer:.10g}"


def _grouped(unread: Sequence[Unread], warnings: list[str]) -> list[wire.NotUnderstood]:
    """Each once, with how often it is there."""
    counts = Counter(unread)
    if len(counts) > MOST_UNREAD:
        warnings.append(f"{len(counts) - MOST_UNREAD} more were not understood")
    return [
        {
            "source_text": part.source_text,
            "reason": part.reason,
            "times": count,
            "written": part.written,
            "unit": part.unit,
        }
        for part, count in list(counts.items())[:MOST_UNREAD]
    ]
