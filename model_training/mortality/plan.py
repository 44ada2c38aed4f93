"""Pre-specified analysis plan; docs/protocols/mortality-age.md has the reasons."""

from dataclasses import dataclass, field

import numpy as np
from agelens.clocks.base import FloatArray
from agelens.clocks.gompertz_parameters import BASE_TERMS
from agelens.clocks.splines import CURVES

from model_training.datasets.nhanes import PHENOAGE_MARKERS

MARKERS = (
    *PHENOAGE_MARKERS,
    "urea_nitrogen",
    "uric_acid",
    "bilirubin",
    "hba1c",
    "hdl",
    "total_cholesterol",
    "red_cells",
    "ggt",
    "systolic_bp",
    "diastolic_bp",
    "bmi",
    "waist",
    "height",
)
SKEWED = frozenset(
    {
        "creatinine",
        "glucose",
        "crp",
        "red_cell_width",
        "alkaline_phosphatase",
        "white_cells",
        "urea_nitrogen",
        "bilirubin",
        "hba1c",
        "hdl",
        "ggt",
        "bmi",
    }
)
HORIZON_MONTHS = 120.0


@dataclass(frozen=True)
class Terms:
    """Which terms every marker has beside its reading, and how strongly all are held back."""

    penalty: float = 100.0
    curves: bool = True
    by_age: bool = True
    by_sex: bool = True

    def penalties(self, n_markers: int) -> FloatArray:
        """Per column of the design; the base is free, a term that is left out is held at 0."""
        kept = [True, *[self.curves] * CURVES, self.by_age, self.by_sex]
        of_terms = np.where(kept, self.penalty, np.inf)
        return np.concatenate([np.zeros(BASE_TERMS), np.repeat(of_terms, n_markers)])

    def __str__(self) -> str:
        """In words."""
        lacking = {
            "curves": self.curves,
            "marker by age": self.by_age,
            "marker by sex": self.by_sex,
        }
        without = [name for name, there in lacking.items() if not there]
        return f"penalty {self.penalty:g}" + (f", no {', no '.join(without)}" if without else "")


CANDIDATES = (
    *(Terms(penalty) for penalty in (10.0, 30.0, 100.0, 300.0, 1000.0)),
    Terms(curves=False),
    Terms(by_age=False),
    Terms(by_sex=False),
    Terms(curves=False, by_age=False, by_sex=False),
)


@dataclass(frozen=True)
class Plan:
    """How a cohort becomes a clock.

    `floors` are in canonical units: at or below them the cohort's laboratory reported no more than
    that. Knots are quantiles of the values above the floor. With `may_miss` markers missing, at least
    half is left of what all of them add to age and sex.
    """

    markers: tuple[str, ...] = MARKERS
    skewed: frozenset[str] = SKEWED
    floors: dict[str, float] = field(default_factory=lambda: {"crp": 2.1})
    ages: tuple[float, float] = (20.0, 90.0)
    limits: tuple[float, float] = (0.005, 0.995)
    knots: tuple[float, float, float, float] = (0.05, 0.35, 0.65, 0.95)
    candidates: tuple[Terms, ...] = CANDIDATES
    may_miss: int = 15
    folds: int = 5
    refits: int = 200
    draws: int = 300
    seed: int = 20261103
