from typing import Any

import pytest
from agelens.clocks.base import Clock
from agelens.clocks.bundles import SHIPPED, find_clock
from agelens.clocks.scoring import predict, read_panel_for

PERSON: dict[str, object] = {
    "sex": "female",
    "height": 168,
    "weight": 71,
    "bmi": 25.2,
    "waist": 88,
    "systolic_bp": 128,
    "diastolic_bp": 81,
    "bone_density": 0.9,
    "vision_sharpness": 0.45,
    "hearing_ability": 50,
    "cognitive_function": 60,
    "smoking_status": "former",
    "total_cholesterol": 5.4,
    "hdl": 1.4,
    "triglycerides": 1.3,
    "glucose": 5.3,
    "hba1c": 5.5,
    "albumin": 43,
    "creatinine": 72,
    "uric_acid": 310,
    "urea_nitrogen": 14,
    "alkaline_phosphatase": 71,
    "ggt": 24,
    "bilirubin": 9,
    "crp": 1.4,
    "white_cells": 6.2,
    "lymphocytes": 31,
    "red_cells": 4.6,
    "mean_cell_volume": 90,
    "red_cell_width": 13.1,
    "fev1": 2.9,
    "cystatin_c": 0.9,
    "monocytes": 0.5,
    "neutrophils": 3.6,
    "alt": 21,
}
CLOCKS = sorted({directory.parent.name for directory in SHIPPED})


@pytest.fixture(scope="session")
def clocks() -> dict[str, Clock]:
    """Every shipped clock by name, its newest version."""
    return {name: find_clock(name) for name in CLOCKS}


def scored(clock: Clock, **changes: object) -> dict[str, Any]:
    """The wire result of a 52-year-old; None takes an answer away."""
    person = {key: value for key, value in (PERSON | changes).items() if value is not None}
    asked = {feature.key for feature in clock.manifest.features}
    answers = {key: value for key, value in person.items() if key in asked}
    return dict(predict(clock, read_panel_for(clock, answers, None, 52)))


@pytest.fixture(params=CLOCKS)
def shipped_result(request: pytest.FixtureRequest, clocks: dict[str, Clock]) -> dict[str, Any]:
    """What each shipped clock says of the person."""
    return scored(clocks[request.param])


@pytest.fixture(scope="session")
def two_tests(clocks: dict[str, Clock]) -> tuple[dict[str, Any], dict[str, Any]]:
    """One person by one clock, before and after; the second test lacks two markers."""
    clock = clocks["mortality-age"]
    return scored(clock), scored(clock, systolic_bp=190, ggt=None, glucose=None, hdl=0.9)
