import math

import numpy as np
import pytest
from additive_by_hand import base, contributions, covariance, height, variance
from additive_clocks import RISK, additive_bundle, additive_parameters
from agelens.clocks.base import Table
from agelens.clocks.batches.batch import Batch
from agelens.clocks.batches.scored import Scored
from agelens.clocks.bundles import load_clock
from agelens.clocks.scoring import additivity_gap_years, predict, read_panel_for
from agelens.domain.errors import CannotScore, InvalidAnswers
from agelens.domain.panel import Panel
from shapley_by_definition import shapley

PARAMETERS = additive_parameters()
MARKERS = {marker["feature"]: marker for marker in PARAMETERS["markers"]}
KEYS = list(MARKERS)
NORMAL_90 = 1.6448536269514722


@pytest.fixture(scope="module")
def clock():
    return load_clock(additive_bundle())


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
    known = {key: value for key, value in values.items() if not np.isnan(value)}
    return known, float(table.chronological_age[row]), float(table.columns["sex"][row])


def panel(clock, age=55, sex="female", **changes):
    """Everything in the middle of the training range, but for the changes; None leaves out."""
    answers = {key: (m["low"] + m["high"]) / 2 for key, m in MARKERS.items()}
    return read_panel_for(clock, {"sex": sex, **answers, **changes}, None, age)


def width(result):
    return result["interval"]["high"] - result["interval"]["low"]


@pytest.mark.parametrize("missing", [0, 0.25])
def test_it_equals_its_description_computed_one_by_one(clock, missing):
    table = people(60, missing=missing)
    scores = clock.score(table)
    assert scores.errors == {}
    for row in range(60):
        known, age, male = person(table, row)
        years, of_missing = contributions(PARAMETERS, known, age, male)
        start = base(PARAMETERS, age, male)
        total = variance(PARAMETERS, known, age, male) + of_missing
        assert scores.base_value[row] == pytest.approx(start, abs=1e-9)
        np.testing.assert_allclose(scores.contributions[row], years, rtol=0, atol=1e-9)
        assert scores.prediction[row] == pytest.approx(start + years.sum(), abs=1e-9)
        half = scores.high[row] - scores.prediction[row]
        assert half == pytest.approx(NORMAL_90 * math.sqrt(total), rel=1e-6)
        due = NORMAL_90 * math.sqrt(of_missing) / covariance(PARAMETERS, age, male)[2]
        assert scores.missing_half_width[row] == pytest.approx(due, abs=1e-6)


def test_at_a_knot_a_marker_adds_what_its_table_says(clock):
    marker = MARKERS["systolic_bp"]
    step = (marker["high"] - marker["low"]) / (PARAMETERS["n_value_knots"] - 1)
    for male, sex in enumerate(["female", "male"]):
        for knot, age in enumerate(PARAMETERS["age_knots"]):
            for place in range(PARAMETERS["n_value_knots"]):
                value = min(marker["low"] + place * step, marker["high"])
                result = predict(clock, panel(clock, age, sex, systolic_bp=value))
                (told,) = [c for c in result["contributions"] if c["feature"] == "systolic_bp"]
                assert told["years"] == pytest.approx(marker["years"][male][knot][place], abs=1e-9)


@pytest.mark.parametrize("missing", [0, 6])
@pytest.mark.parametrize("seed", range(3))
def test_contributions_are_the_shapley_values_of_the_stated_game(clock, seed, missing):
    """What was measured is one's own; a set's value is the base and what its members add."""
    rng = np.random.default_rng(seed)
    table = people(1, seed)
    known, age, male = person(table, 0)
    for key in KEYS[:missing]:
        del known[key]
    years, _ = contributions(PARAMETERS, known, age, male)
    players = rng.choice(len(KEYS), size=9, replace=False)

    def value(members):
        return base(PARAMETERS, age, male) + sum(years[players[p]] for p in members)

    columns = table.columns | {key: np.array([np.nan]) for key in KEYS[:missing]}
    ours = clock.score(Table(columns, table.chronological_age)).contributions[0, players]
    np.testing.assert_allclose(ours, shapley(9, value), rtol=0, atol=1e-9)


def test_every_explanation_adds_up(clock):
    scores = clock.score(people(5000, seed=2, missing=0.3))
    gaps = additivity_gap_years(scores)[np.isfinite(scores.prediction)]
    assert len(gaps) > 4000
    assert np.abs(gaps).max() < 1e-9


def test_a_missing_marker_is_expected_from_the_others_marked_and_widens_the_interval(clock):
    whole = predict(clock, panel(clock))
    without = predict(clock, panel(clock, red_cell_width=None))
    (told,) = [c for c in without["contributions"] if c["feature"] == "red_cell_width"]
    values = {key: (m["low"] + m["high"]) / 2 for key, m in MARKERS.items()}
    del values["red_cell_width"]
    years, _ = contributions(PARAMETERS, values, 55, 0)
    assert told["years"] == pytest.approx(years[KEYS.index("red_cell_width")], abs=1e-9)
    assert abs(told["years"]) > 0.1
    assert (told["imputed"], told["value"]) == (True, None)
    assert without["missing"] == ["red_cell_width"]
    assert width(without) > width(whole)


def test_too_many_missing_markers_are_refused_by_name(clock):
    allowed = PARAMETERS["may_miss"]
    panel(clock, **dict.fromkeys(KEYS[:allowed]))
    with pytest.raises(InvalidAnswers, match=f"at least {21 - allowed} of its 21 markers"):
        panel(clock, **dict.fromkeys(KEYS[: allowed + 1]))


def test_sex_and_age_are_needed(clock):
    with pytest.raises(InvalidAnswers, match="sex"):
        panel(clock, sex=None)
    with pytest.raises(InvalidAnswers, match="chronological_age"):
        panel(clock, age=None)


@pytest.mark.parametrize("age", [15, 19.9, 90.1, 95])
def test_an_age_that_was_not_trained_on_has_no_number(clock, age):
    with pytest.raises(InvalidAnswers, match="between 20 and 90"):
        panel(clock, age)
    with pytest.raises(CannotScore, match="chronological_age must be between 20 and 90"):
        predict(clock, Panel(panel(clock, 50).values, age))


@pytest.mark.parametrize("age", [20, 90])
def test_the_first_and_the_last_age_have_a_number(clock, age):
    assert np.isfinite(predict(clock, panel(clock, age))["prediction"])


def test_rows_that_cannot_be_scored_say_why_and_leave_the_others_alone(clock):
    table = people(2100, seed=4)
    columns = {key: column.copy() for key, column in table.columns.items()}
    age = table.chronological_age.copy()
    rows = [0, 1, 2050, 2060]  # of both chunks
    columns["sex"][rows[0]], age[rows[1]], age[rows[2]] = np.nan, np.nan, 18
    for key in KEYS[:16]:
        columns[key][rows[3]] = np.nan
    scores, alone = clock.score(Table(columns, age)), clock.score(table)
    assert sorted(scores.errors) == rows
    assert scores.errors[0] == "needs sex"
    assert scores.errors[1] == "needs chronological_age"
    assert "between 20 and 90" in scores.errors[2050]
    assert f"missing: {KEYS[0]}, " in scores.errors[2060]
    for values in (scores.prediction, scores.low, *scores.derived.values()):
        assert np.isnan(values[rows]).all()
    assert not scores.contributions[rows].any()
    others = np.setdiff1d(np.arange(2100), rows)
    np.testing.assert_array_equal(scores.prediction[others], alone.prediction[others])


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


def test_a_person_among_many_has_the_same_answer_as_alone(clock):
    table = people(4200, seed=8, missing=0.1)
    together = clock.score(table)
    for row in (0, 2047, 2048, 4199):
        alone = clock.score(table.person(row))
        for name in ("prediction", "low", "missing_half_width"):
            expected = getattr(together, name)[row]
            assert getattr(alone, name)[0] == pytest.approx(expected, abs=1e-9)
        np.testing.assert_allclose(
            alone.contributions[0], together.contributions[row], rtol=0, atol=1e-9
        )


def test_nobody_is_scored_without_complaint(clock):
    assert len(clock.score(people(0)).prediction) == 0


def test_a_panel_with_markers_missing_is_ranked_with_a_range(clock):
    whole = predict(clock, panel(clock, 55, "male"))
    result = predict(clock, panel(clock, 55, "male", glucose=None, albumin=None))
    gap, reference = result["age_gap"], clock.reference
    values = {key: (m["low"] + m["high"]) / 2 for key, m in MARKERS.items()}
    _, of_missing = contributions(
        PARAMETERS, {k: v for k, v in values.items() if k not in ("glucose", "albumin")}, 55, 1
    )
    half = NORMAL_90 * math.sqrt(of_missing) / covariance(PARAMETERS, 55, 1)[2]
    ends = [reference.percentile(gap["raw"] + sign * half, 55, "male") for sign in (-1, 1)]
    assert gap["percentile"] == reference.percentile(gap["raw"], 55, "male")
    assert gap["adjusted"] == reference.adjusted(gap["raw"], 55, "male")
    assert gap["percentile_range"] == pytest.approx(ends, abs=1e-6)
    assert ends[0] < gap["percentile"] < ends[1]
    ranked = "the age gap is ranked with the missing markers estimated from the others"
    assert ranked in result["warnings"]
    assert whole["age_gap"]["percentile_range"] is None
    assert ranked not in whole["warnings"]


def test_rows_of_a_file_have_the_ranks_and_risks_of_persons(clock):
    table = people(40, seed=21, missing=0.1)
    scored = Scored(clock, Batch(40, table, np.arange(40), {}, {}), clock.score(table), {})
    for row in range(40):
        known, age, male = person(table, row)
        answers = known | {"sex": "male" if male else "female"}
        result = predict(clock, Panel(answers, age))
        assert scored.gaps.percentile[row] == pytest.approx(result["age_gap"]["percentile"])
        assert scored.gaps.adjusted[row] == pytest.approx(result["age_gap"]["adjusted"])
        for name, values in scored.scores.derived.items():
            assert result["derived"][name] == pytest.approx(values[row])


def test_the_risk_is_a_gompertz_law_in_years_with_the_uncertainty_of_both(clock):
    table = people(50, seed=12, missing=0.2)
    scores = clock.score(table)
    for row in range(50):
        known, age, male = person(table, row)
        years, of_missing = contributions(PARAMETERS, known, age, male)
        decades = (base(PARAMETERS, age, male) + years.sum() - 50) / 10
        middle = RISK["at_50"] + RISK["per_decade"] * decades
        of_years = variance(PARAMETERS, known, age, male) + of_missing
        sd = math.sqrt((RISK["per_decade"] / 10) ** 2 * of_years + RISK["sd"] ** 2)
        for name, z in (("risk_10y", 0), ("risk_10y_low", -1.959964), ("risk_10y_high", 1.959964)):
            expected = 1 - math.exp(-math.exp(middle + z * sd))
            assert scores.derived[name][row] == pytest.approx(expected, rel=1e-6)


def test_a_clock_that_is_not_calibrated_gives_no_risk():
    clock = load_clock(additive_bundle(additive_parameters(risk=None)))
    assert predict(clock, panel(clock))["derived"] == {}


def test_the_expected_width_is_the_average_over_what_may_be_measured(clock):
    """The marker is drawn given the others, as the covariance says, and everybody scored again."""
    rng = np.random.default_rng(20261128)
    gone = ["albumin", "glucose", "height", "bmi"]
    result = predict(clock, panel(clock, 47, "male", **dict.fromkeys(gone)))
    told = {each["feature"]: each["width_expected"] for each in result["narrowing"]}
    assert set(told) == set(gone)
    values = {key: (m["low"] + m["high"]) / 2 for key, m in MARKERS.items() if key not in gone}
    for key in gone:
        drawn = drawn_values(values, key, 47, 1, rng)
        columns = {k: np.full(len(drawn), v) for k, v in values.items()}
        columns |= {"sex": np.ones(len(drawn)), key: drawn}
        scores = clock.score(Table(columns, np.full(len(drawn), 47.0)))
        widths = scores.high - scores.low
        error = widths.std() / len(widths) ** 0.5
        assert told[key] == pytest.approx(widths.mean(), abs=0.005 + 4 * error)
    assert min(told.values()) < width(result) - 0.1


def drawn_values(values, key, age, male, rng, n_people=4000):
    """Values of a marker as people like this have them, by the covariance of the deviations."""
    matrix, ridge, _ = covariance(PARAMETERS, age, male)
    count, place = len(KEYS), KEYS.index(key)
    given = [KEYS.index(k) for k in values]
    of_known = given + [count + p for p in given]
    known = [
        height(PARAMETERS, MARKERS[k], table, v, age, male)
        for table in ("years", "deviation")
        for k, v in values.items()
    ]
    inner = matrix[np.ix_(of_known, of_known)] + ridge * np.eye(len(of_known))
    weights = np.linalg.solve(inner, matrix[of_known, count + place])
    left = matrix[count + place, count + place] - weights @ matrix[of_known, count + place]
    deviations = rng.normal(weights @ known, math.sqrt(left), n_people)
    marker = MARKERS[key]
    grid = np.linspace(marker["low"], marker["high"], 2001)
    curve = [height(PARAMETERS, marker, "deviation", v, age, male) for v in grid]
    return np.interp(deviations, curve, grid)


def test_with_nothing_missing_there_is_nothing_to_measure(clock):
    assert predict(clock, panel(clock))["narrowing"] == []


def test_without_degrees_of_freedom_the_unusual_are_no_less_certain():
    parameters = additive_parameters()
    parameters["missing"]["degrees"] = None
    table = people(20, seed=31, missing=0.2)
    half = load_clock(additive_bundle(parameters)).score(table).missing_half_width
    for row in range(20):
        known, age, male = person(table, row)
        _, of_missing = contributions(parameters, known, age, male)
        due = NORMAL_90 * math.sqrt(of_missing) / covariance(parameters, age, male)[2]
        assert half[row] == pytest.approx(due, abs=1e-6)
