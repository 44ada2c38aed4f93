import copy
import math
import tracemalloc

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.bundles import load_clock
from agelens.clocks.kinds.dysregulation import coalition_distances
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import InvalidAnswers, InvalidBundle
from agelens.domain.panel import Panel
from forged_bundles import forged, parameters_of, shipped_clock
from scipy.spatial.distance import mahalanobis
from shapley_by_definition import shapley
from shared_files import shared_file

from model_training.datasets import nhanes

CLOCK = shipped_clock("dysregulation")
PARAMETERS = parameters_of("dysregulation")
MARKERS = (
    "albumin", "creatinine", "glucose", "crp", "lymphocytes", "mean_cell_volume",
    "red_cell_width", "alkaline_phosphatase", "white_cells",
)  # fmt: skip
ANSWERS = {
    "sex": "female", "albumin": 42, "creatinine": 80, "glucose": 5, "crp": 10, "lymphocytes": 30,
    "mean_cell_volume": 90, "red_cell_width": 13, "alkaline_phosphatase": 80, "white_cells": 7,
}  # fmt: skip
SEXES = ("female", "male")
# Two markers with SDs 3 and 0.4, correlated by one half: the covariance is 0.5 * 3 * 0.4 = 0.6.
TWO = {
    "markers": [
        {"feature": "albumin", "factor": 1.0, "transform": "none"},
        {"feature": "glucose", "factor": 1.0, "transform": "none"},
    ],
    "sexes": {sex: {"mean": [40.0, 5.0], "covariance": [[9.0, 0.6], [0.6, 0.16]]} for sex in SEXES},
}
TWO_FEATURES = [
    {"key": key, "required": True, "informative": True, "training": None}
    for key in ("sex", "albumin", "glucose")
]


def panel(**changes):
    answers = {k: v for k, v in {**ANSWERS, **changes}.items() if v is not None}
    return read_panel_for(CLOCK, answers)


def random_people(n_people, seed):
    """Markers around the ordinary, both sexes, no ages."""
    rng = np.random.default_rng(seed)
    columns = {key: ANSWERS[key] * rng.lognormal(0, 0.25, n_people) for key in MARKERS}
    columns["sex"] = rng.integers(2, size=n_people).astype(float)
    return Table(columns, np.full(n_people, np.nan))


def distance(table, row, members):
    """scipy's Mahalanobis distance, the markers outside `members` being average."""
    own = PARAMETERS["sexes"][SEXES[int(table.column("sex")[row])]]
    values = [table.column(key)[row] for key in MARKERS]
    values[MARKERS.index("crp")] = math.log1p(values[MARKERS.index("crp")] / 10)
    mixed = [values[i] if i in members else own["mean"][i] for i in range(9)]
    return mahalanobis(mixed, own["mean"], np.linalg.inv(own["covariance"]))


def test_a_distance_and_its_shares_computed_by_hand():
    # albumin 43 is (43 - 40) / 3 = 1 SD above, glucose 5.8 is (5.8 - 5) / 0.4 = 2 SD above.
    # With correlation r = 0.5: d² = (1 - 2 * 0.5 * 1 * 2 + 4) / (1 - 0.25) = 3 / 0.75 = 4, d = 2.
    # One alone, the other average: 1 / sqrt(0.75) = 1.1547005 and 2 / sqrt(0.75) = 2.3094011.
    # Shares: (1.1547005 + 2 - 2.3094011) / 2 = 0.4226497, (2.3094011 + 2 - 1.1547005) / 2 = 1.5773503
    clock = load_clock(forged("dysregulation", TWO, {"features": TWO_FEATURES}))
    result = predict(clock, read_panel_for(clock, {"sex": "male", "albumin": 43, "glucose": 5.8}))

    assert result["prediction"] == pytest.approx(2, abs=1e-12)
    assert result["derived"] == {"log_hd": pytest.approx(math.log(2), abs=1e-12)}
    assert result["base_value"] == 0
    shares = {row["feature"]: row["years"] for row in result["contributions"]}
    assert shares["albumin"] == pytest.approx(0.4226497, abs=1e-7)
    assert shares["glucose"] == pytest.approx(1.5773503, abs=1e-7)


def test_it_is_no_age_and_says_so():
    result = predict(CLOCK, read_panel_for(CLOCK, ANSWERS, None, 50))

    assert result["unit"] == "SD"
    assert result["age_gap"] is None
    assert result["interval"] is None
    assert result["interval_reason"].startswith("none: the distance is computed")
    assert "average of young healthy" in result["base_meaning"]


def test_random_people_agree_with_scipys_mahalanobis_distance_and_add_up():
    table = random_people(2500, seed=1)
    scores = CLOCK.score(table)

    for row in range(0, 2500, 100):
        expected = distance(table, row, range(9))
        assert scores.prediction[row] == pytest.approx(expected, abs=1e-9)
        assert scores.derived["log_hd"][row] == pytest.approx(math.log(expected), abs=1e-9)
    np.testing.assert_allclose(scores.contributions.sum(axis=1), scores.prediction, atol=1e-9)
    assert not scores.base_value.any()


def test_contributions_are_the_shapley_values_of_the_stated_game():
    table = random_people(6, seed=2)
    scores = CLOCK.score(table)

    for row in range(6):
        expected = shapley(9, lambda members, row=row: distance(table, row, members))
        np.testing.assert_allclose(scores.contributions[row], expected, rtol=0, atol=1e-9)


def test_every_set_of_markers_has_the_distance_with_the_others_average():
    rng = np.random.default_rng(4)
    mix = rng.normal(size=(2, 4, 4))
    precision = mix @ np.swapaxes(mix, 1, 2)
    deviation = rng.normal(size=(2, 4))
    distances = coalition_distances(deviation, precision)

    assert distances.shape == (2, 16)
    for person in range(2):
        for coalition in range(16):
            kept = [deviation[person, i] if coalition >> i & 1 else 0.0 for i in range(4)]
            expected = mahalanobis(kept, np.zeros(4), precision[person])
            assert distances[person, coalition] == pytest.approx(expected, abs=1e-9)


def test_somebody_exactly_average_is_at_distance_0_and_has_no_logarithm():
    clock = load_clock(forged("dysregulation", TWO, {"features": TWO_FEATURES}))
    result = predict(clock, Panel({"sex": "female", "albumin": 40.0, "glucose": 5.0}))

    assert result["prediction"] == 0
    assert result["derived"] == {}
    assert all(row["years"] == 0 for row in result["contributions"])


@pytest.mark.parametrize("marker", [*MARKERS, "sex"])
def test_whatever_is_missing_is_named_and_there_is_no_number(marker):
    with pytest.raises(InvalidAnswers) as caught:
        panel(**{marker: None})
    assert marker in [problem.field for problem in caught.value.problems]

    table = random_people(2, seed=3)
    table.column(marker)[0] = np.nan
    scores = CLOCK.score(table)
    expected = "needs sex" if marker == "sex" else f"needs all its 9 markers; missing: {marker}"
    assert scores.errors == {0: expected}
    assert np.isfinite(scores.prediction).tolist() == [False, True]


def test_memory_stays_flat_however_many_people_there_are():
    table = random_people(30_000, seed=6)
    tracemalloc.start()
    try:
        CLOCK.score(table)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 60e6  # 512 distances of everybody at once would be 123 MB


def test_many_people_get_what_each_gets_alone():
    table = random_people(1100, seed=7)
    together = CLOCK.score(table)

    for row in (0, 1023, 1024, 1099):
        one = Table(
            {key: column[[row]] for key, column in table.columns.items()}, np.array([np.nan])
        )
        alone = CLOCK.score(one)
        assert together.prediction[row] == pytest.approx(alone.prediction[0], abs=1e-11)
        np.testing.assert_allclose(together.contributions[row], alone.contributions[0], atol=1e-11)


def test_an_empty_table_gives_empty_scores():
    assert CLOCK.score(Table({}, np.empty(0))).prediction.shape == (0,)


@pytest.mark.shared_data
def test_it_scores_every_row_that_has_a_published_phenoage_and_grows_with_age():
    cohort = nhanes.load(shared_file("nhanes4_dev.parquet"))
    scores = CLOCK.score(cohort.table)

    has = ~np.isnan(cohort.published["phenoage0"])
    assert np.isfinite(scores.prediction[has]).all()
    assert np.abs(scores.contributions.sum(axis=1) - scores.prediction)[has].max() < 1e-9
    young = scores.prediction[has & (cohort.age_years < 30)].mean()
    old = scores.prediction[has & (cohort.age_years >= 70)].mean()
    assert old > young + 1


def changed(change):
    document = copy.deepcopy(PARAMETERS)
    change(document)
    return document


def covariance(d, sex="male"):
    return d["sexes"][sex]["covariance"]


BROKEN = {
    "a sex is missing": changed(lambda d: d["sexes"].pop("male")),
    "a mean too few": changed(lambda d: d["sexes"]["male"]["mean"].pop()),
    "a mean of null": changed(lambda d: d["sexes"]["male"]["mean"].__setitem__(0, None)),
    "a covariance of another shape": changed(lambda d: covariance(d).pop()),
    "a ragged covariance": changed(lambda d: covariance(d)[0].pop()),
    "a lopsided covariance": changed(lambda d: covariance(d)[0].__setitem__(1, 0.1)),
    "a variance of zero": changed(lambda d: covariance(d)[0].__setitem__(0, 0.0)),
    "a negative variance": changed(lambda d: covariance(d)[0].__setitem__(0, -1.0)),
    "two markers that are one": {
        **TWO,
        "sexes": {
            sex: {"mean": [40.0, 5.0], "covariance": [[9.0, 1.2], [1.2, 0.16]]} for sex in SEXES
        },
    },
    "a marker that the manifest lacks": changed(lambda d: d["markers"][0].update(feature="bmi")),
    "no object": [],
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_parameters_are_refused(what):
    with pytest.raises(InvalidBundle):
        load_clock(forged("dysregulation", BROKEN[what]))


def test_two_markers_that_are_one_are_refused_for_that_reason():
    bundle = forged("dysregulation", BROKEN["two markers that are one"], {"features": TWO_FEATURES})
    with pytest.raises(InvalidBundle, match="not independent enough"):
        load_clock(bundle)


def test_the_forged_bundle_loads_when_nothing_is_broken():
    assert load_clock(forged("dysregulation", PARAMETERS)).manifest.name == "dysregulation"
