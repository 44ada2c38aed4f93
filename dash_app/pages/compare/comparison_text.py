"""Sentences about two panels: versions, ages, time between them."""

from collections.abc import Sequence
from datetime import date

from agelens import charts, languages
from agelens.client import PanelComparison, Task
from agelens.languages import N_, _, ngettext

from dash_app import result_format

YEARS = "years"
BEFORE, AFTER = N_("Before"), N_("After")
DAYS_PER_MONTH, DAYS_PER_YEAR = 30.44, 365.25
LEAST_MONTHS_DAYS, LEAST_YEARS_DAYS = 60, 700


def interval(task: Task) -> str:
    """Where the result is likely to be, or why nobody says."""
    wire = task.wire
    if not wire["interval"]:
        reason = (wire["interval_reason"] or _("this clock has none")).removeprefix("none: ")
        return _("No interval: {reason}.", reason=reason)
    level = charts.share(wire["interval"]["level"])
    return _("{level} interval {interval}", level=level, interval=result_format.interval(task))


def elapsed_text(first: date, second: date) -> str:
    """How much time lies between two days."""
    days = abs((second - first).days)
    if days < LEAST_MONTHS_DAYS:
        return ngettext("{n} day", "{n} days", days, n=days)
    if days < LEAST_YEARS_DAYS:
        months = round(days / DAYS_PER_MONTH)
        return ngettext("{n} month", "{n} months", months, n=months)
    return _("{n} years", n=charts.number(days / DAYS_PER_YEAR))


def time_between(compared: PanelComparison) -> str:
    """In which order, and how far apart."""
    first, second = compared.before.measured_on, compared.after.measured_on
    days = {"first": languages.day(first), "second": languages.day(second)}
    if first == second:
        return _("Both blood draws are of {first}.", first=days["first"])
    time = elapsed_text(first, second)
    if second > first:
        return _("From {first} to {second}: {time} passed.", time=time, **days)
    return _("From {first} back to {second}: {time} before.", time=time, **days)


def versions(before: Task, after: Task) -> str:
    """Whether the clock itself is the same."""
    names = {"before": before.model.version, "after": after.model.version}
    if names["before"] == names["after"]:
        return _(
            "Both come from version {after} of the clock, so the clock is not the reason.", **names
        )
    return _(
        "The clock changed from version {before} to {after}. Both results are explained by the newer "
        "version here; what it changes itself is a part of its own.",
        **names,
    )


def ages(before: Task, after: Task) -> str | None:
    """The ages that were given, where they differ."""
    first, second = (
        charts.plain(age) if isinstance(age, int | float) else _("none")
        for age in (before.chronological_age, after.chronological_age)
    )
    if first == second:
        return None
    return _(
        "Age entered: {first} the first time, {second} the second.", first=first, second=second
    )


def once(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """What was measured one time only, and so was assumed or left out the other time."""
    texts = []
    if first:
        texts.append(_("Measured only the first time: {names}.", names=", ".join(first)))
    if second:
        texts.append(_("Measured only the second time: {names}.", names=", ".join(second)))
    return texts
