"""Dates as FHIR and reports write them."""

import re
from datetime import UTC, date, datetime

MONTHS = (
    ("jan",), ("feb",), ("mar", "mär", "mrz"), ("apr",), ("may", "mai"), ("jun",), ("jul",),
    ("aug",), ("sep",), ("oct", "okt"), ("nov",), ("dec", "dez"),
)  # fmt: skip
_TIME = r"(?:[T ,]{1,3}(?:at |um )?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]+)?(?: ?[AaPp][Mm]\b| ?Uhr\b|Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_FORMS = re.compile(
    rf"(?<![0-9./-])(?:(?P<y>[12][0-9]{{3}})[-/.](?P<m>[0-9]{{1,2}})[-/.](?P<d>[0-9]{{1,2}})"
    rf"|(?P<d2>[0-9]{{1,2}})\.(?P<m2>[0-9]{{1,2}})\.(?P<y2>[12][0-9]{{3}}|[0-9]{{2}})"
    rf"|(?P<a>[0-9]{{1,2}})(?P<sep>[/-])(?P<b>[0-9]{{1,2}})(?P=sep)(?P<y3>[12][0-9]{{3}})"
    rf"|(?P<d4>[0-9]{{1,2}})\.?[ -](?P<w4>[A-Za-zä]{{3,9}})\.?[ -](?P<y4>[12][0-9]{{3}})"
    rf"|\b(?P<w5>[A-Za-zä]{{3,9}})\.? (?P<d5>[0-9]{{1,2}}),? (?P<y5>[12][0-9]{{3}})){_TIME}(?![0-9/])"
)
_SLASHES = re.compile(r"(?<![0-9/])([0-9]{1,2})/([0-9]{1,2})/[12][0-9]{3}(?![0-9/])")
_FHIR = re.compile(r"([0-9]{4})(-[0-9]{2})?(-[0-9]{2})?(T.*)?")
BIRTH = re.compile(
    r"\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|born|geb\.?|geburts\w*|geboren|né le|née le|nacimiento|рожд\w*)",
    re.I,
)
DRAWN = re.compile(
    r"collect|drawn|sample|specimen|abnahme|entnahme|entnommen|prélev|extracción|взят", re.I
)
NOT_DRAWN = re.compile(
    r"report|print|receiv|reviewed|order|result|befund|druck|eingang|ausgang|edit|valid|freigabe|issued|выдан",
    re.I,
)


def fhir_moment(text: str) -> tuple[str, str | None]:
    """A dateTime or instant of FHIR as what sorts, in UTC, and as the day that it names.

    A date without a day sorts, and is no day. ("", None) if it is no date.
    """
    found = _FHIR.fullmatch(text)
    if found is None:
        return "", None
    try:
        if found[3] is None:
            day = date(int(found[1]), int((found[2] or "-01")[1:]), 1)
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


def without_dates(text: str, *, month_first: bool | None = None) -> tuple[str, list[str | None]]:
    """A line without its dates, and these as ISO days; None is one that can be read in two ways."""
    days: list[str | None] = []

    def take(found: re.Match[str]) -> str:
        try:
            day = _day(found, month_first)
        except ValueError:
            return found[0]
        days.append(day)
        return " "

    return _FORMS.sub(take, text), days


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


def _day(found: re.Match[str], month_first: bool | None) -> str | None:
    """ISO; None where day and month cannot be told apart. ValueError if it is no date."""
    if found["a"]:
        first, second, year = int(found["a"]), int(found["b"]), int(found["y3"])
        if first <= 12 and second <= 12 and first != second and month_first is None:
            return None
        is_american = second > 12 or (month_first is True and first <= 12)
        day, month = (second, first) if is_american else (first, second)
        return date(year, month, day).isoformat()
    for suffix in ("", "2"):
        if found["y" + suffix]:
            year = int(found["y" + suffix])
            year += 0 if year >= 100 else 2000 if year < 50 else 1900
            return date(year, int(found["m" + suffix]), int(found["d" + suffix])).isoformat()
    suffix = "4" if found["y4"] else "5"
    word = found["w" + suffix].casefold()
    month = next((n for n, names in enumerate(MONTHS, 1) if word.startswith(names)), 0)
    return date(int(found["y" + suffix]), month, int(found["d" + suffix])).isoformat()
