"""Compare the clock with the other shipped clocks, on the same people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from agelens.clocks.base import FloatArray
from agelens.clocks.bundles import load_clock, read_bundle, shipped

from model_training.mortality.age_scale import AgeScale
from model_training.mortality.training_people import People
from model_training.survival.calibration import RiskGroup, calibration
from model_training.survival.comparison import Bootstrap, ClockFigures, compare

PHENOAGE = "phenoage"
PUBLISHED_CLOCKS = (PHENOAGE, "kdm", "dysregulation")
LOG_DISTANCE = "log_hd"


@dataclass(frozen=True)
class Clocks:
    """Predictions of other clocks; `advances` where it is not the prediction minus age."""

    predictions: Mapping[str, FloatArray]
    advances: Mapping[str, FloatArray]


@dataclass(frozen=True)
class ClockComparison:
    """The clock and the others on some people, and how well its risks are calibrated.

    `years` is everybody's mortality-age, NaN where there is none; `phenoage` likewise, None where the
    clock is not shipped.
    """

    people: People
    years: FloatArray
    phenoage: FloatArray | None
    clocks: Mapping[str, ClockFigures]
    calibration: list[RiskGroup]


def published_clocks_on(people: People) -> Clocks:
    """The published clocks as they are shipped here; whom one cannot score has no number."""
    predictions, advances = {}, {}
    for name in PUBLISHED_CLOCKS:
        directory = shipped(name)
        if directory is None:
            continue
        scores = load_clock(read_bundle(directory)).score(people.table)
        predictions[name] = scores.prediction.copy()
        predictions[name][list(scores.errors)] = np.nan
        if LOG_DISTANCE in scores.derived:
            advances[name] = scores.derived[LOG_DISTANCE]
    return Clocks(predictions, advances)


def measure(
    people: People,
    name: str,
    years: FloatArray,
    scale: AgeScale,
    bootstrap: Bootstrap,
    say: Callable[[str], None] = lambda _: None,
) -> ClockComparison:
    """Compare a prediction with the other clocks, and its risk with what happened.

    Parameters
    ----------
    people : People
    name : str
    years : ndarray of float64, shape (n_people,)
        Mortality-age; NaN where there is none.
    scale : AgeScale
        By which years are risks.
    bootstrap : Bootstrap
    say : callable
        Hears how it goes.
    """
    published_clocks = published_clocks_on(people)
    compared = compare(
        people.follow_up,
        {name: years, **published_clocks.predictions},
        reference=name,
        advances=published_clocks.advances,
        bootstrap=bootstrap,
        say=say,
    )
    rows = np.isfinite(years)
    follow_up = people.follow_up.rows(rows)
    groups = calibration(follow_up.time_months, follow_up.died, scale.risk(years[rows]))
    return ClockComparison(
        people, years, published_clocks.predictions.get(PHENOAGE), compared, groups
    )
