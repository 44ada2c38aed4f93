"""bortz against the sample person of its authors and its formula, computed by hand."""

import math

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.notes import note_of
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import InvalidAnswers
from agelens.languages import in_language, translated_text
from forged_bundles import parameters_of, shipped_clock
from shapley_by_definition import shapley

from model_training.recipes.bortz import AGE_COEFFICIENT, AGE_MEAN, PUBLISHED

CLOCK = shipped_clock("bortz")
ADVANCE = 1.5316514019202296  # as the authors' repository computes it; they print 1.5
AGE = 68
# The sample person of the repository, in its units.
SAMPLE = {
    "albumin": 46.59, "alkaline_phosphatase": 66.1, "urea_nitrogen": 8.77,
    "total_cholesterol": 4.047, "creatinine": 105.2, "cystatin_c": 1.212, "hba1c": 41.2,
    "crp": math.exp(0.8754687), "ggt": math.exp(3.580737), "red_cells": 4.17,
    "mean_cell_volume": 89.2, "red_cell_width": 14.8, "monocytes": 0.5, "neutrophils": 6.7,
    "lymphocytes": 11.7, "mean_sphered_cell_volume": 80.6, "alt": math.exp(2.98214),
    "shbg": math.exp(3.404525), "vitamin_d": math.exp(4.592085),
    "high_light_scatter_reticulocytes": 0.35, "glucose": 4.641, "platelet_width": 15.7,
    "mean_cell_haemoglobin": 30.3, "plateletcrit": 0.298, "apolipoprotein_a1": 1.647,
}  # fmt: skip
UNITS = {"urea_nitrogen": "mmol/L", "hba1c": "mmol/mol"}
NHANES_LACKS = (
    "monocytes", "neutrophils", "alt", "shbg", "vitamin_d", "mean_cell_haemoglobin",
    "mean_sphered_cell_volume", "high_light_scatter_reticulocytes", "platelet_width",
    "plateletcrit", "apolipoprotein_a1",
)  # fmt: skip


def panel(*lacking, age=AGE, **changes):
    answers = {k: v for k, v in {**SAMPLE, **changes}.items() if k not in lacking}
    units = {key: unit for key, unit in UNITS.items() if key in answers}
    return read_panel_for(CLOCK, answers, units, age)


def by_hand(lacking=(), age=AGE):
    """The published sum; a marker that is lacking is at its mean, so its term is 0."""
    total = AGE_COEFFICIENT * (age - AGE_MEAN)
    for transform, (coefficient, mean) in PUBLISHED.items():
        key = transform.feature
        value = math.log(SAMPLE[key]) if transform.transform == "log" else SAMPLE[key]
        total += 0 if key in lacking else coefficient * (value - mean)
    return age + 10 * total


def test_the_sample_person_of_the_authors_has_their_advance():
    result = predict(CLOCK, panel())

    assert result["prediction"] - AGE == pytest.approx(ADVANCE, abs=1e-9)
    assert result["prediction"] == pytest.approx(by_hand(), abs=1e-9)
    years = sum(row["years"] for row in result["contributions"])
    assert result["base_value"] + years == pytest.approx(result["prediction"], abs=1e-9)
    assert (result["missing"], result["interval"]) == ([], None)
    assert "uncertainty" in result["interval_reason"]


def test_it_has_25_markers_and_the_registry_keys_are_those_of_the_paper():
    assert len(CLOCK.markers) == len(SAMPLE) == 25
    assert set(CLOCK.markers) == set(SAMPLE)


@pytest.mark.parametrize("lacking", [("cystatin_c",), NHANES_LACKS[:9], ("crp", "ggt", "hba1c")])
def test_a_missing_marker_counts_as_its_published_mean_and_adds_nothing(lacking):
    result = predict(CLOCK, panel(*lacking))

    assert result["prediction"] == pytest.approx(by_hand(lacking), abs=1e-9)
    imputed = {row["feature"]: row["years"] for row in result["contributions"] if row["imputed"]}
    assert imputed == dict.fromkeys(lacking, 0)
    assert set(result["missing"]) == set(lacking)
    years = sum(row["years"] for row in result["contributions"])
    assert result["base_value"] + years == pytest.approx(result["prediction"], abs=1e-9)


def test_ten_missing_markers_are_too_many():
    with pytest.raises(InvalidAnswers, match="at least 16 of its 25 markers"):
        panel(*NHANES_LACKS[:10])


def test_nobody_is_ranked_and_the_card_says_why_and_that_a_mean_is_a_guess():
    gap = predict(CLOCK, panel())["age_gap"]

    assert gap["raw"] == pytest.approx(ADVANCE, abs=1e-9)
    assert (gap["percentile"], gap["reference"]) == (None, None)
    card = CLOCK.manifest.card
    assert "NHANES lacks too many of the markers" in card
    assert "its published mean, which is a guess," in card
    assert "mortality" not in CLOCK.manifest.metrics


def test_what_is_said_of_ranks_counts_the_markers_that_nhanes_lacks():
    text = f"NHANES, whose people the other clocks compare you with, did not measure {len(NHANES_LACKS)} of its 25"
    assert text in note_of("bortz")
    with in_language("ru"):
        assert f"{len(NHANES_LACKS)} из её 25 показателей" in translated_text(note_of("bortz"))


def test_sex_changes_nothing():
    woman, man = (predict(CLOCK, panel(sex=sex)) for sex in ("female", "male"))
    assert woman["prediction"] == man["prediction"]


def test_the_peers_are_of_nhanes_where_it_has_the_marker_and_the_published_mean_elsewhere():
    level, slope, bend = np.array(parameters_of("bortz")["peers"]["coefficients"])
    for place, transform in enumerate(PUBLISHED):
        if transform.feature in NHANES_LACKS:
            assert (level[place], slope[place], bend[place]) == (PUBLISHED[transform][1], 0, 0)
        else:
            assert slope[place] != 0
    assert "the published mean, if NHANES III lacks the marker" in CLOCK.manifest.explanation_game
    assert "the published mean in every set" in CLOCK.manifest.explanation_game


@pytest.mark.parametrize("lacking", [(), ("glucose", "shbg")])
def test_contributions_are_the_shapley_values_of_the_stated_game_on_a_subset(lacking):
    """Ten players, the other markers as this person has them: a sum is the same for all of them."""
    scores = CLOCK.score(
        Table(
            {
                t.feature: np.array([(v - t.offset) / t.factor])
                for t, v in ((t, SAMPLE[t.feature]) for t in PUBLISHED)
                if t.feature not in lacking
            },
            np.array([float(AGE)]),
        )
    )
    level, slope, bend = np.array(parameters_of("bortz")["peers"]["coefficients"])
    peers = level + slope * AGE + bend * AGE**2
    players = range(12, 22)

    def value(members):
        total = AGE_COEFFICIENT * (AGE - AGE_MEAN)
        for place, (transform, (coefficient, mean)) in enumerate(PUBLISHED.items()):
            own = SAMPLE[transform.feature]
            own = math.log(own) if transform.transform == "log" else own
            if transform.feature in lacking:
                own = mean
            elif place in players and place - players[0] not in members:
                own = peers[place]
            total += coefficient * (own - mean)
        return AGE + 10 * total

    expected = shapley(len(players), value)
    np.testing.assert_allclose(scores.contributions[0, list(players)], expected, atol=1e-9)


def test_crp_below_what_the_biobank_reports_counts_as_that():
    assert predict(CLOCK, panel(crp=0))["clipped"] == ["crp"]
    assert predict(CLOCK, panel(crp=0.08))["clipped"] == []


@pytest.mark.parametrize(("age", "warned"), [(36.9, True), (37, False), (73, False), (80, True)])
def test_ages_outside_the_uk_biobank_are_warned_of(age, warned):
    warnings = predict(CLOCK, panel(age=age))["warnings"]

    text = "chronological_age is beyond 37 to 73, where this clock was validated"
    assert (text in warnings) is warned


def test_the_years_of_a_missing_marker_are_zero_without_a_sign():
    rows = predict(CLOCK, panel("alt", "albumin"))["contributions"]

    assert [str(row["years"]) for row in rows if row["imputed"]] == ["0.0", "0.0"]
