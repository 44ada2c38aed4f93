import numpy as np
import pytest
from made_up_cohorts import cohort

from model_training.survival.auc import auc_at
from model_training.survival.kaplan_meier import still_followed


def by_hand(time, died, risk, weights, horizon=120.0):
    """Every death before the horizon against every survivor of it."""
    right = pairs = 0.0
    for i in np.flatnonzero((died == 1) & (time <= horizon)):
        for j in np.flatnonzero(time > horizon):
            pairs += weights[i]
            right += weights[i] * (0.5 * (risk[i] == risk[j]) + (risk[i] > risk[j]))
    return right / pairs


def test_known_outcomes_are_compared_pair_by_pair():
    time, died, x = cohort()
    expected = by_hand(time, died, x[:, 0], np.ones(len(time)))
    assert auc_at(time, died, x[:, 0], censoring="known") == pytest.approx(expected)


def test_weights_for_censoring_are_one_over_the_chance_to_be_followed():
    time, died, x = cohort()
    expected = by_hand(time, died, x[:, 0], 1 / still_followed(time, died))
    assert auc_at(time, died, x[:, 0], censoring="weighted") == pytest.approx(expected)


def test_without_censoring_both_are_the_same():
    time, died, x = cohort()
    died, time = np.ones(len(time)), time * 1.5
    known, weighted = (auc_at(time, died, x[:, 0], censoring=c) for c in ("known", "weighted"))
    assert known == pytest.approx(weighted)


def test_the_chance_to_be_followed_of_four_people_worked_out_on_paper():
    # At 3 one dies, then one of the three left is censored; at 5 one of two is.
    time, died = np.array([3.0, 3, 5, 8]), np.array([1.0, 0, 0, 1])
    assert still_followed(time, died) == pytest.approx([1, 1, 2 / 3, 1 / 3])


def test_counts_are_people_drawn_so_often():
    time, died, x = cohort()
    drawn = np.random.default_rng(3).integers(len(time), size=len(time))
    counts = np.bincount(drawn, minlength=len(time)).astype(float)
    for censoring in ("known", "weighted"):
        again = auc_at(time[drawn], died[drawn], x[drawn, 0], censoring=censoring)
        weighted = auc_at(time, died, x[:, 0], censoring=censoring, weights=counts)
        assert weighted == pytest.approx(again)


def test_nobody_beyond_the_horizon_is_refused():
    with pytest.raises(ValueError, match="beyond it"):
        auc_at(np.array([10.0, 20]), np.ones(2), np.array([1.0, 2]), censoring="known")
