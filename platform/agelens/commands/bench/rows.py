"""One line of the bench: a figure, what it is held against, and how far it may be from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Row:
    """A measured figure and its baseline, both in `unit`."""

    name: str
    unit: str
    figure: float
    baseline: float
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


def table(rows: Sequence[Row]) -> str:
    """The rows as a person reads them."""
    lines = [f"{'':<46}{'AgeLens':>12}{'RQ no-op':>12}{'ratio':>8}{'target':>11}"]
    for row in rows:
        figures = f"{row.figure:>12.1f}{row.baseline:>12.1f}{row.ratio:>7.2f}x"
        target = f"{f'{row.bound} {row.target:g}x':>11}"
        verdict = "reached" if row.reached else "MISSED"
        lines.append(f"{f'{row.name}, {row.unit}':<46}{figures}{target}  {verdict}")
        lines.append(f"    {row.spread}")
    return "\n".join(lines)
