import json

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import read_bundle, shipped
from agelens.clocks.scoring import table_of
from agelens.domain.panel import Panel
from scipy import stats

AGES = np.arange(18, 90)
PARAMETERS = json.loads(read_bundle(shipped("kaggle-age"))["parameters.json"])


def log_likelihood(age, values):
    """The model as its card describes it, with scipy's distributions."""
    total = 0.0
    for marker in PARAMETERS["linear"]:
        if marker["feature"] in values:
            value = values[marker["feature"]]
            normal = stats.norm(marker["intercept"] + marker["slope"] * age, marker["sd"])
            censored = marker["floor"] is not None and value <= marker["floor"]
            total += normal.logcdf(marker["floor"]) if censored else normal.logpdf(value)
    for marker in PARAMETERS["choices"]:
        if marker["feature"] in values:
            shares = marker["probabilities"][values[marker["feature"]]]
            total += np.log(shares[min(max(age, 18), 89) - 18])
    return total


def posterior(values):
    """The probability of each age."""
    logs = np.array([log_likelihood(int(age), values) for age in AGES])
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def mean_age(values):
    """By summation over the ages."""
    return stats.rv_discrete(values=(AGES, posterior(values))).mean()


def grown(values, masses):
    """The interval as its decision describes it, one year after another.

    These posteriors have one top, so the likelier neighbour is always the next to join. An age's
    year is inside as far as its own mass reaches; the next age is asked with its own.
    """
    shares = posterior(values)
    first = last = int(np.argmax(shares))
    held = shares[first]
    inside = {first: 1.0}
    while first > 0 or last < 71:
        downwards = shares[first - 1] if first > 0 else -1.0
        upwards = shares[last + 1] if last < 71 else -1.0
        first, last = (first - 1, last) if downwards >= upwards else (first, last + 1)
        age = first if downwards >= upwards else last
        if masses[age] > held:
            inside[age] = min((masses[age] - held) / shares[age], 1.0)
        held += shares[age]
    low, high = min(inside), max(inside)
    return max(18.5 + low - inside[low], 18), min(17.5 + high + inside[high], 89)


PANELS = [
    {},
    {"vision_sharpness": 0.2},
    {"vision_sharpness": 0.19},
    {"vision_sharpness": 1.0, "bone_density": 1.7, "smoking_status": "never"},
    {"bone_density": -0.1, "hearing_ability": 80, "smoking_status": "current"},
]


@pytest.mark.slow
@pytest.mark.parametrize("changes", PANELS)
def test_prediction_and_interval_agree_with_a_second_implementation(clock, panel_of, changes):
    panel = panel_of(**changes)
    scores = clock.score(table_of(clock, [panel]))

    masses = np.broadcast_to(PARAMETERS["interval_mass"], len(AGES))
    low, high = grown(panel.values, masses)
    assert scores.prediction[0] == pytest.approx(mean_age(panel.values), abs=1e-9)
    assert scores.low[0] == pytest.approx(low, abs=1e-7)
    assert scores.high[0] == pytest.approx(high, abs=1e-7)


def test_a_missing_marker_drops_its_term_and_contributes_nothing(clock, panel_of):
    panel = panel_of(bone_density=None, smoking_status=None)
    scores = clock.score(table_of(clock, [panel]))

    assert scores.prediction[0] == pytest.approx(mean_age(panel.values), abs=1e-9)
    shares = dict(zip(scores.features, scores.contributions[0], strict=True))
    assert shares["bone_density"] == 0
    assert shares["smoking_status"] == 0


def test_markers_that_are_missing_add_exactly_nothing_and_the_rest_adds_up(clock, panel_of):
    rng = np.random.default_rng(6)
    keys = clock.parameters.features
    full = table_of(clock, [panel_of()] * 60)
    lacking = rng.random((60, len(keys))) < 0.5
    lacking[lacking.all(axis=1)] = False
    columns = {
        key: np.where(lacking[:, place], np.nan, full.column(key)) for place, key in enumerate(keys)
    }
    scores = clock.score(Table(columns, full.chronological_age))

    assert not scores.contributions[lacking].any()
    assert scores.contributions[~lacking].all()
    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, rtol=0, atol=1e-9)


def test_each_missing_measurement_widens_the_interval(clock, panel_of):
    order = ("glucose", "hearing_ability", "vision_sharpness", "bone_density")
    panels = [panel_of(**dict.fromkeys(order[:gone])) for gone in range(len(order) + 1)]
    scores = clock.score(table_of(clock, panels))

    widths = scores.high - scores.low
    assert (np.diff(widths) > 0).all()


def test_a_person_without_any_informative_marker_is_an_error_of_that_row(clock, panel_of):
    scores = clock.score(table_of(clock, [Panel({"sex": "male", "bmi": 24.0}), panel_of()]))

    assert list(scores.errors) == [0]
    assert scores.errors[0].startswith("needs at least one of: bone_density")
    assert np.isnan(scores.prediction[0])
    assert np.isfinite(scores.prediction[1])


def test_answers_without_information_never_change_the_number(clock, panel_of):
    plain = clock.score(table_of(clock, [panel_of()]))
    with_more = clock.score(table_of(clock, [panel_of(bmi=40, sex="male", diet="high-fat")]))

    assert plain.prediction[0] == with_more.prediction[0]


def test_a_value_beyond_the_training_data_counts_as_the_limit_and_is_marked(clock, panel_of):
    limit = next(m["high"] for m in PARAMETERS["linear"] if m["feature"] == "bone_density")
    panels = [panel_of(bone_density=limit), panel_of(bone_density=3.4)]
    scores = clock.score(table_of(clock, panels))

    place = scores.features.index("bone_density")
    assert scores.prediction[0] == scores.prediction[1]
    assert scores.clipped[:, place].tolist() == [False, True]


def test_many_people_get_what_each_gets_alone(clock, panel_of):
    panels = [panel_of(bone_density=0.2 + i / 100) for i in range(150)]
    together = clock.score(table_of(clock, panels))

    for place in (0, 63, 64, 149):
        alone = clock.score(table_of(clock, [panels[place]]))
        np.testing.assert_allclose(
            together.contributions[place], alone.contributions[0], atol=1e-11
        )
        assert together.low[place] == pytest.approx(alone.low[0], abs=1e-11)


def test_an_empty_table_gives_empty_scores(clock):
    assert clock.score(Table({}, np.empty(0))).prediction.shape == (0,)


def test_the_most_contradictory_panel_still_has_a_finite_answer_that_adds_up(clock, panel_of):
    panels = [
        panel_of(bone_density=3.5, vision_sharpness=0, hearing_ability=140, systolic_bp=300,
                 diastolic_bp=1, total_cholesterol=26, glucose=1.5, cognitive_function=150),
        panel_of(bone_density=-0.5, vision_sharpness=2.5, hearing_ability=-20, systolic_bp=221,
                 diastolic_bp=220, total_cholesterol=1, glucose=40, cognitive_function=0),
    ]  # fmt: skip
    scores = clock.score(table_of(clock, panels))

    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, atol=1e-9)
    assert (scores.low < scores.prediction).all()
    assert (scores.prediction < scores.high).all()
