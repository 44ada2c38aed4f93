"""Body systems: a result's factors grouped as the registry of biomarkers groups them."""

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from agelens.charts.explanation import effect, end, start
from agelens.charts.number_format import Wire, amount, escape
from agelens.charts.waterfall_steps import Step, staircase
from agelens.languages import N_, _, ngettext

OTHER = N_("Other")
# The registry's groups, so that they are translated
GROUPS = (
    N_("Body"),
    N_("Heart and circulation"),
    N_("Metabolism"),
    N_("Liver and kidney"),
    N_("Blood and immune system"),
    N_("Senses, mind, lungs"),
    N_("Way of life"),
    N_("History"),
    N_("About you"),
)


@dataclass(frozen=True)
class BodySystem:
    """One group of factors, the largest first, and what they add together, in the clock's unit."""

    name: str
    rows: tuple[Wire, ...]

    @property
    def change(self) -> float:
        """The sum of the factors' contributions."""
        return float(sum(row["years"] for row in self.rows))


def body_systems(result: Wire, groups: Mapping[str, str]) -> list[BodySystem]:
    """The factors of a result by body system, the system that adds most to either side first.

    `groups` has the registry's group of each feature; factors without one come last, as "Other".
    """
    rows = sorted(result["contributions"], key=lambda row: -abs(row["years"]))
    names = dict.fromkeys(groups.get(row["feature"]) or OTHER for row in rows)
    systems = [
        BodySystem(name, tuple(r for r in rows if (groups.get(r["feature"]) or OTHER) == name))
        for name in names
    ]
    return sorted(systems, key=lambda system: (system.name == OTHER, -abs(system.change)))


def systems_waterfall(
    result: Wire, groups: Mapping[str, str], *, chronological_age: float | None = None
) -> go.Figure:
    """From the starting point, one bar for each body system, to the result: all of it, nothing left out."""
    unit = result["unit"]
    steps = [_step(system, unit) for system in body_systems(result, groups)]
    return staircase(start(result, chronological_age), steps, end(result), unit)


def _step(system: BodySystem, unit: str) -> Step:
    rows = system.rows
    lines = [f"{escape(row['label'])}: {amount(row['years'], unit)}" for row in rows]
    head = f"<b>{escape(_(system.name))}</b>: {effect(system.change, unit)}"
    return Step(
        _(system.name),
        ngettext("{n} factor", "{n} factors", len(rows), n=len(rows)),
        system.change,
        "<br>".join([head, *lines]),
        all(row["imputed"] for row in rows),
        any(row["clipped"] for row in rows),
    )
