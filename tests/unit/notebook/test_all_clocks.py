"""The All clocks tab on a made-up service with three clocks, one of them a demonstration."""

from typing import Any

import pytest
from agelens.notebook import Explorer
from agelens.notebook.all_clocks_tab import AllClocksTab
from agelens.notebook.figure_widget import InPlaceFigureWidget
from agelens.notebook.number_control import NumberControl
from agelens.notebook.static_explorer import StaticExplorer
from unit.notebook.service import FEATURES, MODEL, Service, number, problem

SECONDS = 60.0
ALBUMIN = number("albumin", {"g/L": 1.0}, [10, 70], training=[30, 50])
GLUCOSE = next(f for f in FEATURES if f["key"] == "glucose") | {"training": [3.0, 9.0]}
OTHER = MODEL | {
    "name": "other", "title": "Another clock", "price": 3, "default": False,
    "features": [ALBUMIN, GLUCOSE],
}  # fmt: skip
SHOW = MODEL | {"name": "show", "title": "Synthetic", "demonstration": True, "default": False}


@pytest.fixture
def explorer(service: Service) -> Explorer:
    service.clocks = [MODEL, OTHER, SHOW]
    return Explorer(service.client())


@pytest.fixture
def tab(explorer: Explorer) -> AllClocksTab:
    explorer._tabs.selected_index = 1
    return settled(explorer._all_clocks_tab)


def settled(tab: AllClocksTab) -> AllClocksTab:
    assert tab._check_worker.wait_until_idle(SECONDS)
    assert tab._pay_worker.wait_until_idle(SECONDS)
    return tab


def control_of(tab: AllClocksTab, key: str) -> NumberControl:
    found = tab.form.controls[key]
    assert isinstance(found, NumberControl)
    return found


def test_one_form_has_the_biomarkers_of_all_clocks_each_once(tab: AllClocksTab) -> None:
    assert list(tab.form.controls) == [
        "chronological_age", "systolic_bp", "glucose", "smoking_status", "height", "albumin",
    ]  # fmt: skip
    assert control_of(tab, "glucose").label == "Glucose"  # nothing is required
    assert control_of(tab, "glucose").feature["training"] == [3.0, 9.0]


def test_it_begins_with_a_made_up_person_and_asks_nothing_before_it_is_opened(
    explorer: Explorer,
) -> None:
    assert explorer._all_clocks_tab.chips.value == ""
    explorer._tabs.selected_index = 1
    tab = settled(explorer._all_clocks_tab)
    assert "made-up person" in tab.message.value
    assert control_of(tab, "systolic_bp").value == 150.0


def test_chips_say_who_is_ready_and_the_button_what_that_costs(tab: AllClocksTab) -> None:
    assert "Another clock: ready" in tab.chips.value
    assert "Synthetic: ready (demonstration: synthetic data)" in tab.chips.value
    assert tab.button.description == "Calculate all that are ready (13 credits)"
    assert not tab.button.disabled


def test_chips_follow_the_values(tab: AllClocksTab) -> None:
    control_of(tab, "glucose").measured.value = False
    settled(tab)
    assert "Made up: needs glucose" in tab.chips.value
    assert (tab.button.description, tab.button.disabled) == ("No clock is ready yet", True)


def test_all_that_are_ready_are_calculated_once_and_drawn(
    explorer: Explorer, tab: AllClocksTab, service: Service
) -> None:
    tab.button.click()
    settled(tab)
    found = explorer.assessment
    assert found is not None
    assert sorted(found.results) == ["made-up", "other"]  # a demonstration is left out
    assert "20 credits were charged." in tab.message.value
    assert "made-up" in tab.table.value
    tab.button.click()
    settled(tab)
    assert len(service.assessments) == 2  # calculated anew only because it is asked for anew


def test_the_forest_is_drawn_on_the_one_figure_of_the_page(
    explorer: Explorer, tab: AllClocksTab
) -> None:
    figure = explorer.figure
    assert explorer.assess() is not None
    assert explorer.figure is figure
    assert isinstance(figure, InPlaceFigureWidget)
    texts = " ".join(each.text for each in figure.layout.annotations)
    assert "<b>Made up</b>" in texts
    assert "<b>Another clock</b>" in texts
    explorer._tabs.selected_index = 0
    assert "Another clock" not in " ".join(e.text for e in figure.layout.annotations)


def test_a_refusal_is_said_and_nothing_is_calculated(
    explorer: Explorer, tab: AllClocksTab, service: Service
) -> None:
    service.refusal = problem(402, "insufficient_credits", "You have 0 credits.")
    assert explorer.assess() is None
    assert "Not enough credits; nothing was charged" in tab.message.value
    assert explorer.assessment is None


def test_a_value_that_cannot_be_used_is_blamed_on_its_field(
    explorer: Explorer, tab: AllClocksTab, service: Service
) -> None:
    wrong: list[dict[str, Any]] = [
        {"pointer": "/answers/glucose", "field": "glucose", "message": "is too high"}
    ]
    service.refusal = problem(422, "invalid_answers", "No.", errors=wrong)
    assert explorer.assess() is None
    assert control_of(tab, "glucose").problem == "is too high"


def test_without_widgets_it_is_a_method(service: Service) -> None:
    service.clocks = [MODEL, OTHER, SHOW]
    static = StaticExplorer(service.client())
    found = static.assess()
    assert sorted(found.results) == ["made-up", "other"]
    assert static.assess() is found
    assert len(service.assessments) == 1
    assert "other" in static._repr_html_()
