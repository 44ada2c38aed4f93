import json
from dataclasses import replace

import numpy as np
import pytest
from agelens.clocks.applicability import RANKED_BY_RANGE
from agelens.clocks.scoring import (
    predict,
    predict_all,
    read_changes_for,
    read_panel_for,
)
from agelens.clocks.smoke_test import try_out
from agelens.domain.errors import CannotScore, InvalidAnswers, InvalidBundle, NotAdditive
from agelens.domain.panel import Panel


class Spoiled:
    """A clock whose explanations are off by a little, or not numbers."""

    def __init__(self, clock, error_years):
        self.manifest = clock.manifest
        self.reference = clock.reference
        self.validated_ages = clock.validated_ages
        self._clock = clock
        self._error_years = error_years

    def score(self, table):
        scores = self._clock.score(table)
        return replace(scores, contributions=scores.contributions + self._error_years)


def test_a_result_is_plain_json_in_the_shape_that_clients_rely_on(clock, panel_of):
    result = json.loads(json.dumps(predict(clock, panel_of(age=50, sex="male")), allow_nan=False))

    assert set(result) >= {
        "prediction", "interval", "base_value", "base_meaning", "contributions", "age_gap",
        "missing", "clipped", "warnings", "model", "unit", "additivity_gap",
    }  # fmt: skip
    assert result["interval"]["low"] < result["prediction"] < result["interval"]["high"]
    assert result["interval"]["level"] == 0.9
    assert set(result["contributions"][0]) == {
        "feature", "label", "value", "unit", "years", "imputed", "clipped", "reference_range",
        "modifiable",
    }  # fmt: skip
    assert result["model"]["name"] == "kaggle-age"


def test_contributions_are_sorted_and_add_up(clock, panel_of):
    result = predict(clock, panel_of())

    years = [abs(row["years"]) for row in result["contributions"]]
    assert years == sorted(years, reverse=True)
    total = result["base_value"] + sum(row["years"] for row in result["contributions"])
    assert total == pytest.approx(result["prediction"], abs=1e-9)


def test_what_was_not_answered_is_missing_and_not_among_the_contributions(clock, panel_of):
    result = predict(clock, panel_of(glucose=None))

    assert result["missing"] == ["glucose"]
    assert "glucose" not in [row["feature"] for row in result["contributions"]]


@pytest.mark.parametrize("error_years", [1.001e-6, -2.4, np.nan, np.inf])
def test_an_explanation_that_does_not_add_up_is_never_shown(clock, panel_of, error_years):
    spoiled = Spoiled(clock, error_years)

    with pytest.raises(NotAdditive):
        predict(spoiled, panel_of())
    assert [type(each) for each in predict_all(spoiled, [panel_of()])] == [NotAdditive]


@pytest.mark.parametrize("error_years", [1e-3, np.nan, np.inf])
def test_a_clock_that_cannot_score_an_ordinary_person_is_refused(clock, error_years):
    try_out(clock)

    with pytest.raises(InvalidBundle, match="cannot score"):
        try_out(Spoiled(clock, error_years))


def test_of_many_people_each_gets_what_they_would_get_alone(clock, panel_of):
    panels = [panel_of(age=50, sex="male"), Panel({"bmi": 25.0}), panel_of(glucose=None)]
    first, lacking, last = predict_all(clock, panels)

    assert isinstance(lacking, CannotScore)
    for outcome, panel in ((first, panels[0]), (last, panels[2])):
        alone = predict(clock, panel)
        assert outcome["prediction"] == pytest.approx(alone["prediction"], abs=1e-9)
        assert [row["feature"] for row in outcome["contributions"]] == [
            row["feature"] for row in alone["contributions"]
        ]
        assert outcome["missing"] == alone["missing"]
    assert predict_all(clock, []) == []


def test_of_many_people_each_explanation_is_checked(clock, panel_of):
    class SpoiledForOne(Spoiled):
        def score(self, table):
            scores = self._clock.score(table)
            spoiled = scores.contributions.copy()
            spoiled[1, 0] += self._error_years
            return replace(scores, contributions=spoiled)

    first, second, third = predict_all(SpoiledForOne(clock, 1.001e-6), [panel_of()] * 3)
    assert isinstance(second, NotAdditive)
    assert first["prediction"] == third["prediction"] == predict(clock, panel_of())["prediction"]


def test_changes_start_from_the_panel_as_it_was_read(clock):
    panel = read_panel_for(clock, {"glucose": 99, "sex": "male"}, {"glucose": "mg/dL"}, 50)
    same, other, without = read_changes_for(
        clock, panel, [{}, {"glucose": 6}, {"glucose": None, "smoking_status": "never"}]
    )

    assert same == panel
    assert other.values == {"glucose": 6, "sex": "male"}
    assert without.values == {"sex": "male", "smoking_status": "never"}
    assert {each.chronological_age for each in (same, other, without)} == {50}


def test_a_change_that_leaves_nothing_to_score_is_named(clock):
    panel = read_panel_for(clock, {"glucose": 5.5, "sex": "male"})

    with pytest.raises(InvalidAnswers) as caught:
        read_changes_for(clock, panel, [{"glucose": 5}, {"glucose": None}])
    (problem,) = caught.value.problems
    assert problem.pointer == "/changes/1"
    assert "needs at least one of" in problem.message


def test_a_panel_without_informative_answers_cannot_be_scored(clock):
    with pytest.raises(CannotScore, match="at least one of"):
        predict(clock, Panel({"bmi": 25.0}))


@pytest.mark.parametrize("answers", [{}, {"bmi": 25}, {"glucose": None, "sex": "male"}])
def test_a_panel_that_the_clock_could_not_score_is_refused_before_it_is_queued(clock, answers):
    with pytest.raises(InvalidAnswers) as caught:
        read_panel_for(clock, answers)

    assert caught.value.problems[0].pointer == "/answers"
    assert "needs at least one of: bone_density" in caught.value.problems[0].message
    assert read_panel_for(clock, {"smoking_status": "never"}).values


def test_the_age_gap_is_raw_always_and_ranked_for_complete_panels_only(clock, panel_of):
    complete = predict(clock, panel_of(age=50, sex="female"))
    partial = predict(clock, panel_of(age=50, sex="female", glucose=None))

    assert complete["age_gap"]["raw"] == pytest.approx(complete["prediction"] - 50)
    assert 1 <= complete["age_gap"]["percentile"] <= 99
    assert partial["age_gap"]["adjusted"] is None
    assert partial["age_gap"]["percentile"] is None
    assert partial["age_gap"]["reference"] == complete["age_gap"]["reference"]
    assert "same sex, within 5 years" in partial["age_gap"]["reference"]

    assert RANKED_BY_RANGE in partial["warnings"]
    assert predict(clock, panel_of())["age_gap"] is None


def test_the_same_sex_is_said_only_where_the_sex_is_known(clock, panel_of):
    known = predict(clock, panel_of(age=50, sex="female"))["age_gap"]
    unknown = predict(clock, panel_of(age=50, sex=None))["age_gap"]

    assert "same sex, within 5 years" in known["reference"]
    assert "both sexes, within 5 years" in unknown["reference"]
    peers = clock.reference.sexes["any"]
    expected = peers.intercept + peers.slope * 50
    assert unknown["raw"] - unknown["adjusted"] == pytest.approx(expected, abs=1e-9)


def test_a_clipped_marker_is_named_and_warned_of(clock, panel_of):
    result = predict(clock, panel_of(bone_density=3.4))

    assert result["clipped"] == ["bone_density"]
    assert "bone_density is beyond the training data and counts as its limit" in result["warnings"]
