"""Pre-specified analysis plan; docs/protocols/mortality-age-1.1.md and -2.0.md have the reasons."""

from dataclasses import dataclass, field

import numpy as np
from agelens.clocks.base import FloatArray
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
class Boosting:
    """Trees on what the Gompertz law leaves; each uses one marker with age and sex."""

    rate: float = 0.03
    leaves: int = 3
    least_in_leaf: int = 100
    people_share: float = 0.5
    columns_share: float = 0.5
    seeds: tuple[int, ...] = (1, 2, 3)


@dataclass(frozen=True)
class Terms:
    """How the Gompertz law reads a marker beside its plain value, and how strongly all is held back."""

    penalty: float = 100.0
    curves: bool = True
    by_age: bool = True
    by_sex: bool = True

    def penalties(self, n_base: int, n_markers: int) -> FloatArray:
        """Per column of the design; the base is free, a term that is left out is held at 0."""
        kept = [True, *[self.curves] * CURVES, self.by_age, self.by_sex]
        of_terms = np.where(kept, self.penalty, np.inf)
        return np.concatenate([np.zeros(n_base), np.repeat(of_terms, n_markers)])


@dataclass(frozen=True)
class Plan:
    """How study populations become a clock.

    `floors` are in canonical units: at or below them a survey's laboratory reported no more than
    that. Knots of the splines are quantiles of the values above the floor. `rounds` of boosting and,
    where later surveys teach, too, the weights of a person of NHANES III are the candidates; `degrees` are those of
    the multivariate t of markers; `may_miss` markers may be missing, more than half is left of what all add.
    """

    markers: tuple[str, ...] = MARKERS
    skewed: frozenset[str] = SKEWED
    floors: dict[str, float] = field(default_factory=lambda: {"crp": 2.1})
    ages: tuple[float, float] = (20.0, 90.0)
    limits: tuple[float, float] = (0.005, 0.995)
    knots: tuple[float, float, float, float] = (0.05, 0.35, 0.65, 0.95)
    years_between_knots: float = 5.0
    n_value_knots: int = 33
    terms: Terms = field(default_factory=Terms)
    boosting: Boosting = field(default_factory=Boosting)
    rounds: tuple[int, ...] = (0, 100, 200, 400)
    weights_of_iii: tuple[float, ...] = (1.0, 0.3)
    age_groups: tuple[float, ...] = (20.0, 40.0, 60.0, 75.0, 90.0)
    degrees: float = 10.0
    ridge: float = 0.1
    may_miss: int = 14
    folds: int = 5
    refits: int = 60
    draws: int = 300
    seed: int = 20261103
