"""The comparison of two results in a notebook."""

from __future__ import annotations

from agelens.client.cards import card_html
from agelens.client.cards.parts import Bar, bars, card, line, muted
from agelens.client.cards.wording import number, signed
from agelens.client.comparisons import Comparison

SHOWN_CHANGES = 8
VERDICTS = {True: "More than noise", False: "Within noise", None: "No figure for noise"}


@card_html.register(Comparison)
def comparison_card(compared: Comparison) -> str:
    """By how much, whether that is more than noise, and what moved."""
    unit = compared.unit
    first, second = (number(each.prediction, unit) for each in (compared.before, compared.after))
    moved = [each for each in compared.markers if each.change][:SHOWN_CHANGES]
    return card(
        "Change between two results",
        line(f"{signed(compared.change, unit)} {unit}", large=True),
        line(f"From {first} to {second} {unit}. {VERDICTS[compared.real]}."),
        muted(compared.sentence),
        bars([*_start(compared), *(Bar(m.label, "", m.change) for m in moved)], unit),
        aside=f"{compared.model.name} {compared.model.version}",
    )


def _start(compared: Comparison) -> list[Bar]:
    """The parts that no biomarker has."""
    rows = []
    if compared.version:
        note = f"{compared.version.before} → {compared.version.after}"
        rows.append(Bar("Version of the clock", note, compared.version.change))
    if compared.time.change:
        passed = compared.time.years_passed
        note = f"{signed(passed)} years" if passed else ""
        name = "Time passed" if passed else "Starting point"
        rows.append(Bar(name, note, compared.time.change))
    return rows
