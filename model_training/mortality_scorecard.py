"""What `mortality-age` reaches at a glance, for whom, and how much more data would help."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from agelens.clocks.base import BoolArray, FloatArray, IntArray
from threadpoolctl import threadpool_limits

from model_training.comparison.deaths import figure_text
from model_training.learning_curve import Measure, Split, learning_curve, sizes
from model_training.mortality.clock_comparison import PHENOAGE, ClockComparison, published_clocks_on
from model_training.mortality.fit import TrainingDesign, assemble, fit_hazard
from model_training.mortality.pipeline import NAME
from model_training.mortality.subgroups import AGE_BANDS, ETHNICITIES
from model_training.mortality.training import Training
from model_training.mortality.training_people import People
from model_training.survival.auc import TEN_YEARS
from model_training.survival.bootstrap import draws, percentile_interval
from model_training.survival.comparison import FollowUp
from model_training.survival.concordance import Concordance, concordance
from model_training.survival.kaplan_meier import survival_at, survival_interval
from model_training.survival.table import COLUMNS

FEWEST_DEATHS = 20  # of a group that figures are told of
FEWEST_TEACHING = 600  # at the left end of the learning curve
RATIO = "predicted/observed, 10 y"
GOMPERTZ_ALONE = "Gompertz law alone"


def scorecard(training: Training) -> pd.DataFrame:
    """One row per clock, figures with 95 % intervals; only the own one says a risk."""
    comparison = training.final
    rows = {
        name: {
            "people": f"{clock.n_people:,}",
            "deaths": f"{clock.n_deaths:,}",
            **{
                COLUMNS[key]: figure_text(clock.figures[key])
                for key in ("c", "stratified_c", "auc_10_years")
            },
        }
        for name, clock in comparison.clocks.items()
    }
    ratio, low, high = calibration_ratio(training, comparison)
    rows[NAME][RATIO] = f"{ratio:.3f} ({low:.3f} to {high:.3f})"
    return pd.DataFrame(rows).T.fillna("-").rename_axis("clock")


def calibration_ratio(
    training: Training, comparison: ClockComparison
) -> tuple[float, float, float]:
    """Predicted over observed ten-year risk of everybody, with the interval of the observed."""
    rows = np.isfinite(comparison.years)
    risk = training.fitted_clock.scale.risk(comparison.years[rows])
    return _ratio(comparison.people.follow_up.rows(rows), risk)


def by_group(training: Training, n_draws: int = 100) -> pd.DataFrame:
    """C and calibration of everybody, and by sex, age band and ethnicity, with 95 % intervals.

    Parameters
    ----------
    training : Training
    n_draws : int
        Of the bootstrap by person, for C.

    Returns
    -------
    DataFrame
        Indexed by `by` and `group`; groups with fewer than 20 deaths are left out.
    """
    comparison = training.final
    years, risk = comparison.years, training.fitted_clock.scale.risk(comparison.years)
    rows = {}
    for name, members in groups(comparison.people):
        scored = members & np.isfinite(years)
        follow_up = comparison.people.follow_up.rows(scored)
        if follow_up.died.sum() < FEWEST_DEATHS:
            continue
        pairs = Concordance(follow_up.time_months, follow_up.died, years[scored])
        bootstrap_c = [
            pairs.value(counts) for counts in draws(len(follow_up), n_draws, training.plan.seed)
        ]
        low, high = percentile_interval(np.array(bootstrap_c))
        ratio = _ratio(follow_up, risk[scored])
        rows[name] = {
            "people": len(follow_up),
            "deaths": int(follow_up.died.sum()),
            "C": pairs.value(),
            "C, low": low,
            "C, high": high,
            **dict(zip((RATIO, f"{RATIO}, low", f"{RATIO}, high"), ratio, strict=True)),
        }
    table = pd.DataFrame(rows).T.rename_axis(["by", "group"])
    return table.astype({"people": int, "deaths": int})


def groups(people: People) -> Iterator[tuple[tuple[str, str], BoolArray]]:
    """What divides people, a group's name, and who is in it, shape (n_people,)."""
    yield ("All", "everybody"), np.ones(len(people), dtype=bool)
    yield ("Sex", "women"), people.male == 0
    yield ("Sex", "men"), people.male == 1
    for low, high in pairwise(AGE_BANDS):
        name = f"{low}-{high - 1}" if high < AGE_BANDS[-1] else f"{low} and above"
        yield ("Age", name), (people.age >= low) & (people.age < high)
    for code, name in ETHNICITIES.items():
        yield ("Ethnicity", name), people.ethnicity == code


def learning_curves(training: Training, points: int = 5) -> dict[str, pd.DataFrame]:
    """Harrell's C on people held out by the number of people trained on.

    On the splits of the training itself, with the rounds of boosting and the weight that it chose, and
    without boosting; one seed of boosting. A smaller group is part of the larger ones. The C of
    training people is of those among them whom the protocol measures on.

    Parameters
    ----------
    training : Training
    points : int
        How many numbers of people; each is fitted once for every split.
    """
    rng = np.random.default_rng(training.plan.seed)
    splits = [
        Split(rng.permutation(fold.teaching), fold.held_out, _measure(training, 0))
        for fold in training.selection.folds
    ]
    counts = sizes(min(len(split.train) for split in splits), points, FEWEST_TEACHING)
    compared = {NAME: training.selection.rounds} | (
        {GOMPERTZ_ALONE: 0} if training.selection.rounds else {}
    )
    curves = {}
    with threadpool_limits(limits=1):
        for name, rounds in compared.items():
            measure = _measure(training, rounds)
            curves[name] = learning_curve([replace(s, measure=measure) for s in splits], counts)
    return curves


def reference_lines(training: Training) -> dict[str, float]:
    """C of age and of PhenoAge on the same people held out, the mean over the splits."""
    lines: dict[str, list[float]] = {"age": [], PHENOAGE: []}
    for fold in training.selection.folds:
        people = training.people.rows(_measured_on(training, fold.held_out))
        people = people.rows(np.flatnonzero(people.has_phenoage))
        numbers = {"age": people.age, **published_clocks_on(people).predictions}
        for name, values in lines.items():
            if name in numbers:
                values.append(_c(people.follow_up, numbers[name]))
    return {name: float(np.mean(values)) for name, values in lines.items() if values}


def _measured_on(training: Training, rows: IntArray) -> IntArray:
    """Of some people, by place, those that the protocol's figures are told of."""
    people = training.people
    return np.intersect1d(rows, people.tested()) if people.mixed else rows


def _measure(training: Training, rounds: int) -> Measure:
    plan, people, weight = training.plan, training.people, training.selection.weight_of_iii

    def measure(teaching: IntArray, held_out: IntArray) -> tuple[float, float]:
        training_design = TrainingDesign.from_people(plan, people.rows(teaching), weight)
        fitted_hazard = fit_hazard(plan, training_design, rounds, seeds=plan.boosting.seeds[:1])
        fitted_clock = assemble(plan, training_design, fitted_hazard)
        groups = [people.rows(_measured_on(training, rows)) for rows in (held_out, teaching)]
        c_held_out, c_training = (_c(rows.follow_up, fitted_clock.predict(rows)) for rows in groups)
        return c_held_out, c_training

    return measure


def _c(people: FollowUp, years: FloatArray) -> float:
    scored = np.isfinite(years)
    return concordance(people.time_months[scored], people.died[scored], years[scored])


def _ratio(people: FollowUp, risk: FloatArray) -> tuple[float, float, float]:
    """Predicted over observed; the interval is Kaplan-Meier's of the observed."""
    time, died = people.time_months, people.died
    alive = survival_at(time, died, TEN_YEARS), *survival_interval(time, died, TEN_YEARS)
    ratio, low, high = (float(risk.mean()) / (1 - each) if each < 1 else np.nan for each in alive)
    return ratio, low, high
