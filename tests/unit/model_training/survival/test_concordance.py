from itertools import permutations

import numpy as np
import pytest
from made_up_cohorts import cohort

from model_training.survival.concordance import Concordance, concordance
from model_training.survival.strata import age_sex_strata


def by_hand(time, died, risk, strata=None):
    """Every pair, one by one."""
    right = pairs = 0.0
    for i, j in permutations(range(len(time)), 2):
        if strata is not None and strata[i] != strata[j]:
            continue
        if died[i] and (time[j] > time[i] or (time[j] == time[i] and not died[j])):
            pairs += 1
            right += 1.0 if risk[i] > risk[j] else 0.5 if risk[i] == risk[j] else 0.0
    return right / pairs


@pytest.mark.parametrize("seed", range(5))
def test_it_equals_the_count_of_every_pair_with_tied_times_and_risks(seed):
    time, died, x = cohort(seed=seed)
    assert concordance(time, died, x[:, 0]) == pytest.approx(
        by_hand(time, died, x[:, 0]), abs=1e-12
    )


def test_strata_compare_only_their_own_people():
    time, died, x = cohort()
    strata = np.random.default_rng(1).integers(0, 4, len(time))
    expected = by_hand(time, died, x[:, 0], strata)
    assert concordance(time, died, x[:, 0], strata) == pytest.approx(expected, abs=1e-12)


def test_weights_count_people_as_often_as_they_were_drawn():
    time, died, x = cohort()
    drawn = np.random.default_rng(2).integers(len(time), size=len(time))
    counts = np.bincount(drawn, minlength=len(time)).astype(float)
    expected = by_hand(time[drawn], died[drawn], x[drawn, 0])
    weighted = Concordance(time, died, x[:, 0]).value(counts)
    assert weighted == pytest.approx(expected, abs=1e-12)


def test_five_people_worked_out_on_paper():
    # a dies at 2 before b, c, d, e; b and c both die at 5 and are no pair, but d, censored at 5,
    # outlived both, as did e: 8 pairs.
    time = np.array([2.0, 5, 5, 5, 9])
    died = np.array([1.0, 1, 1, 0, 0])
    risk = np.array([3.0, 1, 2, 1, 4])
    # (a,b) (a,c) (a,d) right, (a,e) wrong, (b,d) half, (b,e) wrong, (c,d) right, (c,e) wrong
    assert concordance(time, died, risk) == pytest.approx(4.5 / 8)


def test_without_a_death_nobody_can_be_compared():
    with pytest.raises(ValueError, match="no two people"):
        concordance(np.array([1.0, 2]), np.zeros(2), np.array([1.0, 2]))


def test_a_risk_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="needs a time and a risk"):
        concordance(np.array([1.0, 2]), np.ones(2), np.array([np.nan, 2]))


def test_strata_are_five_years_of_one_sex():
    age = np.array([50.0, 54, 55, 50])
    male = np.array([0.0, 0, 0, 1])
    a, b, c, d = age_sex_strata(age, male)
    assert a == b
    assert len({a, c, d}) == 3
