"""One line of the bench: a figure, what it is held against, and how far it may be from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


class NotMeasuredError(Exception):
    """Something that could not be measured."""


@dataclass(frozen=True)
class Comparison:
    """A measured figure and that of `against`, the baseline, both in `unit`."""

    name: str
    unit: str
    figure: float
    baseline: float
    against: str
    bound: Literal["<=", ">="]
    target: float
    spread: str

    @property
    def ratio(self) -> float:
        """The figure as a multiple of the baseline."""
        return self.figure / self.baseline

    @property
    def reached(self) -> bool:
        """Whether the ratio is on the right side of its target."""
        return self.ratio <= self.target if self.bound == "<=" else self.ratio >= self.target

    def __str__(self) -> str:
        """The figures alone."""
        return f"{number(self.figure)} {self.unit} against {number(self.baseline)} ({self.against})"


def number(value: float) -> str:
    """To three digits, or to the unit where that is more."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(rows: Sequence[Comparison]) -> str:
    """The rows as a person reads them."""
    lines = [f"{'':<46}{'AgeLens':>10}{'baseline':>10}{'ratio':>9}{'target':>10}"]
    for row in rows:
        figures = f"{number(row.figure):>10}{number(row.baseline):>10}{row.ratio:>8.2f}x"
        target = f"{f'{row.bound} {row.target:.3g}x':>10}"
        verdict = "reached" if row.reached else "MISSED"
        lines.append(f"{f'{row.name}, {row.unit}':<46}{figures}{target}  {verdict}")
        lines.append(f"    against {row.against}; {row.spread}")
    return "\n".join(lines)
