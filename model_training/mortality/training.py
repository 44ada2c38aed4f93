"""The outcome of a training of `mortality-age`, for the bundle, the card and the notebook."""

from dataclasses import dataclass

from agelens.clocks.additive_parameters import AdditiveParameters

from model_training.mortality.bootstrap_variance import Agreement
from model_training.mortality.clock_comparison import ClockComparison
from model_training.mortality.fit import FittedClock
from model_training.mortality.missingness import Missingness
from model_training.mortality.out_of_fold import OutOfFold
from model_training.mortality.plan import Plan
from model_training.mortality.subgroups import Subgroup
from model_training.mortality.training_people import People

NHANES_3, NHANES_4 = "NHANES III", "NHANES IV"


@dataclass(frozen=True)
class Training:
    """The outcome of a training.

    `people` taught; `held_out` is measured on them, by models that they did not teach. `test` is on
    others, None without them.
    """

    plan: Plan
    people: People
    selection: OutOfFold
    missing: Missingness
    fitted_clock: FittedClock
    agreement: Agreement
    held_out: ClockComparison
    test: ClockComparison | None
    subgroups: list[Subgroup]

    @property
    def parameters(self) -> AdditiveParameters:
        """As they are served."""
        return self.fitted_clock.parameters

    @property
    def final(self) -> ClockComparison:
        """What is reported first: the test on other people, if there is one."""
        return self.test or self.held_out

    @property
    def with_later(self) -> bool:
        """Whether later surveys taught, too."""
        return self.people.mixed

    @property
    def taught_by(self) -> str:
        """The surveys that taught, in words."""
        return f"{NHANES_3} and {NHANES_4}" if self.with_later else NHANES_3

    @property
    def held_out_from(self) -> str:
        """Whom `held_out` is measured on, in words."""
        if self.with_later:
            return f"{NHANES_4}, each survey by a model of the others"
        return f"{NHANES_3}, out of fold"

    @property
    def measured_on(self) -> str:
        """Whom `final` is measured on, in words."""
        return NHANES_4 if self.test else self.held_out_from
