"""Sentences about two results: versions, ages, time between them."""

from collections.abc import Sequence
from datetime import datetime

from agelens import charts
from agelens.client import Task

from dash_app import results

YEARS = "years"
DAYS_A_MONTH, DAYS_A_YEAR = 30.44, 365.25
LEAST_MONTHS_DAYS, LEAST_YEARS_DAYS = 60, 700


def exact(change: float) -> str:
    """To a hundredth, with its sign, so that a column of them can be added up by hand."""
    text = f"{change:+.2f}"
    return "0.00" if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


def interval(task: Task) -> str:
    """Where the result is likely to be, or why nobody says."""
    wire = task.wire
    if not wire["interval"]:
        reason = (wire["interval_reason"] or "this clock has none").removeprefix("none: ")
        return f"No interval: {reason}."
    return f"{charts.share(wire['interval']['level'])} interval {results.interval(task)}"


def passed(before: datetime, after: datetime) -> str:
    """How much time lies between."""
    days = abs((after - before).days)
    if days < LEAST_MONTHS_DAYS:
        many = f"{days} day" + ("" if days == 1 else "s")
        return "less than a day" if days == 0 else many
    if days < LEAST_YEARS_DAYS:
        return f"{days / DAYS_A_MONTH:.0f} months"
    return f"{days / DAYS_A_YEAR:.1f} years"


def time_between(before: Task, after: Task) -> str:
    """In which order, and how far apart."""
    where = "after" if after.created_at >= before.created_at else "before"
    return f"The second result was taken {passed(before.created_at, after.created_at)} {where} the first."


def versions(before: Task, after: Task) -> str:
    """Whether the clock itself is the same."""
    if before.model.version == after.model.version:
        return f"Both come from version {after.model.version} of the clock, so the clock is not the reason."
    return (
        f"The clock changed from version {before.model.version} to {after.model.version}. Both results "
        "are explained by the newer version here; what it changes itself is a part of its own."
    )


def ages(before: Task, after: Task) -> str | None:
    """The ages that were given, where they differ."""
    first, second = before.chronological_age, after.chronological_age
    if first == second:
        return None
    texts = ["none" if age is None else f"{age:g}" for age in (first, second)]
    return f"Age entered: {texts[0]} the first time, {texts[1]} the second."


def once(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """What was measured one time only, and so was assumed or left out the other time."""
    texts = []
    for names, when in ((first, "the first time"), (second, "the second time")):
        if names:
            texts.append(f"Measured only {when}: {', '.join(names)}.")
    return texts
