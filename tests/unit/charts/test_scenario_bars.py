"""The bars of a what-if: none that is moved leaves its place, or hides among the others."""

from typing import Any

import plotly.graph_objects as go
from agelens import charts
from agelens.languages import in_language
from unit.charts.made_up import result, row

NAMES = [f"marker{number}" for number in range(12)]
BEFORE = result(*(row(name, 12.0 - place, value=5.0) for place, name in enumerate(NAMES)))


def moved(**effects: float) -> dict[str, Any]:
    """With other values of these factors, and these effects."""
    rows = [
        each
        | ({"years": effects[key], "value": 6.0} if (key := each["feature"]) in effects else {})
        for each in BEFORE["contributions"]
    ]
    return result(*rows)


def names(made: go.Figure) -> list[str]:
    """The names of the rows from the top, without their values."""
    return [text.split(">")[1].split("<")[0] for text in made.layout.yaxis.ticktext]


def test_a_bar_that_becomes_small_or_large_keeps_its_row() -> None:
    at_rest = names(charts.scenario_bars(BEFORE, BEFORE))
    assert at_rest == [*(name.capitalize() for name in NAMES[:8]), "All other factors"]
    for effects in ({"marker0": 0.01}, {"marker7": -40.0}, {"marker0": -1.0, "marker3": 30.0}):
        assert names(charts.scenario_bars(BEFORE, moved(**effects))) == at_rest


def test_the_smallest_factor_has_a_row_of_its_own_once_it_is_moved() -> None:
    made = charts.scenario_bars(BEFORE, moved(marker11=0.2))
    assert names(made)[-2:] == ["Marker11", "All other factors"]
    pale, solid = made.data
    assert (pale.x[-2], solid.x[-2]) == (1.0, 0.2)
    assert pale.x[-1] == solid.x[-1] == 4.0 + 3.0 + 2.0
    assert "+1.0 → +0.2" in made.layout.annotations[8].text


def test_values_before_and_after_are_told_in_the_persons_units() -> None:
    values = ({"marker0": "90 mg/dL"}, {"marker0": "110 mg/dL"})
    made = charts.scenario_bars(BEFORE, moved(marker0=13.0), values=values)
    assert "90 mg/dL → 110 mg/dL" in made.layout.yaxis.ticktext[0]
    assert "90 mg/dL → 110 mg/dL" in made.data[1].customdata[0]
    assert "→" not in made.layout.yaxis.ticktext[1]


def test_it_is_told_in_russian() -> None:
    with in_language("ru"):
        made = charts.scenario_bars(BEFORE, moved(marker11=0.2))
    told = " ".join([*made.layout.yaxis.ticktext, made.layout.annotations[-1].text])
    told = told.replace("<br>", " ")
    assert "Все остальные факторы" in told
    assert "до изменений" in told
    assert "Pale" not in told
