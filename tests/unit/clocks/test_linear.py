"""The linear kind: the formula, missing markers, floors, and what it refuses."""

import math

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import load_clock
from agelens.domain.errors import InvalidBundle
from forged_bundles import forged

MARKERS = [
    {"feature": "glucose", "factor": 1.0, "transform": "none", "coefficient": 1.5},
    {"feature": "crp", "factor": 0.1, "transform": "log", "floor": 0.01, "coefficient": 2.0},
]
PARAMETERS = {
    "constants": {"intercept": -3.0, "age": 0.9},
    "markers": MARKERS,
    "peers": {"ages": [20, 80], "coefficients": [[5.0, -1.0], [0.01, 0.02], [0, 0]]},
}
FEATURES = [
    {"key": entry["feature"], "required": False, "informative": True, "training": None}
    for entry in MARKERS
]


def bundle(**changed):
    manifest = {"name": "two", "kind": "linear", "features": FEATURES}
    return forged("phenoage", {**PARAMETERS, **changed}, manifest)


def score(clock, glucose, crp, age=50.0):
    columns = {"glucose": np.array([glucose]), "crp": np.array([crp])}
    return clock.score(Table(columns, np.array([age])))


def test_it_is_a_weighted_sum_and_each_marker_adds_its_difference_from_the_peers():
    scores = score(load_clock(bundle()), 6.0, 20.0)

    assert scores.prediction[0] == pytest.approx(-3 + 45 + 1.5 * 6 + 2 * math.log(2), abs=1e-12)
    by_hand = [1.5 * (6 - 5.5), 2 * (math.log(2) - 0.0)]  # peers at 50: 5 + 0.5 and -1 + 1
    np.testing.assert_allclose(scores.contributions[0], by_hand, atol=1e-12)
    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, atol=1e-12)
    assert not scores.clipped.any()


@pytest.mark.parametrize("crp", [0.0, 0.05])
def test_below_the_floor_the_floor_counts_and_it_is_said(crp):
    scores = score(load_clock(bundle()), 6.0, crp)
    at_the_floor = score(load_clock(bundle()), 6.0, 0.1)

    assert scores.prediction[0] == at_the_floor.prediction[0]
    assert scores.clipped.tolist() == [[False, True]]
    assert not at_the_floor.clipped.any()


def test_a_marker_that_may_be_missing_counts_as_the_average_and_is_imputed():
    clock = load_clock(bundle(may_miss=1))
    scores = score(clock, 6.0, np.nan)

    assert scores.errors == {}
    assert scores.imputed.tolist() == [[False, True]]
    assert scores.contributions[0, 1] == 0
    assert scores.prediction[0] == pytest.approx(-3 + 45 + 1.5 * 6 + 2 * 0.0, abs=1e-12)
    assert clock.lacks({"glucose"}) is None
    assert clock.lacks(set()) == "needs at least 1 of its 2 markers; missing: glucose, crp"


def test_with_means_a_missing_marker_counts_as_its_mean_in_the_base_value_too():
    with_peers = score(load_clock(bundle(may_miss=1)), 6.0, np.nan)
    scores = score(load_clock(bundle(may_miss=1, means=[5.0, 0.7])), 6.0, np.nan)

    assert scores.imputed.tolist() == [[False, True]]
    np.testing.assert_allclose(scores.contributions, with_peers.contributions, atol=1e-12)
    assert scores.prediction[0] == pytest.approx(-3 + 45 + 1.5 * 6 + 2 * 0.7, abs=1e-12)
    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, atol=1e-12)


def test_an_offset_moves_the_value_before_the_floor_and_the_logarithm():
    shifted = [MARKERS[0], {**MARKERS[1], "offset": 0.5}]
    scores = score(load_clock(bundle(markers=shifted)), 6.0, 20.0)

    assert scores.prediction[0] == pytest.approx(-3 + 45 + 9 + 2 * math.log(2.5), abs=1e-12)
    assert not score(load_clock(bundle(markers=shifted)), 6.0, 0.0).clipped.any()


def test_without_leave_a_missing_marker_or_age_is_an_error_of_the_row():
    clock = load_clock(bundle())
    missing = score(clock, 6.0, np.nan)
    ageless = score(clock, 6.0, 1.0, age=np.nan)

    assert missing.errors == {0: "needs all its 2 markers; missing: crp"}
    assert ageless.errors == {0: "needs chronological_age"}
    assert np.isnan([missing.prediction[0], ageless.prediction[0]]).all()


@pytest.mark.parametrize(
    "changed",
    [
        {"constants": {"intercept": 1}},
        {"may_miss": 2},
        {"may_miss": True},
        {"means": [1.0]},
        {"means": ["much", 1.0]},
        {"markers": [MARKERS[0], {**MARKERS[1], "offset": "much"}]},
        {"markers": [MARKERS[0], {**MARKERS[1], "floor": 0}]},
        {"markers": [MARKERS[0], {**MARKERS[1], "floor": None}]},
        {"markers": [MARKERS[0], {**MARKERS[1], "coefficient": "much"}]},
        {"peers": {"ages": [20, 80], "coefficients": [[1.0, 2.0]]}},
        {"validated_ages": [73, 37]},
        {"validated_ages": [37]},
        {"validated_ages": ["young", "old"]},
    ],
)
def test_parameters_that_are_none_are_refused(changed):
    with pytest.raises(InvalidBundle):
        load_clock(bundle(**changed))
