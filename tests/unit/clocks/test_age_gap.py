import numpy as np
import pytest
from agelens.clocks.age_gap import reference_from_json
from hypothesis import given, settings
from hypothesis import strategies as st

LEVELS = [1.0, 50.0, 99.0]
DOCUMENT = {
    "name": "three sexes of nobody",
    "first_age": 40,
    "levels": LEVELS,
    "sexes": {
        "male": {"intercept": 5.0, "slope": -0.1, "quantiles": [[-4, 0, 4], [-2, 0, 2]]},
        "any": {"intercept": 0.0, "slope": 0.0, "quantiles": [[-10, 0, 10], [-10, 0, 10]]},
    },
}


def test_the_adjusted_gap_is_what_age_and_sex_leave_unexplained():
    reference = reference_from_json(DOCUMENT)

    assert reference.adjusted(3.0, 40.0, "male") == pytest.approx(3.0 - (5.0 - 4.0))
    assert reference.adjusted(3.0, 40.0, None) == 3.0


def test_the_percentile_ranks_the_adjusted_gap_among_people_of_that_age():
    reference = reference_from_json(DOCUMENT)

    assert reference.percentile(3.0, 40.0, "male") == pytest.approx(50 + 49 / 2)
    assert reference.percentile(100.0, 41.9, "male") == 99.0
    assert reference.percentile(-100.0, 40.0, None) == 1.0


@pytest.mark.parametrize("age", [39.9, 42.0, 120.0])
def test_nothing_is_said_of_ages_that_the_reference_does_not_have(age):
    reference = reference_from_json(DOCUMENT)

    assert reference.adjusted(3.0, age, "male") is None
    assert reference.percentile(3.0, age, "male") is None


def test_a_reference_that_is_not_finite_is_refused():
    broken = {**DOCUMENT, "levels": [1.0, float("nan"), 99.0]}

    with pytest.raises(ValueError, match="finite"):
        reference_from_json(broken)


def test_summaries_rank_half_of_the_people_below_the_middle():
    from model_training.gap_reference import summarise

    rng = np.random.default_rng(0)
    age = rng.integers(18, 90, size=2000).astype(float)
    prediction = age + 3 - 0.06 * age + rng.normal(0, 5, size=2000)
    male = rng.random(2000) < 0.5
    document = summarise("made up", prediction[np.newaxis], age, {"male": male, "female": ~male})
    reference = reference_from_json(document)

    ranks = [reference.percentile(p - a, a, None) for p, a in zip(prediction, age, strict=True)]
    assert document["sexes"]["any"]["slope"] == pytest.approx(-0.06, abs=0.01)
    assert np.mean(np.array(ranks) < 50) == pytest.approx(0.5, abs=0.02)
    assert np.mean(np.array(ranks) < 20) == pytest.approx(0.2, abs=0.02)


@settings(max_examples=300)
@given(
    people=st.lists(
        st.tuples(
            st.floats(-100, 100), st.floats(38, 44), st.sampled_from(["male", "female", None])
        ),
        max_size=30,
    )
)
def test_many_people_get_just_the_gaps_and_ranks_that_each_would_get_alone(people):
    document = {**DOCUMENT, "levels": [1.0, 33.3, 99.0]}
    reference = reference_from_json(document)
    for sex in ("male", "female", None):
        of = [(gap, age) for gap, age, who in people if who == sex]
        gaps, ages = np.array(of, dtype=float).reshape(-1, 2).T

        adjusted = reference.adjusted_gaps(gaps, ages, sex)
        ranks = reference.percentiles(gaps, ages, sex)

        peers = document["sexes"].get(sex, document["sexes"]["any"])
        for place, (gap, age) in enumerate(of):
            if not 40 <= age < 42:
                assert np.isnan([adjusted[place], ranks[place]]).all()
                assert reference.adjusted(gap, age, sex) is None
                continue
            alone = gap - (peers["intercept"] + peers["slope"] * age)
            quantiles = peers["quantiles"][int(age) - 40]
            assert adjusted[place] == reference.adjusted(gap, age, sex) == alone
            assert ranks[place] == np.interp(alone, quantiles, document["levels"])
            assert ranks[place] == reference.percentile(gap, age, sex)
