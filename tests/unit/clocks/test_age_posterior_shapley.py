"""The values of all subsets of markers, against the posterior mean by its definition."""

from dataclasses import replace

import numpy as np
import pytest
from agelens.clocks.age_likelihoods import AgePosteriorParameters, ChoiceMarker, LinearMarker
from agelens.clocks.age_posterior_quadrature import QuadratureGame
from agelens.clocks.age_posterior_shapley import GridGame, game_of
from agelens.domain.registry import biomarker
from scipy import stats

EXACT_YEARS = 1e-9


def people(parameters, n_people, seed):
    """Any values that are plausible, many beyond the training data or missing; all choices."""
    rng = np.random.default_rng(seed)
    ranges = [biomarker(marker.feature).plausible for marker in parameters.linear]
    low, high = np.array(ranges).reshape(-1, 2).T
    columns = [*rng.uniform(low, high, (n_people, len(ranges))).T]
    columns += [rng.integers(len(m.probabilities), size=n_people) for m in parameters.choices]
    found = np.array(columns, dtype=float).T
    found[::3][rng.random(found[::3].shape) < 0.4] = np.nan
    return found


def values_of(game, columns):
    values = np.full((len(columns), 2 ** columns.shape[1]), np.nan)
    posterior = np.full((len(columns), 72), np.nan)
    for rows, some, weights in game.batches(columns):
        values[rows], posterior[rows] = some, weights
    return values, posterior


def log_likelihood(marker, ages, value):
    """Of age, by scipy; 0 where the value is missing."""
    if np.isnan(value):
        return np.zeros(len(ages))
    if isinstance(marker, ChoiceMarker):
        return np.log(marker.probabilities[int(value)])
    value = min(max(value, marker.low), marker.high)
    normal = stats.norm(marker.intercept + marker.slope * ages, marker.sd)
    if marker.floor is not None and value <= marker.floor:
        return normal.logcdf(marker.floor)
    return normal.logpdf(value)


def mean_age(parameters, person, subset):
    """The posterior mean given a subset of the markers, by its definition."""
    markers = (*parameters.linear, *parameters.choices)
    logs = [
        log_likelihood(marker, parameters.ages, person[place])
        for place, marker in enumerate(markers)
        if subset >> place & 1
    ]
    total = np.sum([np.zeros(len(parameters.ages)), *logs], axis=0)
    weights = np.exp(total - total.max())
    return weights @ parameters.ages / weights.sum(), weights / weights.sum()


@pytest.fixture(scope="module")
def parameters(clock):
    return clock.parameters


def test_every_subset_has_the_posterior_mean_of_the_definition(parameters):
    columns = people(parameters, 40, seed=1)
    values, posterior = values_of(game_of(parameters), columns)

    every = 2 ** columns.shape[1]
    subsets = np.random.default_rng(0).integers(every, size=60)
    for person, own, weights in zip(columns, values, posterior, strict=True):
        for subset in (0, every - 1, *subsets):
            expected, expected_weights = mean_age(parameters, person, subset)
            assert own[subset] == pytest.approx(expected, abs=EXACT_YEARS)
            if subset == every - 1:
                np.testing.assert_allclose(weights, expected_weights, rtol=0, atol=1e-12)


def test_the_shipped_clock_is_summed_by_quadrature_as_over_all_ages(parameters):
    game = game_of(parameters)
    columns = people(parameters, 2000, seed=2)

    assert isinstance(game, QuadratureGame)
    values, posterior = values_of(game, columns)
    expected, expected_posterior = values_of(GridGame(parameters), columns)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(posterior, expected_posterior, rtol=0, atol=1e-12)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_people_at_the_limits_of_all_markers_are_exact(parameters, share):
    """Every marker at one end of its range; then every second one at the other."""
    low, high = np.array([(m.low, m.high) for m in parameters.linear]).T
    ends = low + (high - low) * share, np.where(np.arange(len(low)) % 2, low, high)
    columns = np.array([[*end, code] for end in ends for code in (0, 1, 2, np.nan)])

    values, _ = values_of(game_of(parameters), columns)
    expected, _ = values_of(GridGame(parameters), columns)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-10)


def test_a_person_has_the_same_values_alone_and_in_any_crowd(parameters):
    game = game_of(parameters)
    columns = people(parameters, 300, seed=3)
    together, posterior = values_of(game, columns)
    order = np.random.default_rng(4).permutation(300)
    shuffled, _ = values_of(game, columns[order])

    np.testing.assert_allclose(shuffled, together[order], rtol=0, atol=1e-12)
    for place in range(0, 300, 7):
        alone, weights = values_of(game, columns[place : place + 1])
        np.testing.assert_allclose(alone[0], together[place], rtol=0, atol=1e-12)
        np.testing.assert_allclose(weights[0], posterior[place], rtol=0, atol=1e-13)


def test_a_marker_that_is_missing_changes_no_subset(parameters):
    columns = people(parameters, 30, seed=5)
    values, _ = values_of(game_of(parameters), columns)
    subsets = np.arange(values.shape[1])

    for person, own in zip(columns, values, strict=True):
        for place in np.flatnonzero(np.isnan(person)):
            without = subsets[subsets >> place & 1 == 0]
            np.testing.assert_allclose(own[without], own[without | 1 << place], rtol=0, atol=1e-12)


@pytest.mark.parametrize("n_linear", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("n_choices", [0, 1, 2])
def test_clocks_of_other_markers_are_exact_too(parameters, n_linear, n_choices):
    if not n_linear + n_choices:
        pytest.skip("a clock has a marker")
    (smoking,) = parameters.choices
    second = replace(smoking, feature="another", probabilities=smoking.probabilities[::-1])
    some = replace(
        parameters,
        linear=parameters.linear[:n_linear],
        choices=(smoking, second)[:n_choices],
    )
    columns = people(some, 60, seed=6)

    values, posterior = values_of(game_of(some), columns)
    for person, own, weights in zip(columns, values, posterior, strict=True):
        for subset in range(0, values.shape[1], 1 + values.shape[1] // 20):
            expected, _ = mean_age(some, person, subset)
            assert own[subset] == pytest.approx(expected, abs=EXACT_YEARS)
        assert weights.sum() == pytest.approx(1, abs=1e-12)


def test_two_markers_with_floors_on_either_side_of_the_halves_are_exact(parameters):
    floored = [replace(m, floor=m.low + 0.3 * (m.high - m.low)) for m in parameters.linear]
    some = replace(parameters, linear=(floored[0], *parameters.linear[1:6], *floored[6:]))
    columns = people(some, 60, seed=7)
    columns[:20, 0], columns[10:30, 7] = floored[0].low, floored[7].floor

    values, _ = values_of(game_of(some), columns)
    assert isinstance(game_of(some), QuadratureGame)
    for person, own in zip(columns, values, strict=True):
        for subset in range(0, 512, 23):
            assert own[subset] == pytest.approx(mean_age(some, person, subset)[0], abs=EXACT_YEARS)


def sharp(sd):
    """Two markers that know the age to within `sd` years, and may contradict each other."""
    ages = np.arange(18.0, 90.0)
    markers = [LinearMarker(key, 0, 1, sd, 20, 80) for key in ("glucose", "bone_density")]
    return AgePosteriorParameters(ages, tuple(markers), (), np.full(72, 0.9))


@pytest.mark.parametrize(("sd", "kind"), [(8, QuadratureGame), (1.5, GridGame), (1.2, GridGame)])
def test_markers_too_sharp_for_few_nodes_are_summed_over_all_ages(sd, kind):
    some = sharp(sd)
    game = game_of(some)
    columns = np.random.default_rng(8).uniform(20, 80, (50, 2))

    assert isinstance(game, kind)
    values, _ = values_of(game, columns)
    for person, own in zip(columns, values, strict=True):
        for subset in range(4):
            assert own[subset] == pytest.approx(mean_age(some, person, subset)[0], abs=EXACT_YEARS)


def test_nobody_has_no_batches(parameters):
    assert not list(game_of(parameters).batches(np.empty((0, 9))))
