import math

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import load_clock
from agelens.clocks.scoring import predict, read_panel_for, table_of
from agelens.domain.errors import InvalidAnswers, InvalidBundle
from agelens.domain.panel import Panel
from forged_bundles import forged, parameters_of, shipped_clock
from shapley_by_definition import shapley
from shared_files import shared_file

from model_training.datasets import nhanes

CLOCK = shipped_clock("phenoage")
MARKERS = (
    "albumin", "creatinine", "glucose", "crp", "lymphocytes", "mean_cell_volume",
    "red_cell_width", "alkaline_phosphatase", "white_cells",
)  # fmt: skip
ANSWERS = {
    "albumin": 42, "creatinine": 80, "glucose": 5, "crp": 10, "lymphocytes": 30,
    "mean_cell_volume": 90, "red_cell_width": 13, "alkaline_phosphatase": 80, "white_cells": 7,
}  # fmt: skip


COEFFICIENTS = (
    -0.03359355, 0.009506491, 0.1953192, 0.09536762, -0.01199984, 0.02676401, 0.3306156,
    0.001868778, 0.05542406,
)  # fmt: skip
# Below 1 a float is a multiple of 2^-53, so 1 - m is 2^-53 at the least up to a hazard of 36.7, and
# rounding moves it most where it is 1.5 of these and becomes 1.
ROUNDED_AWAY_YEARS = math.log1p(math.log(1.5) / -math.log(1.5 * 2**-53)) / 0.090165  # 0.123


def panel(age=50, **changes):
    answers = {k: v for k, v in {**ANSWERS, **changes}.items() if v is not None}
    return read_panel_for(CLOCK, answers, None, age)


def by_the_paper(age, values):
    """PhenoAge in the paper's two steps; `values` as the model reads them, CRP as ln(1 + mg/dL)."""
    albumin, creatinine, glucose, ln_crp, lymph, mcv, rdw, alp, wbc = values
    x = (
        -19.90667 - 0.03359355 * albumin + 0.009506491 * creatinine + 0.1953192 * glucose
        + 0.09536762 * ln_crp - 0.01199984 * lymph + 0.02676401 * mcv + 0.3306156 * rdw
        + 0.001868778 * alp + 0.05542406 * wbc + 0.08035356 * age
    )  # fmt: skip
    mortality = 1 - math.exp(-1.51714 * math.exp(x) / 0.007692696)
    return 141.50225 + math.log(-0.0055305 * math.log(1 - mortality)) / 0.090165


def read(values):
    """Canonical values as the model reads them: CRP is canonical in mg/L."""
    return [np.log1p(values[k] / 10) if k == "crp" else values[k] for k in MARKERS]


def random_people(n_people, seed):
    """Markers around the ordinary, ages 20 to 95."""
    rng = np.random.default_rng(seed)
    columns = {key: ANSWERS[key] * rng.lognormal(0, 0.15, n_people) for key in MARKERS}
    return Table(columns, rng.uniform(20, 95, n_people))


def test_one_person_computed_by_hand():
    # age 50                50 * 0.08035356  =  4.017678
    # albumin 42 g/L        42 * 0.03359355  = -1.4109291
    # creatinine 80 umol/L  80 * 0.009506491 =  0.76051928
    # glucose 5 mmol/L       5 * 0.1953192   =  0.976596
    # CRP 10 mg/L = 1 mg/dL: ln 2 = 0.69314718 * 0.09536762 = 0.0661038
    # lymphocytes 30 %      30 * 0.01199984  = -0.3599952
    # cell volume 90 fL     90 * 0.02676401  =  2.4087609
    # cell width 13 %       13 * 0.3306156   =  4.2980028
    # alk. phosphatase 80   80 * 0.001868778 =  0.14950224
    # white cells 7          7 * 0.05542406  =  0.38796842
    # intercept                                -19.90667     sum: -8.61246286
    # hazard: 1.51714 / 0.007692696 * exp(-8.61246286) = 0.035859315
    # 141.50225 + ln(0.0055305 * 0.035859315) / 0.090165 = 141.50225 - 94.55585821
    result = predict(CLOCK, panel())

    assert result["prediction"] == pytest.approx(46.94639179, abs=1e-7)
    assert result["unit"] == "years"
    assert result["interval"] is None
    assert result["interval_reason"].startswith("none: the constants were published without")
    assert result["age_gap"]["raw"] == pytest.approx(46.94639179 - 50, abs=1e-7)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["nhanes3.parquet", "nhanes4_dev.parquet"])
def test_every_published_row_is_equalled_to_a_billionth_of_a_year(name):
    cohort = nhanes.load(shared_file(name))
    published = cohort.published["phenoage0"]
    has = ~np.isnan(published)

    scores = CLOCK.score(cohort.table)
    assert has.sum() > 8000
    assert np.abs(scores.prediction - published)[has].max() <= 1e-9
    total = scores.base_value + scores.contributions.sum(axis=1)
    assert np.abs(total - scores.prediction)[has].max() < 1e-9


def test_random_people_agree_with_the_papers_two_steps_and_add_up():
    table = random_people(300, seed=1)
    scores = CLOCK.score(table)

    for row in range(0, 300, 10):
        values = read({key: table.column(key)[row] for key in MARKERS})
        expected = by_the_paper(table.chronological_age[row], values)
        assert scores.prediction[row] == pytest.approx(expected, abs=1e-9)
    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, rtol=0, atol=1e-9)


def test_where_rounding_shows_the_papers_two_steps_are_followed_digit_by_digit():
    hazards = np.linspace(14, 36.7, 500, endpoint=False)
    table = random_people(len(hazards), seed=4)
    known = read(table.columns)
    others = np.log(hazards * 0.007692696 / 1.51714) - (
        np.stack(known, axis=1) @ COEFFICIENTS - 19.90667 + 0.08035356 * table.chronological_age
    )
    table.columns["creatinine"] += others / 0.009506491
    scores = CLOCK.score(table)

    exact = 141.50225 + np.log(0.0055305 * hazards) / 0.090165
    shown = np.abs(scores.prediction - exact)
    assert 0.1 < shown.max() < ROUNDED_AWAY_YEARS  # else this would test nothing
    assert shown[hazards < 17].max() < 1e-9
    for row in range(len(hazards)):
        values = read({key: table.column(key)[row] for key in MARKERS})
        expected = by_the_paper(table.chronological_age[row], values)
        assert scores.prediction[row] == pytest.approx(expected, abs=1e-9), hazards[row]
    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, rtol=0, atol=1e-9)


def test_contributions_are_the_shapley_values_of_the_stated_game():
    table = random_people(3, seed=2)
    scores = CLOCK.score(table)
    bends = np.array(parameters_of("phenoage")["peers"]["coefficients"])

    for row in range(3):
        age = float(np.clip(table.chronological_age[row], 20, 90))
        own = read({key: table.column(key)[row] for key in MARKERS})
        peers = [a + b * age + c * age**2 for a, b, c in bends.T]

        def value(members, row=row, own=own, peers=peers):
            values = [own[i] if i in members else peers[i] for i in range(9)]
            return by_the_paper(table.chronological_age[row], values)

        assert scores.base_value[row] == pytest.approx(value(frozenset()), abs=1e-9)
        np.testing.assert_allclose(scores.contributions[row], shapley(9, value), atol=1e-9)


def test_an_average_peer_is_the_base_value_and_nothing_contributes():
    bends = np.array(parameters_of("phenoage")["peers"]["coefficients"])
    average = [1, 60, 3600] @ bends
    answers = dict(zip(MARKERS, average, strict=True))
    answers["crp"] = 10 * math.expm1(answers["crp"])

    result = predict(CLOCK, Panel(answers, 60))
    assert result["prediction"] == pytest.approx(result["base_value"], abs=1e-9)
    assert max(abs(row["years"]) for row in result["contributions"]) < 1e-9


def test_beyond_the_peers_ages_they_are_held_at_the_ends():
    bends = np.array(parameters_of("phenoage")["peers"]["coefficients"])
    result = predict(CLOCK, panel(age=110))

    at_the_end = [1, 90, 8100] @ bends
    assert result["base_value"] == pytest.approx(by_the_paper(110, at_the_end), abs=1e-9)


def test_it_never_saturates_and_follows_the_published_digits_only_while_they_mean_something():
    creatinine = np.linspace(100, 2400, 400)
    columns = {key: np.full(400, float(value)) for key, value in ANSWERS.items()}
    table = Table({**columns, "creatinine": creatinine, "glucose": np.full(400, 20.0)},
                  np.full(400, 85.0))  # fmt: skip
    scores = CLOCK.score(table)

    exact = scores.prediction[0] + (creatinine - creatinine[0]) * 0.009506491 / 0.090165
    assert np.isfinite(scores.prediction).all()
    assert scores.prediction[-1] > 240  # where the two steps give infinity
    assert np.abs(scores.prediction - exact).max() < ROUNDED_AWAY_YEARS
    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, rtol=0, atol=1e-9)


@pytest.mark.parametrize("marker", MARKERS)
def test_each_missing_marker_is_named_and_there_is_no_number(marker):
    with pytest.raises(InvalidAnswers) as caught:
        panel(**{marker: None})
    assert [p.field for p in caught.value.problems] == [marker]

    columns = {key: np.array([float(value)]) for key, value in ANSWERS.items() if key != marker}
    scores = CLOCK.score(Table(columns, np.array([50.0])))
    assert scores.errors == {0: f"needs all its 9 markers; missing: {marker}"}
    assert np.isnan(scores.prediction[0])


def test_age_is_needed_and_sex_is_not():
    with pytest.raises(InvalidAnswers) as caught:
        panel(age=None)
    assert [p.field for p in caught.value.problems] == ["chronological_age"]

    columns = {key: np.array([float(value)]) for key, value in ANSWERS.items()}
    assert CLOCK.score(Table(columns, np.array([np.nan]))).errors == {0: "needs chronological_age"}
    neither, woman, man = (
        predict(CLOCK, panel(**sex)) for sex in ({}, {"sex": "female"}, {"sex": "male"})
    )
    assert neither["prediction"] == woman["prediction"] == man["prediction"]
    assert woman["age_gap"]["percentile"] != man["age_gap"]["percentile"]
    assert neither["missing"] == []


def test_one_bad_row_leaves_the_others_their_numbers():
    columns = {key: np.array([value, np.nan, value], dtype=float) for key, value in ANSWERS.items()}
    scores = CLOCK.score(Table(columns, np.full(3, 50.0)))

    assert list(scores.errors) == [1]
    assert scores.prediction[0] == scores.prediction[2] == pytest.approx(46.94639179, abs=1e-7)
    assert not scores.contributions[1].any()


def test_many_people_get_what_each_gets_alone():
    panels = [panel(age=20 + i / 2, glucose=4 + i / 50) for i in range(100)]
    together = CLOCK.score(table_of(CLOCK, panels))

    for place in (0, 57, 99):
        alone = CLOCK.score(table_of(CLOCK, [panels[place]]))
        assert together.prediction[place] == pytest.approx(alone.prediction[0], abs=1e-11)


def test_an_empty_table_gives_empty_scores():
    assert CLOCK.score(Table({}, np.empty(0))).prediction.shape == (0,)


def changed(**constants):
    document = parameters_of("phenoage")
    return {**document, "constants": {**document["constants"], **constants}}


def with_markers(change):
    document = parameters_of("phenoage")
    change(document["markers"])
    return document


BROKEN = {
    "a constant is missing": {**changed(), "constants": {"intercept": 1}},
    "a constant is text": changed(age="old"),
    "a constant is a list": changed(age=[1, 2]),
    "a scale of zero": changed(per_year=0),
    "a negative hazard": changed(scale=-1),
    "a coefficient is text": with_markers(lambda m: m[0].update(coefficient="much")),
    "a marker twice": with_markers(lambda m: m.append(m[0])),
    "a marker that the manifest lacks": with_markers(lambda m: m[0].update(feature="bmi")),
    "a marker too few": with_markers(lambda m: m.pop()),
    "an unknown transform": with_markers(lambda m: m[0].update(transform="sqrt")),
    "a factor of zero": with_markers(lambda m: m[0].update(factor=0)),
    "peers of too few markers": {**changed(), "peers": {"ages": [20, 90], "coefficients": [[1]]}},
    "peers of no ages": {
        **changed(),
        "peers": {**parameters_of("phenoage")["peers"], "ages": [90, 20]},
    },
    "no object": [],
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_parameters_are_refused(what):
    with pytest.raises(InvalidBundle):
        load_clock(forged("phenoage", BROKEN[what]))


def test_the_forged_bundle_loads_when_nothing_is_broken():
    assert load_clock(forged("phenoage", changed())).manifest.name == "phenoage"


def test_a_manifest_whose_features_are_not_the_clocks_is_refused():
    features = [{"key": "sex", "required": True, "informative": True, "training": None}]
    with pytest.raises(InvalidBundle):
        load_clock(forged("phenoage", manifest={"features": features}))
