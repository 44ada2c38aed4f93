import numpy as np
import pytest
from agelens.clocks.intervals import conformal_factor, conformity, intervals
from hypothesis import given
from hypothesis import strategies as st

LIMITS = (18.0, 89.0)
YEARS = st.floats(18, 89)
CENTRES = st.floats(-60, 160)
SCALES = st.floats(0.5, 60)


@given(age=YEARS, prediction=YEARS, centre=CENTRES, scale=SCALES)
def test_the_conformity_score_is_the_smallest_factor_that_covers(age, prediction, centre, scale):
    person = [np.array([number]) for number in (prediction, centre, scale)]
    score = conformity(np.array([age]), *person, LIMITS)[0]

    low, high = intervals(*person, score + 1e-6, LIMITS)
    assert low[0] <= age <= high[0]
    if score > 1e-6:
        low, high = intervals(*person, score - 1e-6, LIMITS)
        assert not low[0] <= age <= high[0]


@given(prediction=YEARS, centre=CENTRES, scale=SCALES, factor=st.floats(0, 5))
def test_an_interval_holds_its_prediction_and_stays_within_the_limits(
    prediction, centre, scale, factor
):
    person = [np.array([number]) for number in (prediction, centre, scale)]
    low, high = intervals(*person, factor, LIMITS)

    assert 18 <= low[0] <= prediction <= high[0] <= 89


def test_the_factor_is_the_91st_of_100_scores_for_90_percent():
    scores = np.random.default_rng(0).permutation(np.arange(1.0, 101.0))

    assert conformal_factor(scores, 0.9) == 91.0


def test_too_few_people_give_no_factor():
    with pytest.raises(ValueError, match="too few"):
        conformal_factor(np.ones(8), 0.9)
