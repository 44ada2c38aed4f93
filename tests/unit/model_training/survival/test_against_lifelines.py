"""Cox, Harrell's C and Kaplan-Meier equal those of lifelines, and where ours differ they do so on purpose."""

import lifelines
import numpy as np
import pandas as pd
import pytest
from lifelines.utils import concordance_index
from made_up_cohorts import cohort

from model_training.survival.concordance import Concordance, concordance
from model_training.survival.cox import CoxModel
from model_training.survival.kaplan_meier import (
    still_followed,
    survival_at,
    survival_curve,
    survival_interval,
)

SEEDS = range(4)
# lifelines calls pandas as pandas 4 will no longer want it
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
EXACT = {"precision": 1e-14, "r_precision": 1e-14, "max_steps": 200}  # its defaults stop at 1e-7


@pytest.fixture(params=SEEDS)
def people(request):
    """Whole months: several deaths in most, and censorings in months of deaths."""
    time, died, x = cohort(seed=request.param)
    months, at = np.unique(time, return_inverse=True)
    deaths, losses = (np.bincount(at, left, len(months)) for left in (died, 1 - died))
    assert (deaths > 1).sum() > 20
    assert ((deaths > 0) & (losses > 0)).sum() > 20
    return time, died, x


def theirs(time, died, x):
    """The Cox regression of lifelines; ties after Efron."""
    frame = pd.DataFrame({"time": time, "died": died, "a": x[:, 0], "b": x[:, 1]})
    return lifelines.CoxPHFitter().fit(frame, "time", "died", fit_options=EXACT)


def test_cox_has_the_same_coefficients_covariance_and_interval(people):
    fit, other = CoxModel(*people).fit(), theirs(*people)

    assert fit.coefficients == pytest.approx(other.params_.to_numpy(), abs=1e-10)
    assert fit.covariance == pytest.approx(other.variance_matrix_.to_numpy(), abs=1e-11)
    for place in (0, 1):
        ratio, low, high = fit.hazard_ratio(place)
        assert ratio == pytest.approx(other.hazard_ratios_.iloc[place], rel=1e-10)
        ends = np.exp(other.confidence_intervals_.iloc[place])
        assert (low, high) == pytest.approx(tuple(ends), rel=1e-10)


def test_counts_repeat_people_where_lifelines_averages_the_weights_of_tied_deaths(people):
    # A bootstrap draw holds a person twice: two rows. With weights, lifelines gives all deaths of a
    # month the mean of their weights, which is another estimate.
    time, died, x = people
    counts = np.random.default_rng(9).integers(0, 4, len(time))
    rows = np.repeat(np.arange(len(time)), counts)
    ours = CoxModel(time, died, x).fit(counts.astype(float)).coefficients
    repeated = theirs(time[rows], died[rows], x[rows]).params_.to_numpy()
    frame = pd.DataFrame({"time": time, "died": died, "a": x[:, 0], "b": x[:, 1], "w": counts})
    weighted = lifelines.CoxPHFitter().fit(
        frame[frame["w"] > 0], "time", "died", weights_col="w", fit_options=EXACT
    )

    assert ours == pytest.approx(repeated, abs=1e-10)
    assert ours != pytest.approx(weighted.params_.to_numpy(), abs=1e-5)


def test_harrells_c_is_the_same_with_tied_times_and_tied_risks(people):
    time, died, x = people
    risk = x[:, 0]

    assert len(np.unique(risk)) < len(risk) / 3
    # theirs is told who lives longer, ours who dies sooner
    assert concordance(time, died, risk) == pytest.approx(
        concordance_index(time, -risk, died), abs=1e-14
    )


def test_weights_of_a_bootstrap_draw_give_the_c_of_the_people_drawn(people):
    time, died, x = people
    drawn = np.random.default_rng(5).integers(len(time), size=len(time))
    counts = np.bincount(drawn, minlength=len(time)).astype(float)

    assert Concordance(time, died, x[:, 0]).value(counts) == pytest.approx(
        concordance_index(time[drawn], -x[drawn, 0], died[drawn]), abs=1e-14
    )


def test_kaplan_meier_has_the_same_curve_and_the_same_interval_at_every_month(people):
    time, died, _ = people
    other = lifelines.KaplanMeierFitter().fit(time, died)
    months, alive = survival_curve(time, died)

    assert alive == pytest.approx(other.survival_function_.loc[months].to_numpy()[:, 0], abs=1e-13)
    assert len(months) > 100
    for month, (low, high) in other.confidence_interval_.loc[months].iterrows():
        assert survival_at(time, died, month) == pytest.approx(other.predict(month), abs=1e-13)
        assert survival_interval(time, died, month) == pytest.approx((low, high), abs=1e-12)


def test_counts_are_people_in_the_curve_and_in_its_interval(people):
    time, died, _ = people
    counts = np.random.default_rng(6).integers(0, 4, len(time)).astype(float)
    rows = counts > 0
    other = lifelines.KaplanMeierFitter().fit(time[rows], died[rows], weights=counts[rows])

    assert survival_at(time, died, 60, counts) == pytest.approx(other.predict(60), abs=1e-13)
    ends = tuple(other.confidence_interval_.loc[:60].iloc[-1])
    assert survival_interval(time, died, 60, counts) == pytest.approx(ends, abs=1e-12)


def test_the_chance_to_be_followed_lets_deaths_leave_before_the_censored_of_their_month(people):
    # Turned around, lifelines takes whoever dies in a month as still at risk of being censored then.
    # Ours has them gone: that is lifelines' curve once deaths are moved half a month forward.
    time, died, _ = people
    ours = still_followed(time, died)
    moved = lifelines.KaplanMeierFitter().fit(time - 0.5 * died, 1 - died)
    as_it_is = lifelines.KaplanMeierFitter().fit(time, 1 - died)

    before = time - 0.75
    assert ours == pytest.approx(moved.predict(before).to_numpy(), abs=1e-13)
    assert np.abs(ours - as_it_is.predict(before).to_numpy()).max() > 1e-3
