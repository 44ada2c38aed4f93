"""Measurement variation: how much an answer differs when the same person is measured twice.

Markers vary within a person from day to day, so the answer does, although nothing about the person
changed. That is no part of a clock's interval, which is about one panel.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agelens.clocks.base import Clock, FloatArray, Table
from agelens.clocks.marker_transforms import SEX
from agelens.clocks.scoring import table_of
from agelens.domain.features import Feature
from agelens.domain.panel import Panel
from agelens.domain.registry import WithinPerson
from agelens.wire import Measurement

# Gauss-Hermite quadrature of a standard normal, exact for polynomials up to degree 5
NODES = np.array([-math.sqrt(3), math.sqrt(3)])
WEIGHTS = np.array([1 / 6, 1 / 6])
CENTRE_WEIGHT = 2 / 3

TWO_SIDED_95 = 1.96
LEAST_SHARE = 0.5  # of a panel's markers that need a source, else the figure would be about a few
MEDIAN_AGE_YEARS = 50.0

TOO_FEW = "{known} of the {all} markers of this panel have a published within-person variation"
NOT_SCORED = "the clock cannot score this panel"

_figures: dict[str, Measurement] = {}  # a bundle never changes; by its hash


@dataclass(frozen=True)
class Variation:
    """Within-person SD of an answer, in the clock's unit, or the reason why there is none.

    `left_out` are the keys of measured markers without a published within-person variation: they
    are taken as constant, so the true SD is larger.
    """

    sd: float | None
    left_out: tuple[str, ...]
    reason: str | None = None

    def describe(self) -> Measurement:
        """The wire shape."""
        return {
            "sd": self.sd,
            "minimum_detectable_change": None
            if self.sd is None
            else minimum_detectable_change(self.sd, self.sd),
            "left_out": list(self.left_out),
            "reason": self.reason,
        }


def minimum_detectable_change(sd_first: float, sd_second: float) -> float:
    """The smallest difference of two answers that measurement variation alone gives in 5 % of cases.

    1.96 sqrt(sd_first^2 + sd_second^2), which is 1.96 sqrt(2) SD where both are the same.

    Parameters
    ----------
    sd_first, sd_second : float
        Within-person SD of either answer, in the clock's unit.

    Returns
    -------
    float
        In the clock's unit.

    Source
    ------
    Reference change value: Harris & Yasaka, Clin Chem 1983;29:25.
    """
    return TWO_SIDED_95 * math.hypot(sd_first, sd_second)


def within_person(clock: Clock, panel: Panel) -> Variation:
    """Within-person SD of a clock's answer to a panel.

    Each marker varies by itself around the person's value, log-normally by its coefficient of
    variation, or normally by its SD, while the others stay; the variances of the answer add up:

        SD^2 = sum over markers j of Var(f(x with x_j = X_j)),

    each variance by three-point Gauss-Hermite quadrature through the clock. Exact for clocks that
    are additive in their markers, up to the curvature that three points see; for the others it leaves
    out interactions. Age, sex and choices do not vary, markers that were not measured neither, and
    the analyser's own variation is left out.

    Parameters
    ----------
    clock : Clock
    panel : Panel
        That the clock can score.

    Returns
    -------
    Variation

    Source
    ------
    Coefficients of variation: the registry names one per marker. Log-normal within-person variation:
    Fokkema et al., Clin Chem 2006;52:1602.
    """
    markers = [f for f in clock.manifest.features if _varies(f) and f.key in panel.values]
    with_variation = [f for f in markers if f.within_person]
    left_out = tuple(f.key for f in markers if not f.within_person)
    if not with_variation or len(with_variation) < LEAST_SHARE * len(markers):
        reason = TOO_FEW.format(known=len(with_variation) or "none", all=len(markers))
        return Variation(None, left_out, f"only {reason}" if with_variation else reason)
    scores = clock.score(_varied(clock, panel, with_variation))
    if not np.isfinite(scores.prediction).all():
        return Variation(None, left_out, NOT_SCORED)
    centre, *displaced = scores.prediction.tolist()
    around = np.array(displaced).reshape(len(with_variation), len(NODES))
    mean = CENTRE_WEIGHT * centre + around @ WEIGHTS
    spread = (around - mean[:, None]) ** 2 @ WEIGHTS
    variances = CENTRE_WEIGHT * (centre - mean) ** 2 + spread
    return Variation(math.sqrt(float(variances.sum())), left_out)


def figure_of(clock: Clock) -> Measurement:
    """The figure of `of_median_people`, worked out once per bundle."""
    sha256 = clock.manifest.sha256
    if sha256 not in _figures:
        _figures[sha256] = of_median_people(clock).describe()
    return _figures[sha256]


def of_median_people(clock: Clock) -> Variation:
    """`within_person` of people with usual values at 50 years, averaged over both sexes.

    Usual is the middle of the registry's medians, else its example. An age that the clock does not
    answer for is replaced by the nearest that it does.
    """
    variations = [within_person(clock, person) for person in _median_people(clock)]
    sds = [variation.sd for variation in variations if variation.sd is not None]
    if len(sds) < len(variations):
        return next(variation for variation in variations if variation.sd is None)
    return Variation(sum(sds) / len(sds), variations[0].left_out)


def _varies(feature: Feature) -> bool:
    return feature.informative and feature.kind == "number"


def _varied(clock: Clock, panel: Panel, markers: Sequence[Feature]) -> Table:
    """The person as measured, then with each marker at each node in turn."""
    person = table_of(clock, [panel])
    n_rows = 1 + len(markers) * len(NODES)
    columns = {key: np.repeat(values, n_rows) for key, values in person.columns.items()}
    for index, f in enumerate(markers):
        first = 1 + index * len(NODES)
        columns[f.key][first : first + len(NODES)] = _nodes(f, float(columns[f.key][0]))
    return Table(columns, np.repeat(person.chronological_age, n_rows))


def _nodes(feature: Feature, value: float) -> FloatArray:
    """The values of a marker at the nodes, inside its plausible range."""
    values = _spread(feature.within_person, value)
    return np.clip(values, *feature.plausible) if feature.plausible else values


def _spread(variation: WithinPerson | None, value: float) -> FloatArray:
    if variation is None:
        return np.full(len(NODES), value)
    if variation.sd is not None:
        return value + variation.sd * NODES
    log_sd = math.sqrt(math.log1p(((variation.cv or 0.0) / 100) ** 2))
    return value * np.exp(log_sd * NODES)


def _median_people(clock: Clock) -> list[Panel]:
    low, high = clock.ages or (MEDIAN_AGE_YEARS, MEDIAN_AGE_YEARS)
    age = min(max(MEDIAN_AGE_YEARS, low), high)
    usual = {f.key: _usual(f) for f in clock.manifest.features}
    sexes = next((f.choices for f in clock.manifest.features if f.key == SEX), ())
    return [Panel(usual | {SEX: sex}, age) for sex in sexes] or [Panel(usual, age)]


def _usual(feature: Feature) -> float | str:
    return sum(feature.medians) / 2 if feature.medians else feature.example
