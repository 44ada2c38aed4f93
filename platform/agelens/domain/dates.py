"""Dates of measurement and of birth, and the age between them."""

from datetime import UTC, date, datetime, timedelta

EARLIEST = date(1900, 1, 1)
# How countries write 3/12/2025, from CLDR 47; those whose languages differ, or that write the year first,
# are undecided
MONTH_FIRST = frozenset(("AS", "FM", "GU", "MH", "MP", "PA", "PR", "PW", "UM", "US", "VI"))
UNDECIDED_ORDER = frozenset((
    "AF", "AX", "BI", "BJ", "BT", "CA", "CN", "ER", "ET", "GH", "HU", "IN", "IR", "JP", "KE", "KP",
    "KR", "LT", "MN", "NP", "PH", "SE", "TG", "TW", "ZA", "ZZ",
))  # fmt: skip
AHEAD_OF_UTC = timedelta(hours=14)  # where the day begins first


def today() -> date:
    """The day in UTC: of what was measured on a day that nobody named."""
    return datetime.now(UTC).date()


def latest() -> date:
    """The last day that has begun anywhere on Earth; what lies behind it is in the future."""
    return (datetime.now(UTC) + AHEAD_OF_UTC).date()


def is_month_first(country: str | None) -> bool | None:
    """Whether a country writes 3/12/2025 for the 12th of March; None where that is not certain."""
    if country is None or country in UNDECIDED_ORDER:
        return None
    return country in MONTH_FIRST


def objection(day: date) -> str | None:
    """What is wrong with a day of measurement or of birth, if anything is."""
    if day > latest():
        return "must not be in the future"
    return f"must not be before {EARLIEST.year}" if day < EARLIEST else None


def age_years(birth: date, day: date) -> float:
    """The age on a day, in years, rounded down to two decimals; negative before the birth.

    Whole years turn on the birthday (of 29 February, on 1 March of a common year), so that nobody
    is 17.99 on the day of becoming 18.
    """
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    last, following = (_birthday(birth, birth.year + years + more) for more in (0, 1))
    hundredths = 100 * (day - last).days // (following - last).days
    return years + hundredths / 100


def _birthday(birth: date, year: int) -> date:
    try:
        return birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
