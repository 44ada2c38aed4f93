"""Markers of made-up NHANES people: their level by age and sex, and what they share.

Round numbers from general knowledge of adults, in the units of the R package BioAge; no figure is
taken from a row of the surveys.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray

MIDDLE_AGE = 50.0
TRAITS = ("fat", "inflammation", "sugar", "kidney", "pressure")  # what markers share


@dataclass(frozen=True)
class Marker:
    """How one marker is made up.

    `middle` is the level of a woman of 50; `men` is added for men, `decade` for every ten years above
    50; `spread` is the standard deviation left then. Where `logarithm` holds, these three are of the
    logarithm. `shared` are correlations with the traits; `hazard` is the log hazard per standard
    deviation from what age and sex lead one to expect.
    """

    middle: float
    men: float
    decade: float
    spread: float
    shared: Mapping[str, float] = field(default_factory=dict)
    hazard: float = 0.0
    logarithm: bool = False
    digits: int = 1
    bounds: tuple[float, float] = (0.0, np.inf)


MARKERS = {
    "height": Marker(161, 13.5, -1.0, 7, bounds=(120, 220)),
    "bmi": Marker(3.32, 0.0, 0.01, 0.2, {"fat": 0.95}, 0.0, True, 2, (13, 70)),
    "waist": Marker(94, 5, 1.5, 14, {"fat": 0.9, "sugar": 0.2}, 0.05, bounds=(50, 190)),
    "sbp": Marker(
        124,
        3,
        5.0,
        16,
        {"fat": 0.15, "kidney": 0.1, "pressure": 0.7},
        0.1,
        digits=0,
        bounds=(75, 240),
    ),
    "dbp": Marker(72, 3, 0.3, 10, {"fat": 0.15, "pressure": 0.8}, digits=0, bounds=(35, 130)),
    "fev": Marker(
        2600,
        900,
        -300,
        500,
        {"fat": -0.1, "inflammation": -0.2},
        -0.25,
        digits=0,
        bounds=(300, 6500),
    ),
    "albumin": Marker(
        4.1, 0.15, -0.04, 0.3, {"fat": -0.2, "inflammation": -0.35}, -0.25, bounds=(2.2, 5.6)
    ),
    "alp": Marker(
        4.3,
        0.05,
        0.03,
        0.28,
        {"fat": 0.15, "inflammation": 0.35, "sugar": 0.05},
        0.15,
        True,
        0,
        (15, 400),
    ),
    "bun": Marker(2.5, 0.1, 0.1, 0.28, {"sugar": 0.1, "kidney": 0.6}, 0.08, True, 0, (2, 90)),
    "creat": Marker(-0.3, 0.25, 0.03, 0.2, {"kidney": 0.7}, 0.15, True, 2, (0.3, 8)),
    "glucose": Marker(4.53, 0.02, 0.03, 0.17, {"fat": 0.2, "sugar": 0.8}, 0.1, True, 0, (45, 450)),
    "ttbl": Marker(
        -0.55, 0.2, 0.0, 0.35, {"fat": -0.1, "inflammation": -0.1}, -0.03, True, 1, (0.1, 4)
    ),
    "uap": Marker(
        4.8,
        1.2,
        0.15,
        1.2,
        {"fat": 0.3, "inflammation": 0.05, "kidney": 0.3},
        0.05,
        bounds=(1.2, 13),
    ),
    "ggt": Marker(
        2.9,
        0.35,
        0.03,
        0.6,
        {"fat": 0.25, "inflammation": 0.2, "sugar": 0.15},
        0.12,
        True,
        0,
        (3, 700),
    ),
    "totchol": Marker(202, -4, 5.0, 38, {"fat": 0.05}, 0.0, digits=0, bounds=(75, 450)),
    "hdl": Marker(
        4.0,
        -0.2,
        0.01,
        0.25,
        {"fat": -0.4, "inflammation": -0.1, "sugar": -0.15},
        -0.03,
        True,
        0,
        (12, 140),
    ),
    "trig": Marker(
        4.7,
        0.1,
        0.05,
        0.5,
        {"fat": 0.35, "inflammation": 0.05, "sugar": 0.25},
        0.03,
        True,
        0,
        (25, 1500),
    ),
    "lymph": Marker(
        31, -1.0, -0.6, 8, {"inflammation": -0.2, "kidney": -0.05}, -0.18, bounds=(4, 75)
    ),
    "mcv": Marker(89.5, 0.5, 0.5, 5, {"fat": -0.05}, 0.08, bounds=(62, 118)),
    "rbc": Marker(
        4.4, 0.5, -0.06, 0.38, {"fat": 0.1, "kidney": -0.1}, -0.03, digits=2, bounds=(2.6, 7)
    ),
    "rdw": Marker(
        2.565,
        -0.01,
        0.012,
        0.075,
        {"fat": 0.1, "inflammation": 0.3, "kidney": 0.05},
        0.3,
        True,
        1,
        (10.8, 25),
    ),
    "wbc": Marker(
        1.93,
        0.0,
        -0.01,
        0.27,
        {"fat": 0.1, "inflammation": 0.45, "sugar": 0.1},
        0.18,
        True,
        1,
        (2, 25),
    ),
    "crp": Marker(
        -1.5,
        -0.25,
        0.12,
        1.1,
        {"fat": 0.45, "inflammation": 0.75, "sugar": 0.05},
        0.1,
        True,
        2,
        (0.01, 20),
    ),
    "hba1c": Marker(1.71, 0.01, 0.022, 0.1, {"fat": 0.15, "sugar": 0.85}, 0.1, True, 1, (3.8, 15)),
}


@dataclass(frozen=True)
class GeneratedMarkers:
    """The markers of people, shape (n_people,) each, and what they add to everybody's log hazard."""

    columns: dict[str, FloatArray]
    log_hazard: FloatArray


def draw(rng: np.random.Generator, age: FloatArray, male: BoolArray) -> GeneratedMarkers:
    """The markers of people of these ages and sexes."""
    traits = {name: rng.standard_normal(len(age)) for name in TRAITS}
    columns, log_hazard = {}, np.zeros(len(age))
    for name, marker in MARKERS.items():
        own_share = math.sqrt(1 - sum(share**2 for share in marker.shared.values()))
        deviation = own_share * rng.standard_normal(len(age))
        for trait, share in marker.shared.items():
            deviation = deviation + share * traits[trait]
        level = marker.middle + marker.men * male + marker.decade * (age - MIDDLE_AGE) / 10
        level = level + marker.spread * deviation
        value = np.exp(level) if marker.logarithm else level
        columns[name] = np.clip(value, *marker.bounds).round(marker.digits)
        log_hazard += marker.hazard * deviation
    return GeneratedMarkers(columns, log_hazard)
