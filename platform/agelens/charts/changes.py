"""Differences between two results, factor by factor."""

from dataclasses import dataclass

from agelens.charts.number_format import Wire, number, values_text
from agelens.languages import N_, _

STARTING_POINT = N_("Starting point")
# A factor that did not change is the same to the last digit or two.
UNCHANGED = 1e-9


@dataclass(frozen=True)
class Change:
    """One factor's difference; `note` tells its values, "128 → 190 mmHg"."""

    label: str
    note: str
    change: float
    imputed: bool = False
    clipped: bool = False


def changes(before: Wire, after: Wire) -> list[Change]:
    """The base value's difference, then that of each factor that differs, the largest first.

    Together they are the difference of the predictions.
    """
    unit = after["unit"]
    starts = before["base_value"], after["base_value"]
    note = " → ".join(number(start, unit) for start in starts)
    base = starts[1] - starts[0]
    starting_point = Change(_(STARTING_POINT), note, base if abs(base) > UNCHANGED else 0.0)
    old, new = ({row["feature"]: row for row in r["contributions"]} for r in (before, after))
    factors = [_factor(old.get(key), new.get(key)) for key in {**new, **old}]
    differing = [factor for factor in factors if abs(factor.change) > UNCHANGED]
    return [starting_point, *sorted(differing, key=lambda factor: -abs(factor.change))]


def model_change(before: Wire, after: Wire) -> str:
    """Which two clocks the results come from; nothing when one version gave both."""
    first, second = (f"{r['model']['name']} {r['model']['version']}" for r in (before, after))
    return "" if first == second else f"{first} → {second}"


def _factor(was: Wire | None, now: Wire | None) -> Change:
    rows = [row for row in (was, now) if row]
    return Change(
        rows[-1]["label"],
        values_text(was, now),
        (now["years"] if now else 0.0) - (was["years"] if was else 0.0),
        any(row["imputed"] for row in rows),
        any(row["clipped"] for row in rows),
    )
