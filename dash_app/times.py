"""Moments as people read them: in the time of their browser, exact in the title."""

from datetime import UTC, datetime
from typing import Any

from dash import html


def local(moment: datetime | None, *, otherwise: str = "never", date_only: bool = False) -> Any:
    """A moment in UTC, which assets/times.js turns into the time of whoever reads it."""
    if moment is None:
        return otherwise
    exact = moment.astimezone(UTC)
    iso = exact.isoformat(timespec="seconds").replace("+00:00", "Z")
    text = f"{exact.day} {exact:%b %Y}" if date_only else f"{exact.day} {exact:%b %Y, %H:%M} UTC"
    kind = {"data-local": "date" if date_only else "moment"}
    return html.Time(text, dateTime=iso, title=iso, **kind)
