"""The times that the history can be narrowed to."""

from datetime import UTC, date, datetime

from agelens.languages import ngettext

MONTHS = ("12", "24", "60")
MONTHS_A_YEAR = 12
LAST_DAY_OF_ALL_MONTHS = 28


def label(months: str) -> str:
    """Such as "Last 12 months" or "Last 5 years"."""
    count = int(months)
    if count <= MONTHS_A_YEAR:
        return ngettext("Last month", "Last {n} months", count, n=count)
    years = count // MONTHS_A_YEAR
    return ngettext("Last year", "Last {n} years", years, n=years)


def since(period: str | None, today: date | None = None) -> str | None:
    """The day with which a period begins; nothing for what is no period of the list."""
    if period not in MONTHS:
        return None
    day = today or datetime.now(UTC).date()
    month = MONTHS_A_YEAR * day.year + day.month - 1 - int(period)
    first = date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)
    return first.replace(day=min(day.day, LAST_DAY_OF_ALL_MONTHS)).isoformat()
