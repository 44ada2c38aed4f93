"""Pasted lines of a report, such as "Albumin 4.2 g/dL (3.5-5.0)", as results of one person."""

import re
from collections.abc import Sequence
from itertools import islice

from agelens.domain.dates import is_month_first
from agelens.domain.errors import InvalidInput
from agelens.domain.registry import Biomarker
from agelens.domain.single_answer import NotUsable, printable
from agelens.domain.units import find_unit, unit_key
from agelens.tables.lab_reports.cells import Table, is_one_row, one_row
from agelens.tables.lab_reports.dates import (
    BIRTH,
    DRAWN,
    NOT_DRAWN,
    TITLE,
    Dated,
    month_first,
    without_dates,
)
from agelens.tables.lab_reports.markers import by_name
from agelens.tables.lab_reports.names_with_units import (
    FOOTNOTE,
    MOST_WORDS_OF_UNIT,
    asides,
    is_any_unit,
    name_and_units,
    without_asides,
)
from agelens.tables.lab_reports.numbers import (
    FLAG,
    NUMBER,
    Number,
    has_decimal_commas,
    loose_number,
    read_number,
)
from agelens.tables.lab_reports.results import LONGEST_TEXT, UNKNOWN, Report, Result

MOST_LINES = 5_000
LONGEST_LINE = 1_000
MOST_NUMBERS = 10  # of a line, before the one of a biomarker
# no part of a name (B12), of a power (10^9), of a range (3.5-5.0) or of another number
_CANDIDATE = re.compile(
    rf"(?<![\w.,^*/+\-])(?:[<>≤≥]=?|=[<>])?\s*{NUMBER}(?![\w]*[\^*][0-9]|E[0-9])"
)
_PAIR = re.compile(r"(?<![\w.])([0-9]{2,3})\s*/\s*([0-9]{2,3})(?![\w.]*/)")
_PRESSURE = re.compile(
    r"^\W*(?:o/e\W+)?(?:blood ?pressure|bp|rr|blutdruck|tension(?: art\w+)?|pa|ta|presi[oó]n arterial|ад|артериальное давление)\b",
    re.I,
)
_SEX = re.compile(r"\b(?:sex|gender|geschlecht|sexe|sexo|пол)\W+(\w+)", re.I)
_AGE = re.compile(r"\b(?:age|alter)\W+([0-9]{1,3})\b", re.I)
_RANGE = re.compile(
    r"(?:[<>≤≥]=?|[<>] ?or ?=)\s*[0-9.,]+|(?<![\w.,])[0-9.,]+\s*(?:-|–|—|to|bis)\s*[0-9.,]+", re.I
)
_WIDE = re.compile(r" {3,}")
_LONE = re.compile(r"[<>≤≥]?[0-9]+(?:[.,][0-9]+)?")


def read_lines(text: str, country: str | None = None) -> Report:
    """What pasted lines, or CSV of one person, say.

    How the person's `country` writes dates decides those that can be read in two ways, where the other
    dates of the report do not.

    Raises
    ------
    InvalidInput
        If there is nothing, too much, or rows of several people.
    """
    lines = [line.rstrip() for line in text.splitlines() if line.strip(" \t\r\n;,|")]
    if not lines:
        raise InvalidInput.at("file", "is empty")
    if len(lines) > MOST_LINES:
        raise InvalidInput.at("file", f"must have at most {MOST_LINES} lines")
    table = Table.of(lines)
    order = month_first(text)
    order = is_month_first(country) if order is None else order
    if table is not None and is_one_row(table):
        return one_row(table, month_first=order)
    return _Lines(table, has_decimal_commas(text), order).read(lines)


class _Lines:
    """Reads line after line; a date that stands alone is that of what follows."""

    def __init__(self, table: Table | None, commas: bool, month_first: bool | None) -> None:
        self.report = Report()
        self._table = table
        self._commas = commas
        self._month_first = month_first
        self._drawn: str | None = None
        self._has_drawn = False
        self._unclear: Dated | None = None  # of the blood draw, and can be read in two ways
        self._title: Dated | None = None  # what a report without another date may go by

    def read(self, lines: Sequence[str]) -> Report:
        for line in lines:
            self._line(line)
        days = ({result.date for result in self.report.results} | {self._drawn}) - {None}
        if not days and (unclear := self._unclear or self._title):
            days = self._of_heading(unclear)
        if len(days) == 1:  # the one date of a report is that of its first lines, too
            day = next(iter(days))
            self.report.results = [_dated(result, day) for result in self.report.results]
        return self.report

    def _of_heading(self, dated: Dated) -> set[str | None]:
        """What a date says that is not certainly the day of the blood draw."""
        if dated.day is None:
            self.report.ask_day(dated.written, dated.days)
            return set()
        self.report.warnings.append(
            "The date is that of the report: check that the blood was drawn on that day"
        )
        return {dated.day}

    def _line(self, line: str) -> None:
        if len(line) > LONGEST_LINE:
            self.report.leave_out(line, f"is longer than {LONGEST_LINE} characters")
            return
        plain = line.replace("\N{NO-BREAK SPACE}", " ").replace("\N{MINUS SIGN}", "-")
        plain = _WIDE.sub("  ", plain)
        bare, dates = without_dates(plain, month_first=self._month_first)
        if BIRTH.search(bare):
            birth_dates = [dated for dated in dates if BIRTH.search(dated.label)] or dates[:1]
            self._birth(line, birth_dates)
            self._day_alone([dated for dated in dates if dated not in birth_dates])
            return
        try:
            results = self._results(line, bare)
        except NotUsable as error:
            self.report.leave_out(line, str(error), *loose_number(without_asides(bare)))
            return
        if results:
            self.report.results += [self._with_day(result, dates) for result in results]
        elif dates:
            self._day_alone(dates)
        elif any(character.isdigit() for character in bare):
            self.report.leave_out(line, UNKNOWN, *loose_number(without_asides(bare)))

    def _results(self, line: str, bare: str) -> list[Result]:
        """What a line says; none if it is a heading or a date."""
        if pressure := _pressure(line, bare):
            return pressure
        if self._table is not None:
            self._table = self._table.under(bare)
            if cells := self._table.cells(bare):
                return self._of_cells(line, cells)
        return self._of_text(line, bare)

    def _of_text(self, line: str, bare: str) -> list[Result]:
        brackets, text = asides(bare), without_asides(bare)
        for match in islice(_CANDIDATE.finditer(text), MOST_NUMBERS):
            name, units_before = name_and_units(text[: match.start()])
            if not name or FOOTNOTE.fullmatch(match[0].strip()):
                continue
            number = read_number(match[0], commas=self._commas)
            if number is None:
                continue
            after = text[match.end() :]
            return [_result(line, name, number, after, [*units_before, *brackets])]
        return _choice(line, bare)

    def _of_cells(self, line: str, cells: Sequence[str]) -> list[Result]:
        roles = self._table.roles if self._table else {}
        index = roles.get("name", -1)
        if index < 0:
            index = next((n for n, cell in enumerate(cells) if _names_a_marker(cell)), -1)
        if index < 0 or index >= len(cells):
            return self._of_text(line, " ".join(cells))
        name, units = name_and_units(cells[index])
        name = name or cells[index]
        besides_name = [cell for n, cell in enumerate(cells) if n != index]
        value_index = roles.get("value", -1)
        values = [cells[value_index]] if 0 <= value_index < len(cells) else besides_name
        for cell in values:
            number_and_remainder = _leading_number(cell, commas=self._commas)
            if number_and_remainder is not None:
                number, after = number_and_remainder
                other_cells = [other for other in besides_name if other is not cell]
                unit_index = roles.get("unit", -1)
                units += [cells[unit_index]] if 0 <= unit_index < len(cells) else []
                return [_result(line, name, number, after, [*units, *other_cells])]
        words = [cell for cell in values if cell]
        return [Result(_quoted(line), words[0], (name,))] if _names_a_marker(name) and words else []

    def _with_day(self, result: Result, dates: Sequence[Dated]) -> Result:
        days = [dated.day for dated in dates if dated.day]
        day = days[0] if days else self._drawn
        if dates and not days:
            self._unclear = self._unclear or dates[0]
            note = "The date can be read in two ways: enter when it was measured"
            result = Result(**{**vars(result), "warnings": (*result.warnings, note)})
        return _dated(result, day)

    def _day_alone(self, dates: Sequence[Dated]) -> None:
        """Dates of a line without a value: the blood draw's, the report's, or none of interest."""
        for dated in dates:
            is_drawn = bool(DRAWN.search(dated.label))
            if TITLE.fullmatch(dated.label):
                self._title = self._title or dated
            elif NOT_DRAWN.search(dated.label) and not is_drawn:
                continue
            elif dated.day is None:
                self._unclear = dated if is_drawn else self._unclear or dated
            elif is_drawn or not self._has_drawn:
                self._drawn, self._has_drawn = dated.day, is_drawn

    def _birth(self, line: str, dates: Sequence[Dated]) -> None:
        if sex := _SEX.search(line):
            self.report.results.append(Result(_quoted(line), sex[1], ("sex",)))
        if age := _AGE.search(line):
            age_result = Result(_quoted(line), float(age[1]), ("age",), written=age[1])
            self.report.results.append(age_result)
        if dates and dates[0].day:
            self.report.birth_date = dates[0].day
        else:
            self.report.leave_out(line, "has no birth date that can be read; write 1970-03-01")


def _quoted(line: str) -> str:
    return printable(line.strip().replace("\t", " "), LONGEST_TEXT)


def _dated(result: Result, day: str | None) -> Result:
    if result.date or not day:
        return result
    return Result(**{**vars(result), "date": day, "moment": day})


def _names_a_marker(name: str) -> bool:
    return bool(name_and_units(name)[0])


def _result(line: str, name: str, number: Number, after: str, aside: Sequence[str]) -> Result:
    return Result(
        source_text=_quoted(line),
        value=number.value,
        names=(name,),
        comparator=number.comparator,
        unit=_unit_in(name, after, aside),
        written=number.written,
    )


def _unit_in(name: str, after: str, aside: Sequence[str]) -> str:
    """The unit after a number, before or behind the range, or in brackets; "" if there is none.

    Raises
    ------
    NotUsable
        If another number stands before the unit: which of them is the value?
    """
    identified = by_name(name)
    if identified is None:
        return next((text for text in (*after.split(), *aside) if _looks_like_unit(text)), "")
    if identified.feature.kind == "choice":
        return ""
    marker = identified.feature
    words = _RANGE.sub(" ", after).replace("\t", " ").split()
    words = [word for word in words if not FLAG.fullmatch(word) or _is_unit(marker, word)]
    for first in range(len(words)):
        for n_words in range(min(MOST_WORDS_OF_UNIT, len(words) - first), 0, -1):
            if _is_unit(marker, text := " ".join(words[first : first + n_words]).strip(" ,;")):
                _refuse_second_number(words[:first])
                return text
    for text in aside:
        if _is_unit(marker, text):
            return text
    loose = (*words[:1], *aside)
    unknown = next((text.strip(" ,;") for text in loose if _looks_like_unit(text)), "")
    if not unknown:
        _refuse_second_number(words)
    return unknown


def _refuse_second_number(words: Sequence[str]) -> None:
    number = next((word for word in words if _LONE.fullmatch(word)), None)
    if number is not None:
        raise NotUsable(f"has a second number, {number}: which is the value?")


def _is_unit(marker: Biomarker, text: str) -> bool:
    if not text or unit_key(text).isdigit():
        return False
    other_units = {unit_key(quantity.unit) for quantity in marker.mistaken_for if quantity.unit}
    other_units |= {
        unit_key(spelling) for quantity in marker.mistaken_for for spelling, _ in quantity.units
    }
    return find_unit(marker.units, text) is not None or unit_key(text) in other_units


def _looks_like_unit(text: str) -> bool:
    """Whether a word is a unit, though none of the biomarker's."""
    plain = text.strip(" ,;")
    return bool(re.fullmatch(r"(?:[x×]?\s*10\S*|[^\W\d_]\S{0,5}|%)\s?/\s?\S{1,12}|%\S*", plain)) or is_any_unit(plain)  # fmt: skip


def _leading_number(cell: str, *, commas: bool) -> tuple[Number, str] | None:
    """The number that a cell begins with, after a flag, and what is behind it."""
    words = cell.split()
    while words and FLAG.fullmatch(words[0]):
        words = words[1:]
    text = " ".join(words)
    match = _CANDIDATE.match(text)
    if match is None or (_RANGE.fullmatch(text) and not read_number(text, commas=commas)):
        return None
    number = read_number(match[0], commas=commas)
    return (number, text[match.end() :]) if number else None


def _pressure(line: str, bare: str) -> list[Result]:
    """Both blood pressures of a line such as "RR 128/82 mmHg"."""
    if not (_PRESSURE.search(bare) and (match := _PAIR.search(bare))):
        return []
    after = bare[match.end() :]
    unit = _unit_in("systolic_bp", after, asides(bare)) or "mmHg"
    source = _quoted(line)
    pair = (("systolic_bp", match[1]), ("diastolic_bp", match[2]))
    return [Result(source, float(value), (key,), unit=unit, written=value) for key, value in pair]


def _choice(line: str, bare: str) -> list[Result]:
    """A line such as "Sex: female"."""
    name, mark, word = re.sub(r"[\t;]", ":", bare, count=1).partition(":")
    word = re.split(r"\s{2,}|\t|\S+:", word.strip(), maxsplit=1)[0]
    identified = by_name(name) if mark else None
    if identified is None or identified.feature.kind != "choice" or not word.strip():
        return []
    return [Result(_quoted(line), word.strip(" ;,|\t"), (name.strip(),))]
