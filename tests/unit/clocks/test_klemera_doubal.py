import copy
import math

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import load_clock
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import InvalidAnswers, InvalidBundle
from forged_bundles import forged, parameters_of, shipped_clock
from shapley_by_definition import shapley
from shared_files import shared_file

from model_training.datasets import nhanes

CLOCK = shipped_clock("kdm")
PARAMETERS = parameters_of("kdm")
MARKERS = (
    "fev1", "systolic_bp", "total_cholesterol", "hba1c", "albumin", "creatinine", "crp",
    "alkaline_phosphatase", "urea_nitrogen",
)  # fmt: skip
ANSWERS = {
    "sex": "male", "fev1": 3.5, "systolic_bp": 130, "total_cholesterol": 5.2, "hba1c": 5.5,
    "albumin": 41, "creatinine": 90, "crp": 2, "alkaline_phosphatase": 85, "urea_nitrogen": 15,
}  # fmt: skip
SEXES = ("female", "male")


def panel(age=50, **changes):
    answers = {k: v for k, v in {**ANSWERS, **changes}.items() if v is not None}
    return read_panel_for(CLOCK, answers, None, age)


@pytest.mark.parametrize(("age", "ranked"), [(25, False), (30, True), (75, True), (76, False)])
def test_an_age_beyond_the_reference_people_has_no_rank_and_a_warning(age, ranked):
    result = predict(CLOCK, panel(age))
    assert "ages 30 to 75" in result["age_gap"]["reference"]
    assert (result["age_gap"]["percentile"] is not None) == ranked
    assert ("the age gap is ranked for ages 30 to 75 only" in result["warnings"]) != ranked


def by_the_paper(age, sex, values):
    """The ratio of sums as Klemera and Doubal write it; `values` as the lines read them, NaN missing."""
    own = PARAMETERS["sexes"][sex]
    numerator, denominator = age / own["variance"], 1 / own["variance"]
    for x, q, k, s in zip(values, own["intercept"], own["slope"], own["sd"], strict=True):
        if not math.isnan(x):
            numerator += (x - q) * k / s**2
            denominator += (k / s) ** 2
    return numerator / denominator


def read(values):
    """Canonical values as the lines read them: CRP as ln(1 + mg/dL), canonical in mg/L."""
    return [math.log1p(values[k] / 10) if k == "crp" else values[k] for k in MARKERS]


def random_people(n_people, seed, missing=0):
    """Markers around the ordinary, both sexes, some markers missing."""
    rng = np.random.default_rng(seed)
    columns = {key: ANSWERS[key] * rng.lognormal(0, 0.2, n_people) for key in MARKERS}
    for row in range(n_people):
        for key in rng.choice(MARKERS, size=missing, replace=False):
            columns[key][row] = np.nan
    columns["sex"] = rng.integers(2, size=n_people).astype(float)
    return Table(columns, rng.uniform(20, 90, n_people))


def values_of(table, row):
    return read({key: table.column(key)[row] for key in MARKERS})


def test_one_man_of_50_computed_by_hand():
    # marker                   x           q            k             s       (x-q)k/s²     (k/s)²
    # lung function            3.5         5.306506    -0.038795876   0.67529342  0.153687991  0.00330054827
    # systolic pressure      130         101.08965      0.5573826    15.879225    0.063906959  0.00123210639
    # cholesterol              5.2         4.9218249    0.0099546031  1.0565165   0.002480788  0.00008877595
    # HbA1c                    5.5         4.7315111    0.017329423   0.9211202   0.015696004  0.00035394485
    # albumin                 41          45.770191    -0.072520598   3.4325534   0.029360439  0.00044636296
    # creatinine              90          69.714302     0.29814301   18.16564     0.018327920  0.00026936915
    # ln(1 + 0.2 mg/dL) =      0.18232156  0.15497513   0.0027816793  0.21909775  0.001584644  0.00016119007
    # alkaline phosphatase    85          76.037061     0.2228907    25.494586    0.003073594  0.00007643424
    # urea nitrogen           15          10.107636     0.10113296    4.8279203   0.021227131  0.00043879862
    # sums                                                                        0.309345470  0.00636753050
    # age: 50 / 76.927316530845 = 0.649964177, 1 / 76.927316530845 = 0.0129992835
    # (0.309345470 + 0.649964177) / (0.0063675305 + 0.0129992835) = 0.959309647 / 0.019366814
    result = predict(CLOCK, panel())

    assert result["prediction"] == pytest.approx(49.533684, abs=2e-5)
    assert result["base_value"] == 50
    assert result["base_meaning"] == "the person's chronological age"
    assert result["unit"] == "years"
    assert result["interval"] is None
    assert result["interval_reason"].startswith("none: the method's own error")
    years = {row["feature"]: row["years"] for row in result["contributions"]}
    # 0.153687991 - 50 * 0.00330054827 = -0.01133942, over 0.019366814
    assert years["fev1"] == pytest.approx(-0.585508, abs=2e-5)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["nhanes3.parquet", "nhanes4_dev.parquet"])
def test_every_published_row_is_equalled_to_a_billionth_of_a_year(name):
    cohort = nhanes.load(shared_file(name))
    published = cohort.published["kdm0"]
    has = ~np.isnan(published)

    scores = CLOCK.score(cohort.table)
    assert has.sum() > 5000
    assert np.abs(scores.prediction - published)[has].max() <= 1e-9
    total = scores.base_value + scores.contributions.sum(axis=1)
    scored = ~np.isnan(scores.prediction)
    assert np.abs(total - scores.prediction)[scored].max() < 1e-9


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_random_people_agree_with_the_papers_sums_and_add_up(missing):
    table = random_people(60, seed=missing, missing=missing)
    scores = CLOCK.score(table)

    assert not scores.errors
    for row in range(60):
        sex = SEXES[int(table.column("sex")[row])]
        expected = by_the_paper(table.chronological_age[row], sex, values_of(table, row))
        assert scores.prediction[row] == pytest.approx(expected, abs=1e-9)
        gone = [math.isnan(x) for x in values_of(table, row)]
        assert (scores.contributions[row] == 0).tolist() == gone
    total = scores.base_value + scores.contributions.sum(axis=1)
    np.testing.assert_allclose(total, scores.prediction, rtol=0, atol=1e-9)


def test_contributions_are_the_shapley_values_of_the_stated_game():
    table = random_people(4, seed=9)
    scores = CLOCK.score(table)

    for row in range(4):
        age, sex = table.chronological_age[row], SEXES[int(table.column("sex")[row])]
        own, values = PARAMETERS["sexes"][sex], values_of(table, row)
        average = [q + k * age for q, k in zip(own["intercept"], own["slope"], strict=True)]

        def value(members, age=age, sex=sex, values=values, average=average):
            mixed = [values[i] if i in members else average[i] for i in range(9)]
            return by_the_paper(age, sex, mixed)

        np.testing.assert_allclose(scores.contributions[row], shapley(9, value), atol=1e-9)


def test_two_markers_may_be_missing_and_three_may_not():
    result = predict(CLOCK, panel(fev1=None, crp=None))
    assert result["missing"] == ["fev1", "crp"]
    assert {row["feature"] for row in result["contributions"]} == set(MARKERS) - {"fev1", "crp"}
    assert result["age_gap"]["percentile"] is None  # the reference people's panels are complete

    with pytest.raises(InvalidAnswers) as caught:
        panel(fev1=None, crp=None, hba1c=None)
    message = caught.value.problems[0].message
    assert message == "needs at least 7 of its 9 markers; missing: fev1, hba1c, crp"


def test_rows_that_lack_too_much_say_what_and_leave_the_others_their_numbers():
    table = random_people(4, seed=5)
    table.column("sex")[1] = np.nan
    table.chronological_age[2] = np.nan
    for key in ("fev1", "hba1c", "crp"):
        table.column(key)[3] = np.nan
    scores = CLOCK.score(table)

    assert scores.errors == {
        1: "needs sex",
        2: "needs chronological_age",
        3: "needs at least 7 of its 9 markers; missing: fev1, hba1c, crp",
    }
    assert np.isfinite(scores.prediction).tolist() == [True, False, False, False]
    assert not scores.contributions[1:].any()


@pytest.mark.parametrize(("lacking", "age"), [("sex", 50), ("chronological_age", None)])
def test_sex_and_age_are_required(lacking, age):
    with pytest.raises(InvalidAnswers) as caught:
        panel(age, **{lacking: None} if lacking == "sex" else {})
    assert lacking in [problem.field for problem in caught.value.problems]


def test_women_and_men_are_judged_by_their_own_lines():
    woman, man = (predict(CLOCK, panel(sex=sex))["prediction"] for sex in SEXES)

    assert woman == pytest.approx(by_the_paper(50, "female", read(ANSWERS)), abs=1e-9)
    assert man == pytest.approx(by_the_paper(50, "male", read(ANSWERS)), abs=1e-9)
    assert abs(woman - man) > 1


def test_an_empty_table_gives_empty_scores():
    assert CLOCK.score(Table({}, np.empty(0))).prediction.shape == (0,)


def changed(change):
    document = copy.deepcopy(PARAMETERS)
    change(document)
    return document


BROKEN = {
    "a sex is missing": changed(lambda d: d["sexes"].pop("female")),
    "a marker too few": changed(lambda d: d["markers"].pop()),
    "a slope too few": changed(lambda d: d["sexes"]["male"]["slope"].pop()),
    "a slope of null": changed(lambda d: d["sexes"]["male"]["slope"].__setitem__(0, None)),
    "a spread of zero": changed(lambda d: d["sexes"]["male"]["sd"].__setitem__(0, 0)),
    "a negative variance": changed(lambda d: d["sexes"]["female"].update(variance=-1)),
    "a variance of text": changed(lambda d: d["sexes"]["female"].update(variance="wide")),
    "all may be missing": changed(lambda d: d.update(may_miss=9)),
    "a share may be missing": changed(lambda d: d.update(may_miss=0.5)),
    "an unknown transform": changed(lambda d: d["markers"][0].update(transform="exp")),
    "a marker that the manifest lacks": changed(lambda d: d["markers"][0].update(feature="bmi")),
    "no object": [],
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_parameters_are_refused(what):
    with pytest.raises(InvalidBundle):
        load_clock(forged("kdm", BROKEN[what]))


def test_the_forged_bundle_loads_when_nothing_is_broken():
    assert load_clock(forged("kdm", PARAMETERS)).manifest.name == "kdm"
