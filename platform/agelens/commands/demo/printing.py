"""How the demo looks: headings, checks, results, wallets, histories."""

from collections.abc import Iterable, Sequence

import click

from agelens.client import Contribution, InvalidAnswers, Result, Task, Transaction

WIDTH = 88
YEARS_PER_BLOCK = 0.5
MOST_BLOCKS = 24
FACTORS_SHOWN = 6


class Checks:
    """What must hold in the demo; whatever does not is said, and makes the demo fail."""

    def __init__(self) -> None:
        self.n_made = 0
        self.failed: list[str] = []

    def expect(self, holds: bool, words: str) -> None:
        """Say what was checked, and whether it is so."""
        self.n_made += 1
        click.echo(
            click.style("  ok  ", fg="green") + words if holds else _loud(f"  NOT SO: {words}")
        )
        if not holds:
            self.failed.append(words)

    def conclude(self) -> int:
        """The last line of the demo, and its exit code."""
        click.echo()
        if self.failed:
            click.echo(f"Error: {len(self.failed)} of {self.n_made} checks failed.", err=True)
            return 1
        click.echo(click.style(f"All {self.n_made} checks passed.", bold=True))
        return 0


def heading(text: str) -> None:
    """Begin a scene."""
    click.echo()
    click.echo(click.style(f"── {text} ".ljust(WIDTH, "─"), bold=True))


def say(text: str) -> None:
    """A sentence of the story."""
    click.echo(f"  {text}")


def problems(error: InvalidAnswers) -> None:
    """What is wrong, field by field."""
    say(f"422 {error.title}")
    for problem in error.problems:
        say(f"    {problem.pointer}: {problem.message}")


def result(name: str, result: Result) -> None:
    """An age with its interval, and what makes it older or younger."""
    age = click.style(f"{result.prediction:.1f} {result.unit}", bold=True)
    say(f"{name}'s biological age is {age}{_interval(result)}.")
    if result.age_gap:
        say(_gap(result))
    say(f"It starts from {result.base_value:.1f} ({result.base_meaning}):")
    for factor in result.contributions[:FACTORS_SHOWN]:
        say(f"  {_factor_text(factor):<42} {factor.years:+6.2f} years {_bar(factor.years)}")
    if others := result.contributions[FACTORS_SHOWN:]:
        years = sum(factor.years for factor in others)
        say(f"  {f'{len(others)} other factors':<42} {years:+6.2f} years {_bar(years)}")
    if result.missing:
        say(f"Not known, so the interval is wider: {', '.join(result.missing)}")


def ledger(entries: Iterable[Transaction]) -> None:
    """A wallet's changes, oldest first."""
    say(f"{'':<10}{'balance':>16}{'held':>14}")
    for entry in entries:
        balance = f"{entry.amount:+d} → {entry.balance_after}" if entry.amount else ""
        held = f"{entry.held_change:+d} → {entry.held_after}" if entry.held_change else ""
        say(f"{entry.kind:<10}{balance:>16}{held:>14}")


def tasks(history: Sequence[Task]) -> None:
    """A history, oldest first."""
    for task in history:
        age = f"{task.result.prediction:5.1f} {task.result.unit}" if task.result else ""
        say(f"{task.created_at:%H:%M:%S}  {task.status:<10} charged {task.charged:>3}  {age}")


def _interval(result: Result) -> str:
    if result.interval is None:
        return f" (no interval: {result.interval_reason})"
    low, high, level = result.interval.low, result.interval.high, result.interval.level
    return f", with {level:.0%} certainty between {low:.1f} and {high:.1f}"


def _gap(result: Result) -> str:
    gap = result.age_gap
    if gap is None:
        return ""
    words = f"That is {abs(gap.raw):.1f} years {'older' if gap.raw > 0 else 'younger'} than the passport says"
    if gap.percentile is not None:
        words += f"; of people of that age, {gap.percentile:.0f} of 100 are biologically younger"
    return words + "."


def _factor_text(factor: Contribution) -> str:
    value = f"{factor.value:g}" if isinstance(factor.value, int | float) else factor.value
    value_text = "not known" if value is None else f"{value} {factor.unit}".strip()
    return f"{factor.label}, {value_text}"


def _bar(years: float) -> str:
    blocks = min(MOST_BLOCKS, round(abs(years) / YEARS_PER_BLOCK))
    return click.style("█" * blocks, fg="red" if years > 0 else "blue")


def _loud(text: str) -> str:
    return click.style(text, fg="red", bold=True)
