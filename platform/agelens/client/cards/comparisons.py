"""The comparison of two results in a notebook."""

from __future__ import annotations

from agelens.client.cards import card_html
from agelens.client.cards.number_format import number, signed
from agelens.client.cards.parts import Bar, bars, card, muted, text_div
from agelens.client.comparisons import Comparison

SHOWN_CHANGES = 8
VERDICTS = {True: "More than noise", False: "Within noise", None: "No figure for noise"}


@card_html.register(Comparison)
def comparison_card(compared: Comparison) -> str:
    """By how much, whether that is more than noise, and what moved."""
    unit = compared.unit
    before, after = (number(each.prediction, unit) for each in (compared.before, compared.after))
    changes = [each for each in compared.markers if each.change][:SHOWN_CHANGES]
    return card(
        "Change between two results",
        text_div(f"{signed(compared.change, unit)} {unit}", large=True),
        text_div(f"From {before} to {after} {unit}. {VERDICTS[compared.real]}."),
        muted(compared.sentence),
        bars(
            [*_bars_without_marker(compared), *(Bar(m.label, "", m.change) for m in changes)], unit
        ),
        aside=f"{compared.model.name} {compared.model.version}",
    )


def _bars_without_marker(compared: Comparison) -> list[Bar]:
    """The parts that no biomarker has."""
    rows = []
    if compared.version:
        note = f"{compared.version.before} → {compared.version.after}"
        rows.append(Bar("Version of the clock", note, compared.version.change))
    if compared.time.change:
        years_passed = compared.time.years_passed
        note = f"{signed(years_passed)} years" if years_passed else ""
        name = "Time passed" if years_passed else "Starting point"
        rows.append(Bar(name, note, compared.time.change))
    return rows
