"""Numbers and moments as people read them, without the packages of the charts."""

from datetime import datetime

YEARS = "years"
MINUS = "\N{MINUS SIGN}"


def number(value: float, unit: str = YEARS) -> str:
    """One decimal of a year, two of any other unit."""
    text = f"{value:,.{1 if unit == YEARS else 2}f}"
    return text.replace("-", MINUS if text.strip("-0.,") else "")


def signed(value: float, unit: str = YEARS) -> str:
    """A change: "+2.1"; nothing is neither plus nor minus."""
    text = number(value, unit)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def measured(value: float | str | None, unit: str) -> str:
    """A biomarker's value with its unit."""
    if value is None:
        return "not measured"
    text = value if isinstance(value, str) else f"{value:.4g}"
    return f"{text} {unit}".rstrip()


def credits_text(count: int) -> str:
    """An amount of money."""
    return f"{count:,} credit{'' if abs(count) == 1 else 's'}"


def moment(at: datetime | None) -> str:
    """When, in UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
