from collections.abc import Callable

import pytest
from agelens.clocks.base import Clock
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from agelens.domain.panel import Panel, read_panel

ANSWERS = {
    "bone_density": 0.9,
    "vision_sharpness": 0.45,
    "hearing_ability": 50,
    "systolic_bp": 145,
    "diastolic_bp": 95,
    "total_cholesterol": 6.1,
    "glucose": 7.0,
    "cognitive_function": 60,
    "smoking_status": "former",
}


@pytest.fixture(scope="session")
def clock() -> Clock:
    """The shipped kaggle-age."""
    return load_clock(read_bundle(shipped("kaggle-age")))


@pytest.fixture
def panel_of(clock: Clock) -> Callable[..., Panel]:
    """A complete panel with some answers changed; None takes one away."""

    def make(age: float | None = None, **changes: object) -> Panel:
        return read_panel(clock.manifest.features, {**ANSWERS, **changes}, None, age)

    return make
