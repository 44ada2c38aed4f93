"""Dates as FHIR and reports write them."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from agelens.domain.dates import latest

MONTHS = (
    ("jan", "ene", "янв"), ("feb", "fév", "фев"), ("mar", "mär", "mrz", "мар"),
    ("apr", "avr", "abr", "апр"), ("may", "mai", "май", "мая"), ("jun", "juin", "июн"),
    ("jul", "juil", "июл"), ("aug", "août", "ago", "авг"), ("sep", "сен"), ("oct", "okt", "окт"),
    ("nov", "ноя"), ("dec", "dez", "déc", "dic", "дек"),
)  # fmt: skip
_WORD = r"[^\W\d_]{3,10}"
_TIME = r"(?:[T ,]{1,3}(?:at |um )?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]+)?(?: ?[AaPp][Mm]\b| ?Uhr\b|Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_FORMS = re.compile(
    rf"(?<![0-9./-])(?:(?P<y>[12][0-9]{{3}})[-/.](?P<m>[0-9]{{1,2}})[-/.](?P<d>[0-9]{{1,2}})"
    rf"|(?P<d2>[0-9]{{1,2}})\.(?P<m2>[0-9]{{1,2}})\.(?P<y2>[12][0-9]{{3}}|[0-9]{{2}})"
    rf"|(?P<a>[0-9]{{1,2}})(?P<sep>[/-])(?P<b>[0-9]{{1,2}})(?P=sep)(?P<y3>[12][0-9]{{3}})"
    rf"|(?P<d4>[0-9]{{1,2}})(?:\.|st|nd|rd|th)?[ -](?:of |de )?(?P<w4>{_WORD})\.?,?[ -](?:de )?(?P<y4>[12][0-9]{{3}})"
    rf"|\b(?P<w5>{_WORD})\.? (?P<d5>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<y5>[12][0-9]{{3}})){_TIME}(?![0-9/])"
)
_SLASHES = re.compile(r"(?<![0-9/])([0-9]{1,2})/([0-9]{1,2})/[12][0-9]{3}(?![0-9/])")
_FHIR = re.compile(r"([0-9]{4})(-[0-9]{2})?(-[0-9]{2})?(T.*)?")
BIRTH = re.compile(
    r"\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|born|geb\.?|geburts\w*|geboren|né le|née le|nacimiento|рожд\w*)",
    re.I,
)
DRAWN = re.compile(
    r"collect|drawn|sample|specimen|abnahme|entnahme|entnommen|prélev|extracción|взят|забор|забран|сдачи",
    re.I,
)
NOT_DRAWN = re.compile(
    r"report|print|receiv|reviewed|order|result|befund|druck|eingang|ausgang|edit|valid|freigabe|issued|imprim|édité|reçu|recib|выда[нч]|печат|распечат|готов|регистрац|заказ|получен|результат",
    re.I,
)
TITLE = re.compile(
    r"\W*(?:(?:(?:lab\w*|blood|medical|clinical|pathology)\W+)+(?:test )?(?:reports?|results?)"
    r"|labor(?:befund|bericht)|результаты? (?:лабораторн\w+ )?(?:анализ|исследован)\w*(?: крови)?)"
    r"(?:\W+(?:of|from|for|dated|vom|von|от|за))?\W*",
    re.I,
)


@dataclass(frozen=True)
class Dated:
    """A date in a line: its label, and its ISO day; two days where it can be read in two ways."""

    written: str
    days: tuple[str, ...]
    label: str = ""

    @property
    def day(self) -> str | None:
        """The day, where there is no doubt."""
        return self.days[0] if len(self.days) == 1 else None


def fhir_moment(text: str) -> tuple[str, str | None]:
    """A dateTime or instant of FHIR as what sorts, in UTC, and as the day that it names.

    A date without a day sorts, and is no day. ("", None) if it is no date.
    """
    match = _FHIR.fullmatch(text)
    if match is None:
        return "", None
    try:
        if match[3] is None:
            day = date(int(match[1]), int((match[2] or "-01")[1:]), 1)
            return day.isoformat()[: len(text)], None
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(), text[:10]
    except (ValueError, OverflowError):
        return "", None


def month_first(text: str) -> bool | None:
    """Whether dates with slashes are 3/25/2024, by those that leave no doubt; None if none does."""
    pairs = [(int(a), int(b)) for a, b in _SLASHES.findall(text)]
    american = any(b > 12 >= a for a, b in pairs)
    return american if american != any(a > 12 >= b for a, b in pairs) else None


def without_dates(text: str, *, month_first: bool | None = None) -> tuple[str, list[Dated]]:
    """A line without its dates, and these; the label of one of several stands before it."""
    dates: list[Dated] = []
    end = 0

    def take(match: re.Match[str]) -> str:
        nonlocal end
        try:
            days = _days(match, month_first)
        except ValueError:
            return match[0]
        dates.append(Dated(match[0].strip(), days, text[end : match.start()]))
        end = match.end()
        return " "

    bare = _FORMS.sub(take, text)
    return bare, [replace(dates[0], label=bare)] if len(dates) == 1 else dates


def age_in_years(birth_date: str, day: str) -> float | None:
    """The age on a day in years, to one decimal; None if it is no age of somebody alive."""
    days = (date.fromisoformat(day) - date.fromisoformat(birth_date)).days
    years = round(days / 365.25, 1)
    return years if 0 <= years <= 130 else None


def is_day(text: str) -> bool:
    """Whether it is an ISO date of the calendar."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _days(match: re.Match[str], month_first: bool | None) -> tuple[str, ...]:
    """ISO; two where day and month cannot be told apart. ValueError if it is no date."""
    if not match["a"]:
        return (_day(match),)
    first, second, year = int(match["a"]), int(match["b"]), int(match["y3"])
    if first <= 12 and second <= 12 and first != second and month_first is None:
        readings = date(year, second, first), date(year, first, second)
        past = [day for day in readings if day <= latest()]
        return tuple(day.isoformat() for day in past or readings)
    is_american = second > 12 or (month_first is True and first <= 12)
    day, month = (second, first) if is_american else (first, second)
    return (date(year, month, day).isoformat(),)


def _day(match: re.Match[str]) -> str:
    """ISO, of a form that says which is the month. ValueError if it is no date."""
    for suffix in ("", "2"):
        if match["y" + suffix]:
            year = int(match["y" + suffix])
            year += 0 if year >= 100 else 2000 if year < 50 else 1900
            return date(year, int(match["m" + suffix]), int(match["d" + suffix])).isoformat()
    suffix = "4" if match["y4"] else "5"
    word = match["w" + suffix].casefold()
    month = next((n for n, names in enumerate(MONTHS, 1) if word.startswith(names)), 0)
    return date(int(match["y" + suffix]), month, int(match["d" + suffix])).isoformat()
