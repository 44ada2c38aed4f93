"""How much surer the clock would be: against measuring it, thousands of times."""

import time

import numpy as np
import pytest
from agelens.clocks.age_likelihoods import AgePosteriorParameters, ChoiceMarker, LinearMarker
from agelens.clocks.base import Table
from agelens.clocks.bundles import SHIPPED, find_clock, load_clock, read_bundle
from agelens.clocks.expected_interval_width import Prospects
from agelens.clocks.hazard_interval_width import expected_variances
from agelens.clocks.imputation_variance import by_age_and_sex
from agelens.clocks.kinds.gompertz import score_columns
from agelens.clocks.mortality_requirements import NORMAL_90
from agelens.clocks.peer_deviations import decades
from agelens.clocks.scoring import predict, read_panel_for, table_of
from unit.clocks.test_bayes import AGES, PARAMETERS, posterior

DRAWS = 4000
SPARSE = [
    {"vision_sharpness": 0.42},
    {"vision_sharpness": 0.2},  # at the floor of its instrument
    {"smoking_status": "never"},  # next to nothing is known
    {"bone_density": 0.82, "glucose": 5.5, "systolic_bp": 150},
    {"bone_density": 1.6, "hearing_ability": 75},  # contradict each other
]


@pytest.fixture(scope="module")
def hazard():
    return find_clock("mortality-age@1.0.0")


def example_of(clock, *left_out):
    """The registry's person without some answers."""
    answers = {f.key: f.example for f in clock.manifest.features if f.key not in left_out}
    return read_panel_for(clock, answers, None, 52)


def measured(feature, ages, draw):
    """A value for each age, as the card describes how markers vary."""
    for marker in PARAMETERS["linear"]:
        if marker["feature"] == feature:
            return draw.normal(marker["intercept"] + marker["slope"] * ages, marker["sd"])
    (marker,) = (m for m in PARAMETERS["choices"] if m["feature"] == feature)
    shares = np.array(list(marker["probabilities"].values()))[:, ages - AGES[0]]
    return np.array([draw.choice(len(shares), p=each) for each in shares.T], dtype=float)


@pytest.mark.slow
@pytest.mark.parametrize("answers", SPARSE)
def test_the_expected_width_is_the_average_over_what_may_be_measured(clock, answers):
    draw = np.random.default_rng(20261123)
    panel = read_panel_for(clock, answers)
    ages = draw.choice(AGES, size=DRAWS, p=posterior(answers))
    given = {
        key: np.repeat(value, DRAWS) for key, value in table_of(clock, [panel]).columns.items()
    }
    told = predict(clock, panel)["narrowing"]

    assert {each["feature"] for each in told} == set(clock.manifest.informative) - set(answers)
    for each in told:
        columns = {**given, each["feature"]: measured(each["feature"], ages, draw)}
        scores = clock.score(Table(columns, np.full(DRAWS, np.nan)))
        widths = scores.high - scores.low
        error = widths.std() / DRAWS**0.5
        assert each["width_expected"] == pytest.approx(widths.mean(), abs=0.1 + 4 * error)


def test_what_narrows_most_comes_first_and_every_width_now_is_the_intervals(clock, panel_of):
    result = predict(clock, panel_of(glucose=None, bone_density=None, smoking_status=None))
    told = result["narrowing"]

    assert [each["feature"] for each in told] == ["bone_density", "glucose", "smoking_status"]
    assert told[0]["label"] == "Bone density"
    expected = [each["width_expected"] for each in told]
    assert expected == sorted(expected)
    assert expected[0] < told[0]["width_now"] - 3  # it is the marker with the steepest line
    width = result["interval"]["high"] - result["interval"]["low"]
    assert {each["width_now"] for each in told} == {width}


def test_with_nothing_missing_there_is_nothing_to_measure(clock, panel_of):
    assert predict(clock, panel_of())["narrowing"] == []


def test_answers_that_tell_nothing_are_not_recommended(clock, panel_of):
    told = predict(clock, panel_of(glucose=None))["narrowing"]

    assert [each["feature"] for each in told] == ["glucose"]  # not diet, income or sex


def test_a_marker_without_slope_narrows_nothing():
    ages = np.arange(18.0, 90.0)
    flat = LinearMarker("flat", 5.0, 0.0, 1.0, 2.0, 8.0)
    same = ChoiceMarker("same", np.full((2, len(ages)), 0.5))
    prospects = Prospects(AgePosteriorParameters(ages, (flat,), (same,), np.full(len(ages), 0.9)))
    weights = np.exp(-0.5 * ((ages - 50) / 6) ** 2)
    weights /= weights.sum()
    widths = prospects.expected_widths(weights, ("flat", "same"))

    # 90 % of a normal distribution with an SD of 6 years
    assert widths["flat"] == pytest.approx(widths["same"])
    assert widths["same"] == pytest.approx(2 * NORMAL_90 * 6, abs=0.3)


def test_a_marker_that_tells_the_age_leaves_next_to_no_interval():
    ages = np.arange(18.0, 90.0)
    exact = LinearMarker("exact", 0.0, 1.0, 0.01, 0.0, 120.0)
    prospects = Prospects(AgePosteriorParameters(ages, (exact,), (), np.full(len(ages), 0.9)))
    widths = prospects.expected_widths(np.full(len(ages), 1 / len(ages)), ("exact",))

    assert widths["exact"] <= 2


@pytest.mark.parametrize("gone", [("glucose",), ("albumin", "waist", "bmi", "red_cell_width")])
def test_of_a_mortality_clock_it_is_the_average_if_people_are_as_their_peers(hazard, gone):
    """The terms of a missing marker are drawn with the moments that peers have."""
    draw = np.random.default_rng(20261123)
    parameters = hazard.parameters
    panel = example_of(hazard, *gone)
    table = table_of(hazard, [panel])
    columns = parameters.peer_model.columns(table)
    age, male = table.chronological_age, table.column("sex")
    terms = np.concatenate(
        [
            np.array([1.0, decades(age)[0], male[0]]),
            parameters.peer_model.deviations(columns, age, male).reshape(-1),
        ]
    )
    now = (score_columns(parameters, columns, age, male).half_width[0] / NORMAL_90) ** 2
    missing = np.isnan(columns[:, 0])
    products = by_age_and_sex(decades(age), male)[:, 0]
    told = expected_variances(parameters, missing, products, now)

    for key in gone:
        place = parameters.features.index(key)
        n_markers = len(parameters.features)
        block = place + n_markers * np.arange(3)
        shapes = draw.multivariate_normal(
            np.zeros(3), parameters.peer_spread[np.ix_(block, block)], DRAWS
        )
        drawn = np.repeat(terms[np.newaxis], DRAWS, axis=0)
        own = 3 + place + n_markers * np.arange(5)
        drawn[:, own[:3]] = shapes
        drawn[:, own[3]] = shapes[:, 0] * decades(age)
        drawn[:, own[4]] = shapes[:, 0] * male
        known = np.einsum("ni,ij,nj->n", drawn, parameters.spread.astype(float), drawn)
        rest = missing.copy()
        rest[place] = False
        together = np.tensordot(products, parameters.missing_spread, axes=1)
        variances = known + rest @ together @ rest
        error = variances.std() / DRAWS**0.5
        assert told[place] == pytest.approx(variances.mean(), abs=4 * error + 1e-4)
        # the width is of the average variance: nearly the average width
        assert np.sqrt(told[place]) == pytest.approx(np.sqrt(variances).mean(), rel=0.05)


def test_measuring_what_a_mortality_clock_lacks_narrows_as_far_as_it_differs_among_peers(hazard):
    told = predict(hazard, example_of(hazard, "albumin", "glucose", "height"))["narrowing"]

    assert [each["feature"] for each in told] == ["albumin", "glucose", "height"]
    assert told[0]["width_expected"] < told[0]["width_now"] - 1
    assert predict(hazard, example_of(hazard))["narrowing"] == []


@pytest.mark.parametrize("directory", SHIPPED, ids=lambda directory: directory.parent.name)
def test_a_clock_without_an_interval_cannot_tell(directory):
    clock = load_clock(read_bundle(directory))
    result = predict(clock, example_of(clock))

    assert (result["narrowing"] is None) == (result["interval"] is None)


@pytest.mark.parametrize(
    ("name", "n_missing"), [("kaggle-age", 8), ("mortality-age", 12), ("mortality-age@1.0.0", 15)]
)
def test_it_is_told_of_one_person_in_a_few_milliseconds(name, n_missing):
    clock = find_clock(name)
    keys = [key for key in clock.manifest.informative if key != "sex"]
    panel = example_of(clock, *keys[:n_missing])
    predict(clock, panel)
    started = time.process_time()
    for _ in range(20):
        predict(clock, panel)

    assert (time.process_time() - started) / 20 < 0.03
