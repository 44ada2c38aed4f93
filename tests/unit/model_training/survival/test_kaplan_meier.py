import numpy as np
import pytest

from model_training.survival.calibration import calibration
from model_training.survival.kaplan_meier import survival_at, survival_curve

# Freireich et al. 1963, remission of leukaemia under 6-mercaptopurine, weeks; 0 is censored.
WEEKS = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35.0])
ENDED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0.0])
# As tabulated in Kleinbaum & Klein, Survival Analysis, chapter 2.
PUBLISHED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}


def test_it_equals_the_published_curve_of_the_leukaemia_trial():
    for week, alive in PUBLISHED.items():
        assert survival_at(WEEKS, ENDED, week) == pytest.approx(alive, abs=5e-5)


def test_before_the_first_event_everybody_is_alive():
    assert survival_at(WEEKS, ENDED, 5) == 1.0


def test_weights_count_people():
    weeks, alive = survival_curve(WEEKS, ENDED, np.full(len(WEEKS), 3.0))
    again_weeks, again = survival_curve(np.repeat(WEEKS, 3), np.repeat(ENDED, 3))
    assert np.array_equal(weeks, again_weeks)
    assert alive == pytest.approx(again)


def test_calibration_groups_from_the_lowest_predicted_risk():
    risk = np.array([0.9, 0.1, 0.2, 0.8])
    time, died = np.array([5.0, 200, 200, 200]), np.array([1.0, 0, 0, 0])
    low, high = calibration(time, died, risk, n_groups=2)
    assert (low.predicted, low.observed) == (pytest.approx(0.15), 0.0)
    assert (high.predicted, high.observed) == (pytest.approx(0.85), 0.5)


def test_an_observed_risk_has_its_interval():
    time, died = WEEKS, ENDED
    (group,) = calibration(time, died, np.full(len(time), 0.3), n_groups=1, horizon_months=16)

    # lifelines and SAS: S(16) = 0.627, 95 % log-log 0.368 to 0.805
    assert 1 - group.observed == pytest.approx(0.6275, abs=5e-5)
    assert (1 - group.high, 1 - group.low) == pytest.approx((0.368, 0.805), abs=5e-4)
