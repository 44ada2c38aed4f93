"""A row of a forest plot: a clock, what it says of somebody, and how that is written."""

import textwrap
from dataclasses import dataclass

from agelens.charts.number_format import YEARS, Wire, escape, number, ordinal, printed, share
from agelens.charts.style import ESTIMATE, NEUTRAL, OLDER, YOUNGER, ink, muted
from agelens.charts.verdicts import Verdict
from agelens.languages import _

SAME_AGE_YEARS = 0.05
LONGEST_LINE, BESIDE_INTERVAL = 30, 22  # of a telephone's width
TITLE_LINES = 2
SHADES = {"older": OLDER, "younger": YOUNGER, "unclear": NEUTRAL}


@dataclass(frozen=True)
class Row:
    """A clock's title and what it says of somebody of this age."""

    title: str
    result: Wire
    verdict: Verdict | None
    age: float | None

    @property
    def is_age(self) -> bool:
        return bool(self.result["unit"] == YEARS)

    @property
    def shade(self) -> str:
        """Red, blue, or the grey of what may be chance."""
        return SHADES[self.verdict.kind] if self.verdict else ESTIMATE

    @property
    def usual(self) -> float | None:
        """What is typical of people of the same age and sex; None where that is the age itself."""
        if self.verdict is None or self.age is None:
            return None
        typical = self.verdict.typical
        return typical if abs(typical - self.age) >= SAME_AGE_YEARS else None

    @property
    def rank(self) -> float | None:
        """The percentile of an answer that is no age."""
        rank = self.result.get("rank")
        return rank["percentile"] if rank else None


def title_text(row: Row) -> str:
    """Without the source in brackets behind it, on lines that are short enough for a telephone."""
    title = row.title.partition(" (")[0]
    most = BESIDE_INTERVAL if row.is_age and row.result["interval"] else LONGEST_LINE
    lines = textwrap.wrap(title, most, max_lines=TITLE_LINES, placeholder="…")
    return "<br>".join(ink(f"<b>{escape(line)}</b>") for line in lines)


def value_text(row: Row) -> str:
    """The number, with its interval or its rank."""
    result, unit = row.result, row.result["unit"]
    value = number(result["prediction"], unit)
    if not row.is_age:
        text = f"<b>{value}</b> {escape(printed(unit))}"
        return text if row.rank is None else f"{text} {muted(_ranked(row.rank))}"
    if not (interval := result["interval"]):
        return f"<b>{value}</b>"
    low, high = (number(interval[end], unit) for end in ("low", "high"))
    return f"<b>{value}</b> {muted(_('{low} to {high}', low=low, high=high))}"


def _ranked(rank: float) -> str:
    return _("{place} of 100", place=ordinal(round(rank)))


def hover_text(row: Row) -> str:
    """All of it, where a pointer is over the mark."""
    result, unit = row.result, row.result["unit"]
    parts = [_wrapped(row.title), f"{number(result['prediction'], unit)} {escape(printed(unit))}"]
    if row.rank is not None:
        parts.append(_ranked(row.rank))
    if interval := result["interval"]:
        low, high = (number(interval[end], unit) for end in ("low", "high"))
        level = share(interval["level"])
        parts.append(_("{level} range: {low} to {high}", level=level, low=low, high=high))
    return "<br>".join(parts)


def _wrapped(title: str) -> str:
    return f"<b>{'<br>'.join(map(escape, textwrap.wrap(title, 40)))}</b>"
