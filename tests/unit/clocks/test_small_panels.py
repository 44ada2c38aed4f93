"""Intervals of panels with few markers, on people simulated from what the card says of each marker."""

import json

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import read_bundle, shipped
from agelens.domain.registry import biomarker

PARAMETERS = json.loads(read_bundle(shipped("kaggle-age"))["parameters.json"])
KEYS = [marker["feature"] for marker in PARAMETERS["linear"]]
CHOICE = PARAMETERS["choices"][0]["feature"]


def simulate(n_people, rng):
    """Ages, and every marker given the age."""
    age = rng.integers(18, 90, n_people)
    columns = {}
    for marker in PARAMETERS["linear"]:
        values = rng.normal(marker["intercept"] + marker["slope"] * age, marker["sd"])
        floor = marker["floor"]
        columns[marker["feature"]] = values if floor is None else np.maximum(values, floor)
    choices = biomarker(CHOICE).choices
    shares = np.array([PARAMETERS["choices"][0]["probabilities"][choice] for choice in choices])
    drawn = rng.random(n_people) > shares.cumsum(axis=0)[:, age - 18]
    columns[CHOICE] = np.minimum(drawn.sum(axis=0), len(choices) - 1).astype(float)
    return age, columns


def table(columns, n_people):
    missing = np.full(n_people, np.nan)
    whole = {key: columns.get(key, missing) for key in (*KEYS, CHOICE)}
    return Table(whole, missing)


def some(columns, count, rng):
    """Each person's panel of so many markers, drawn at random."""
    n_people = len(columns[CHOICE])
    keep = rng.random((n_people, len(columns))).argsort(axis=1).argsort(axis=1) < count
    kept = {
        key: np.where(keep[:, place], column, np.nan)
        for place, (key, column) in enumerate(columns.items())
    }
    return table(kept, n_people)


def shares_by_prediction(scores, age):
    """The share covered in each five years of prediction that a hundred people got."""
    inside = (scores.low <= age) & (age <= scores.high)
    bands = scores.prediction // 5
    return [inside[bands == band].mean() for band in np.unique(bands) if (bands == band).sum() > 99]


@pytest.mark.parametrize("key", KEYS)
def test_the_prediction_lies_strictly_inside_for_every_value_of_every_marker(clock, key):
    low, high = biomarker(key).plausible
    scores = clock.score(table({key: np.linspace(low, high, 400)}, 400))

    assert (scores.low < scores.prediction).all()
    assert (scores.prediction < scores.high).all()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_the_prediction_lies_strictly_inside_for_random_panels(clock, count):
    rng = np.random.default_rng(count)
    columns = {key: rng.uniform(*biomarker(key).plausible, 300) for key in KEYS}
    columns[CHOICE] = rng.integers(0, 3, 300).astype(float)
    scores = clock.score(some(columns, count, rng))

    assert (scores.low < scores.prediction).all()
    assert (scores.prediction < scores.high).all()


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_panels_of_any_size_are_covered_whatever_age_is_predicted(clock, count):
    rng = np.random.default_rng(20 + count)
    age, columns = simulate(3000, rng)
    scores = clock.score(some(columns, count, rng))

    shares = shares_by_prediction(scores, age)
    assert len(shares) >= 8
    assert 0.84 <= min(shares) <= max(shares) <= 0.97


@pytest.mark.parametrize("key", KEYS)
def test_each_marker_alone_is_covered_whatever_age_is_predicted(clock, key):
    age, columns = simulate(2000, np.random.default_rng(5))
    scores = clock.score(table({key: columns[key]}, 2000))

    assert min(shares_by_prediction(scores, age)) >= 0.8
