import numpy as np
import pytest
import shap
from agelens.clocks.base import Table
from agelens.clocks.bundles import load_clock
from agelens.clocks.gompertz_parameters import parameters_from_json
from agelens.clocks.kinds.gompertz import score_columns
from agelens.clocks.scoring import additivity_gap_years, predict, read_panel_for
from agelens.domain.errors import CannotScore, InvalidAnswers, InvalidBundle
from agelens.domain.panel import Panel
from forged_bundles import forged, parameters_of, shipped_clock
from mortality_by_hand import base_years, marker_years, years
from shapley_by_definition import shapley

NAME = "mortality-age@1.0.0"
PARAMETERS = parameters_of(NAME)
MARKERS = {marker["feature"]: marker for marker in PARAMETERS["markers"]}
KEYS = list(MARKERS)


@pytest.fixture(scope="module")
def clock():
    """The shipped clock."""
    return shipped_clock(NAME)


def people(n_people, seed=0, missing=0.0):
    """Values from a little below to a little beyond the limits, ages from 20 to 90, both sexes."""
    rng = np.random.default_rng(seed)
    columns = {"sex": rng.integers(0, 2, n_people).astype(float)}
    for key, marker in MARKERS.items():
        width = marker["high"] - marker["low"]
        values = rng.uniform(marker["low"] - 0.05 * width, marker["high"] + 0.05 * width, n_people)
        columns[key] = np.where(rng.random(n_people) < missing, np.nan, np.maximum(values, 1e-3))
    return Table(columns, rng.uniform(20, 90, n_people))


def person(table, row):
    """One row as the by-hand computation takes it."""
    values = {key: float(table.columns[key][row]) for key in KEYS}
    known = {key: None if np.isnan(value) else value for key, value in values.items()}
    return known, float(table.chronological_age[row]), float(table.columns["sex"][row])


def panel(clock, age=55, sex="female", **changes):
    """Everything in the middle of the training range, but for the changes; None leaves out."""
    answers = {key: (m["low"] + m["high"]) / 2 for key, m in MARKERS.items()}
    return read_panel_for(clock, {"sex": sex, **answers, **changes}, None, age)


def test_it_equals_the_formulas_of_the_card_computed_one_by_one(clock):
    table = people(40, missing=0.2)
    scores = clock.score(table)
    for row in range(40):
        known, age, male = person(table, row)
        assert scores.prediction[row] == pytest.approx(
            years(PARAMETERS, known, age, male), abs=1e-9
        )
        assert scores.base_value[row] == pytest.approx(base_years(PARAMETERS, age, male), abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_contributions_are_the_shapley_values_of_the_stated_game(clock, seed):
    rng = np.random.default_rng(seed)
    table = people(1, seed)
    known, age, male = person(table, 0)
    players = [KEYS[place] for place in rng.choice(len(KEYS), size=9, replace=False)]
    others = {key: value for key, value in known.items() if key not in players}

    def value(members):
        given = {players[p]: known[players[p]] for p in members}
        return years(PARAMETERS, {**others, **given}, age, male)

    contributions = clock.score(table).contributions[0, [KEYS.index(key) for key in players]]
    np.testing.assert_allclose(contributions, shapley(9, value), rtol=0, atol=1e-9)


@pytest.mark.slow
def test_contributions_equal_the_exact_explainer_of_shap_with_peers_as_its_mask(clock):
    table = people(3, seed=5)
    parameters = clock.parameters
    columns = parameters.peer_model.columns(table)
    players, row = [0, 3, 6, 9, 12, 15, 18, 21], 1
    age, male = table.chronological_age[row : row + 1], table.columns["sex"][row : row + 1]

    def without(mask, values):
        return (np.where(mask, values, np.nan)[np.newaxis],)

    def game(given):
        panels = np.repeat(columns[:, row : row + 1], len(given), axis=1)
        panels[players] = given.T
        whole = [np.repeat(each, len(given)) for each in (age, male)]
        scored = score_columns(parameters, panels, *whole)
        return scored.base + scored.contributions.sum(axis=0)

    explained = shap.explainers.Exact(game, without)(columns[players, row][np.newaxis])
    ours = clock.score(table).contributions[row, players]
    np.testing.assert_allclose(explained.values[0], ours, rtol=0, atol=1e-9)


def test_contributions_equal_shaps_linear_explainer_on_the_terms_grouped_by_marker(clock):
    table = people(20, seed=6)
    parameters = clock.parameters
    columns = parameters.peer_model.columns(table)
    deviations = parameters.peer_model.deviations(
        columns, table.chronological_age, table.columns["sex"]
    )
    terms = deviations.reshape(-1, 20).T
    peers = np.zeros((1, terms.shape[1]))  # peers deviate from themselves by nothing
    explainer = shap.LinearExplainer(
        (parameters.weights.ravel(), 0.0), shap.maskers.Independent(peers)
    )
    grouped = explainer.shap_values(terms).reshape(20, *deviations.shape[:2]).sum(axis=1)
    np.testing.assert_allclose(clock.score(table).contributions, grouped, rtol=0, atol=1e-9)


def test_interactions_belong_to_the_marker(clock):
    with_age = [marker_years(MARKERS["systolic_bp"], 190, age, 1) for age in (35, 80)]
    assert abs(with_age[0] - with_age[1]) > 1
    for age, expected in zip((35, 80), with_age, strict=True):
        result = predict(clock, panel(clock, age, "male", systolic_bp=190))
        (told,) = [c for c in result["contributions"] if c["feature"] == "systolic_bp"]
        assert told["years"] == pytest.approx(expected, abs=1e-9)


def test_every_explanation_adds_up(clock):
    scores = clock.score(people(3000, seed=2, missing=0.3))
    gaps = additivity_gap_years(scores)[np.isfinite(scores.prediction)]
    assert len(gaps) > 2500
    assert np.abs(gaps).max() < 1e-9


def test_a_missing_marker_counts_as_the_peers_average_is_marked_and_widens_the_interval(clock):
    whole = predict(clock, panel(clock))
    without = predict(clock, panel(clock, red_cell_width=None))
    (told,) = [c for c in without["contributions"] if c["feature"] == "red_cell_width"]
    assert (told["years"], told["imputed"], told["value"]) == (0, True, None)
    assert without["missing"] == ["red_cell_width"]
    assert _width(without) > _width(whole)


def test_the_fewer_markers_the_wider_the_interval_of_ordinary_people(clock):
    table = people(200, seed=3)
    columns = {"sex": table.columns["sex"]}
    for key, marker in MARKERS.items():
        middle, width = (marker["low"] + marker["high"]) / 2, marker["high"] - marker["low"]
        columns[key] = middle + 0.3 * (table.columns[key] - middle) - 0.1 * width
    widths = []
    for count in range(PARAMETERS["may_miss"] + 1):
        gone = {key: np.full(200, np.nan) for key in KEYS[:count]}
        scores = clock.score(Table({**columns, **gone}, table.chronological_age))
        widths.append((scores.high - scores.low).mean())
    assert np.diff(widths).min() > 0
    assert widths[-1] > 2 * widths[0]


def test_missing_markers_widen_it_by_the_spread_of_what_they_would_have_added(clock):
    # Weights drawn from the bootstrap's covariance, markers drawn as peers have them.
    rng = np.random.default_rng(11)
    parameters, age, male = clock.parameters, 71.0, 1.0
    gone = np.array([0, 5, 12, 17])
    of_weights = (np.arange(5)[:, np.newaxis] * len(KEYS) + gone).ravel()
    of_shapes = of_weights[:12]
    means = parameters.weights.ravel()[of_weights]
    spread = parameters.spread[3:, 3:][np.ix_(of_weights, of_weights)].astype(float)
    peers = parameters.peer_spread[np.ix_(of_shapes, of_shapes)]
    weights = rng.multivariate_normal(means, spread, 200_000).reshape(-1, 5, 4)
    shapes = rng.multivariate_normal(np.zeros(12), peers, 200_000).reshape(-1, 3, 4)
    terms = np.concatenate([shapes, shapes[:, :1] * (age - 50) / 10, shapes[:, :1] * male], axis=1)
    expected = (weights * terms).sum(axis=(1, 2)).var()

    table = people(1, seed=12)
    columns = {**table.columns, "sex": np.array([male])}
    without = {**columns, **{KEYS[place]: np.array([np.nan]) for place in gone}}
    peer_model = parameters.peer_model
    whole = Table(without, np.array([age]))
    deviations = peer_model.deviations(peer_model.columns(whole), np.array([age]), np.array([male]))
    known = np.r_[1, (age - 50) / 10, male, deviations.ravel()]
    of_the_model = known @ parameters.spread.astype(float) @ known
    scores = clock.score(whole)
    half_width = scores.high[0] - scores.prediction[0]
    assert half_width == pytest.approx(1.644854 * np.sqrt(of_the_model + expected), rel=0.02)


def test_too_many_missing_markers_are_refused_by_name(clock):
    allowed = PARAMETERS["may_miss"]
    panel(clock, **dict.fromkeys(KEYS[:allowed]))
    with pytest.raises(InvalidAnswers, match=f"at least {22 - allowed} of its 22 markers"):
        panel(clock, **dict.fromkeys(KEYS[: allowed + 1]))


def test_sex_and_age_are_needed(clock):
    with pytest.raises(InvalidAnswers, match="sex"):
        panel(clock, sex=None)
    with pytest.raises(InvalidAnswers, match="chronological_age"):
        panel(clock, age=None)


@pytest.mark.parametrize("age", [15, 19, 91, 95])
def test_an_age_that_was_not_trained_on_has_no_number(clock, age):
    with pytest.raises(InvalidAnswers) as caught:
        panel(clock, age)
    (problem,) = caught.value.problems
    assert (problem.pointer, problem.field) == ("/chronological_age", "chronological_age")
    assert problem.message.startswith("must be between 20 and 90 for this clock")

    unchecked = Panel(panel(clock, 50).values, age)
    with pytest.raises(CannotScore, match="chronological_age must be between 20 and 90"):
        predict(clock, unchecked)


def test_rows_that_cannot_be_scored_say_why_and_leave_the_others_alone(clock):
    table = people(6, seed=4)
    columns = {key: column.copy() for key, column in table.columns.items()}
    age = table.chronological_age.copy()
    columns["sex"][0], age[1], age[2] = np.nan, np.nan, 18
    for key in KEYS[:16]:
        columns[key][3] = np.nan
    scores = clock.score(Table(columns, age))
    alone = clock.score(table)
    assert scores.errors[0] == "needs sex"
    assert scores.errors[1] == "needs chronological_age"
    assert "between 20 and 90" in scores.errors[2]
    assert f"missing: {KEYS[0]}, " in scores.errors[3]
    assert np.isnan(scores.prediction[:4]).all()
    assert np.isnan(scores.low[:4]).all()
    np.testing.assert_allclose(scores.prediction[4:], alone.prediction[4:], rtol=0, atol=1e-9)


def test_a_column_nobody_answered_may_be_absent(clock):
    table = people(5)
    columns = {key: column for key, column in table.columns.items() if key != "ggt"}
    empty = {**columns, "ggt": np.full(5, np.nan)}
    absent = clock.score(Table(columns, table.chronological_age))
    given = clock.score(Table(empty, table.chronological_age))
    np.testing.assert_array_equal(absent.prediction, given.prediction)
    assert absent.imputed[:, absent.features.index("ggt")].all()


def test_crp_below_the_floor_of_the_training_data_counts_as_the_floor_and_is_not_clipped(clock):
    at_floor = predict(clock, panel(clock, crp=2.1))
    below = predict(clock, panel(clock, crp=0.3))
    assert below["prediction"] == at_floor["prediction"]
    assert below["clipped"] == []


def test_values_beyond_the_limits_count_as_them_and_are_clipped(clock):
    limit = MARKERS["creatinine"]["high"]
    at_limit = predict(clock, panel(clock, creatinine=limit))
    beyond = predict(clock, panel(clock, creatinine=limit + 200))
    assert beyond["prediction"] == at_limit["prediction"]
    assert (at_limit["clipped"], beyond["clipped"]) == ([], ["creatinine"])


def test_bilirubin_of_nothing_has_a_number(clock):
    assert np.isfinite(predict(clock, panel(clock, bilirubin=0))["prediction"])


def test_a_person_among_many_has_the_same_answer_as_alone(clock):
    table = people(2500, seed=8, missing=0.1)
    together = clock.score(table)
    for row in (0, 1023, 1024, 2499):
        columns = {key: column[row : row + 1] for key, column in table.columns.items()}
        alone = clock.score(Table(columns, table.chronological_age[row : row + 1]))
        assert alone.prediction[0] == pytest.approx(together.prediction[row], abs=1e-9)
        assert alone.low[0] == pytest.approx(together.low[row], abs=1e-4)
        np.testing.assert_allclose(
            alone.contributions[0], together.contributions[row], rtol=0, atol=1e-9
        )


def test_nobody_is_scored_without_complaint(clock):
    assert len(clock.score(people(0)).prediction) == 0


def test_the_interval_is_around_the_number_and_claims_no_coverage(clock):
    result = predict(clock, panel(clock))
    assert result["interval"]["low"] < result["prediction"] < result["interval"]["high"]
    assert result["interval"]["level"] == 0.9
    assert "no coverage of a true biological age is claimed" in result["interval"]["method"]


def test_the_interval_of_a_complete_panel_is_that_of_the_bootstrap_covariance(clock):
    table = people(5, seed=9)
    parameters = parameters_from_json(PARAMETERS)
    size = 3 + 5 * len(KEYS)
    covariance = np.zeros((size, size))
    covariance[np.tril_indices(size)] = PARAMETERS["spread"]
    covariance = covariance + np.tril(covariance, -1).T
    age, male = table.chronological_age, table.columns["sex"]
    deviations = parameters.peer_model.deviations(parameters.peer_model.columns(table), age, male)
    scores = clock.score(table)
    for row in range(5):
        terms = np.r_[1, (age[row] - 50) / 10, male[row], deviations[:, :, row].ravel()]
        sd = np.sqrt(terms @ covariance @ terms)
        assert scores.high[row] - scores.prediction[row] == pytest.approx(1.644854 * sd, rel=1e-4)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"knots": [0.0, 0.0, 1.0, 2.0]}, "knots"),
        ({"low": 5.0, "high": 5.0}, "empty range"),
        ({"low": -1.0, "logarithm": True}, "logarithm"),
        ({"scale": 0.0}, "no spread"),
        ({"weights": [1.0, 2.0]}, "inhomogeneous shape"),
        ({"logarithm": 1}, "true or false"),
        ({"feature": "shoe_size"}, "informative"),
        ({"centre": None}, "is not a valid clock"),
    ],
)
def test_parameters_that_nobody_could_have_learned_are_refused(change, reason):
    document = parameters_of(NAME)
    document["markers"][0] |= change
    with pytest.raises(InvalidBundle, match=reason):
        load_clock(forged(NAME, document))


def test_a_spread_that_is_no_covariance_is_refused():
    document = parameters_of(NAME)
    document["spread"][0] = -1e6
    with pytest.raises(InvalidBundle, match="negative variance"):
        load_clock(forged(NAME, document))


def test_a_clock_that_asks_for_no_marker_is_refused():
    document = parameters_of(NAME)
    with pytest.raises(InvalidBundle, match="at least one marker"):
        load_clock(forged(NAME, {**document, "may_miss": 22}))


def _width(result):
    return result["interval"]["high"] - result["interval"]["low"]
