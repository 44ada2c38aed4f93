"""A slider shows where the training data end, and never ends at what was measured."""

from typing import Any

import pytest
from agelens.client.slider_ranges import slider_range

MMOL = {"unit": "mmol/L", "factor": 1.0, "offset": 0.0}
MG = {"unit": "mg/dL", "factor": 0.05551, "offset": 0.0}
GLUCOSE: dict[str, Any] = {
    "units": [MMOL, MG],
    "decimals": 1,
    "plausible": [0.5, 60.0],
    "training": [4.0, 10.0],
}


def test_a_slider_goes_a_little_beyond_the_training_data() -> None:
    found = slider_range(GLUCOSE, None, 5.4)
    assert (found.low, found.high, found.step) == (3.3, 10.7, 0.1)
    assert found.training == (4.0, 10.0)


def test_it_is_in_the_persons_unit() -> None:
    found = slider_range(GLUCOSE, "mg/dL", 5.4)
    assert (found.low, found.high, found.decimals) == (60, 193, 0)
    assert found.training == pytest.approx((72.06, 180.15), abs=0.01)


@pytest.mark.parametrize("value", [1.0, 4.0, 10.0, 23.0, 59.0])
def test_it_has_room_on_both_sides_of_what_was_measured(value: float) -> None:
    found = slider_range(GLUCOSE, None, value)
    assert found.low <= value - 0.5
    assert found.high >= value + 0.5


@pytest.mark.parametrize("value", [0.5, 60.0, 0.512])
def test_it_never_leaves_what_is_plausible(value: float) -> None:
    found = slider_range(GLUCOSE, None, value)
    assert 0.5 <= found.low <= value <= found.high <= 60.0


def test_without_training_data_it_covers_what_is_plausible() -> None:
    found = slider_range(GLUCOSE, None, 5.4, trained=False)
    assert (found.low, found.high, found.training) == (0.5, 60.0, None)
    assert slider_range(GLUCOSE | {"training": None}, None).training is None


def test_a_clock_that_says_nothing_of_ages_has_those_of_adults() -> None:
    years = {"units": [{"unit": "years", "factor": 1.0}], "decimals": 0, "plausible": None}
    assert slider_range(years, None)[:3] == (18, 100, 1)


def test_what_was_measured_beyond_the_last_whole_step_is_still_inside() -> None:
    found = slider_range(GLUCOSE, "mg/dL", 59.98)  # 60 mmol/L are 1080.9 mg/dL
    assert found.high == pytest.approx(59.98 / 0.05551)
