import numpy as np
import pytest
from agelens.clocks.intervals import conformal_quantiles, conformity, intervals
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

AGES = np.arange(18.0, 90.0)
MASSES = st.floats(0.02, 0.98)
ANY = arrays(float, 72, elements=st.floats(0, 1)).filter(lambda weights: weights.sum() > 0.01)


def bell(centre, sd, tilt):
    """A posterior with one top and no flat parts, leaning on either end or not."""
    weights = np.exp(-0.5 * ((AGES - centre) / sd) ** 2 + tilt * AGES)
    return (weights / weights.sum())[np.newaxis]


BELLS = st.builds(bell, centre=st.floats(0, 110), sd=st.floats(5, 60), tilt=st.floats(-0.04, 0.04))


def shortest(posterior, mass):
    """The years of the shortest stretch that holds the mass, by trying every stretch."""
    total = np.concatenate([[0.0], posterior.cumsum()])
    stretches = [
        (last - first, -(total[last + 1] - total[first]), first, last)
        for first in range(72)
        for last in range(first, 72)
        if total[last + 1] - total[first] >= mass
    ]
    _, _, first, last = min(stretches)
    return AGES[first], AGES[last]


@given(posterior=BELLS, mass=st.floats(0.75, 0.98))
def test_an_interval_is_the_shortest_stretch_of_ages_to_within_a_year(posterior, mass):
    low, high = intervals(posterior, AGES, mass)
    first, last = shortest(posterior[0], mass)

    cut = 0.5 * ((low[0] == 18) + (high[0] == 89))  # half of the year at an end lies outside
    assert high[0] - low[0] == pytest.approx(last - first + 1 - cut, abs=1.01)


@pytest.mark.parametrize(("centre", "sd"), [(50, 4), (60, 6), (45.3, 5)])
def test_far_from_both_ends_a_normal_posterior_gives_the_normal_interval(centre, sd):
    low, high = intervals(bell(centre, sd, 0), AGES, 0.9)

    assert low[0] == pytest.approx(stats.norm(centre, sd).ppf(0.05), abs=0.55)
    assert high[0] == pytest.approx(stats.norm(centre, sd).ppf(0.95), abs=0.55)


def test_a_flat_posterior_gives_that_share_of_the_ages():
    low, high = intervals(np.full((1, 72), 1 / 72), AGES, 0.75)

    assert high[0] - low[0] == pytest.approx(54, abs=0.5)


@given(age=st.integers(18, 89), posterior=BELLS)
def test_the_conformity_score_is_the_smallest_mass_that_covers(age, posterior):
    score = conformity(np.array([float(age)]), posterior, AGES)[0]

    low, high = intervals(posterior, AGES, score + 1e-6)
    assert low[0] <= age <= high[0]
    if score > 1e-3:
        low, high = intervals(posterior, AGES, score - 1e-6)
        mean = posterior[0] @ AGES
        stretched = low[0] == mean or high[0] == mean
        assert stretched or not low[0] <= age <= high[0]


def mass_on_reaching(posterior, age):
    """Year after year, to the side that is likelier as far as one can see from the top."""
    top = int(np.argmax(posterior))
    first = last = top
    held = posterior[top]
    left = right = held
    while not first <= age - 18 <= last:
        left = min(left, posterior[first - 1]) if first > 0 else -1.0
        right = min(right, posterior[last + 1]) if last < 71 else -1.0
        downwards = left > right or (left == right and top - first <= last - top)
        first, last = (first - 1, last) if downwards else (first, last + 1)
        joined = first if downwards else last
        held += posterior[joined]
    return 0.0 if top == age - 18 else held - 0.5 * posterior[joined]


@given(weights=ANY, age=st.integers(18, 89))
@example(weights=np.tile([0.3, 0.0, 1.0, 1.0], 18), age=20)
@example(weights=np.ones(72), age=89)
def test_of_any_posterior_the_interval_grows_year_by_year_to_the_likelier_side(weights, age):
    posterior = weights / weights.sum()

    score = conformity(np.array([float(age)]), posterior[np.newaxis], AGES)[0]

    assert score == pytest.approx(mass_on_reaching(posterior, age), abs=1e-12)


@given(weights=ANY, mass=MASSES)
def test_an_interval_holds_its_mass_and_the_mean_and_stays_within_the_ages(weights, mass):
    posterior = (weights / weights.sum())[np.newaxis]
    low, high = intervals(posterior, AGES, mass)

    edges = np.concatenate([[18.0], AGES[:-1] + 0.5, [89.0]])
    heights = np.concatenate([[0.0], posterior[0].cumsum()])
    # The first and the last age have half their year within the ages; their mass counts as whole.
    held = np.interp(high[0], edges, heights) - np.interp(low[0], edges, heights)
    assert held >= mass - posterior[0, [0, -1]].sum() - 1e-9
    assert 18 <= low[0] <= posterior[0] @ AGES <= high[0] <= 89


@given(weights=ANY, mass=st.floats(0.02, 0.5))
def test_intervals_grow_with_the_mass(weights, mass):
    posterior = (weights / weights.sum())[np.newaxis]
    low, high = intervals(posterior, AGES, mass)
    wider_low, wider_high = intervals(posterior, AGES, mass + 0.4)

    assert wider_low[0] <= low[0]
    assert wider_high[0] >= high[0]


def test_all_the_mass_at_one_age_is_an_interval_around_it():
    posterior = np.zeros((1, 72))
    posterior[0, 32] = 1.0
    low, high = intervals(posterior, AGES, 0.9)

    assert (low[0], high[0]) == (49.5, 50.5)


@given(weights=ANY, age=st.integers(18, 89), here=MASSES, elsewhere=MASSES)
def test_each_age_is_judged_by_its_own_mass(weights, age, here, elsewhere):
    posterior = (weights / weights.sum())[np.newaxis]
    masses = np.where(age == AGES, here, elsewhere)
    low, high = intervals(posterior, AGES, masses)

    score = conformity(np.array([float(age)]), posterior, AGES)[0]
    assert score > here - 1e-9 or low[0] - 1e-9 <= age <= high[0] + 1e-9


def test_the_quantile_is_the_91st_of_100_scores_for_90_percent():
    scores = np.random.default_rng(0).permutation(np.arange(1.0, 101.0))

    assert conformal_quantiles(scores, np.ones((1, 100)), 0.9).tolist() == [91.0]


def test_people_without_weight_do_not_move_the_quantile():
    scores = np.random.default_rng(1).permutation(np.arange(1.0, 101.0))
    weights = np.stack([scores <= 50, scores > 50]).astype(float)

    assert conformal_quantiles(scores, weights, 0.9).tolist() == [46.0, 96.0]


def test_too_few_people_give_no_quantile():
    with pytest.raises(ValueError, match="too few"):
        conformal_quantiles(np.ones(8), np.ones((1, 8)), 0.9)
    with pytest.raises(ValueError, match="too few"):
        conformal_quantiles(np.arange(100.0), np.full((1, 100), 0.05), 0.9)


@given(
    posterior=st.one_of(BELLS.map(lambda bell: bell[0]), ANY),
    masses=arrays(float, 72, elements=MASSES),
    digits=st.sampled_from([2, 17]),
)
def test_one_person_has_the_interval_that_many_have(posterior, masses, digits):
    """Rounded posteriors have ties and years without weight."""
    weights = np.round(posterior / posterior.sum(), digits)
    assume(weights.sum() > 0)
    weights = (weights / weights.sum())[np.newaxis]

    alone = intervals(weights, AGES, masses)
    together = intervals(np.repeat(weights, 2, axis=0), AGES, masses)
    np.testing.assert_allclose(np.concatenate(alone), np.array(together)[:, 0], rtol=0, atol=1e-9)


def test_dips_of_one_person_change_nobody_elses_interval():
    smooth = bell(50, 6, 0)
    dipped = smooth * np.where(AGES == 47, 0.3, 1)
    both = np.concatenate([smooth, dipped / dipped.sum()])

    low, high = intervals(both, AGES, 0.9)
    for place in range(2):
        alone = intervals(both[[place, place]], AGES, 0.9)
        assert (low[place], high[place]) == (alone[0][0], alone[1][0])
