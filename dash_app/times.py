"""Dates and times, shown in the browser's time zone."""

from datetime import UTC, datetime
from typing import Literal

from agelens import languages
from agelens.languages import N_, _
from dash import html

from dash_app.content import Content


def date(moment: datetime) -> str:
    """A day in UTC: "4 May 2026", for where only text can stand."""
    return languages.day(moment.astimezone(UTC))


def local(
    moment: datetime | None,
    *,
    otherwise: str = N_("never"),
    show: Literal["moment", "date", "time"] = "moment",
) -> Content:
    """A moment in UTC, which assets/times.js turns into the time of whoever reads it."""
    if moment is None:
        return _(otherwise)
    exact = moment.astimezone(UTC)
    iso = exact.isoformat(timespec="seconds").replace("+00:00", "Z")
    day, time = date(exact), f"{exact:%H:%M} UTC"
    text = {"date": day, "time": time, "moment": f"{day}, {time}"}[show]
    return html.Time(text, dateTime=iso, title=iso, **{"data-local": show})
