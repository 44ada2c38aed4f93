"""Moments as people read them: in the time of their browser, exact in the title."""

from datetime import UTC, datetime
from typing import Any, Literal

from dash import html


def local(
    moment: datetime | None,
    *,
    otherwise: str = "never",
    show: Literal["moment", "date", "time"] = "moment",
) -> Any:
    """A moment in UTC, which assets/times.js turns into the time of whoever reads it."""
    if moment is None:
        return otherwise
    exact = moment.astimezone(UTC)
    iso = exact.isoformat(timespec="seconds").replace("+00:00", "Z")
    date, time = f"{exact.day} {exact:%b %Y}", f"{exact:%H:%M} UTC"
    text = {"date": date, "time": time, "moment": f"{date}, {time}"}[show]
    return html.Time(text, dateTime=iso, title=iso, **{"data-local": show})
