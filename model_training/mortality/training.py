"""The outcome of a training of `mortality-age`, for the bundle, the card and the notebook."""

from dataclasses import dataclass

from agelens.clocks.base import FloatArray
from agelens.clocks.gompertz_parameters import Parameters

from model_training.mortality.clock_comparison import Measured
from model_training.mortality.fit import Fit
from model_training.mortality.missingness import Incomplete
from model_training.mortality.out_of_fold import Fold
from model_training.mortality.plan import Plan, Terms
from model_training.mortality.training_people import People


@dataclass(frozen=True)
class Training:
    """The outcome of a training.

    `out_of_fold_years` are of `people`, who taught; `test` is None without a validation file.
    """

    plan: Plan
    people: People
    terms: Terms
    candidates: dict[str, float]
    out_of_fold_years: FloatArray
    folds: list[Fold]
    missing: list[Incomplete]
    fitted: Fit
    parameters: Parameters
    out_of_fold: Measured
    test: Measured | None

    @property
    def final(self) -> Measured:
        """What is reported first: the test on other people, if there is one."""
        return self.test or self.out_of_fold
