"""Whom a clock refuses, and of whom it says that it extrapolates: one person and tables alike."""

import agelens
import numpy as np
import pandas as pd
import pytest
from agelens.clocks.applicability import HARDLY_MEASURED, MOSTLY_ESTIMATED
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import InvalidAnswers
from agelens.domain.panel import read_panel
from shipped_clocks import shipped_clock

PUBLISHED = ("phenoage", "kdm", "dysregulation")
ANSWERS = {
    "sex": "female", "albumin": 45, "creatinine": 70, "glucose": 5, "crp": 3, "lymphocytes": 30,
    "mean_cell_volume": 90, "red_cell_width": 13, "alkaline_phosphatase": 60, "white_cells": 6,
    "systolic_bp": 120, "total_cholesterol": 5, "hba1c": 5.2, "urea_nitrogen": 12, "fev1": 3,
}  # fmt: skip
AGE_NOTE = "chronological_age is beyond 20 to 85, where this clock was validated"


def answers_for(clock, **changes):
    keys = {f.key for f in clock.manifest.features}
    return {key: value for key, value in (ANSWERS | changes).items() if key in keys}


def warnings_of(name, age, **changes):
    """Of one person; a table, with a person before and after, has the same."""
    clock = shipped_clock(name)
    panel = read_panel_for(clock, answers_for(clock, **changes), None, age)
    alone = predict(clock, panel)["warnings"]
    people = pd.DataFrame([answers_for(clock), answers_for(clock, **changes), answers_for(clock)])
    people["chronological_age"] = [50.0, age, 50.0]
    found = agelens.load(name).predict(people)
    assert list(found["error"].isna()) == [True] * 3
    assert found["warnings"][1] == "; ".join(alone) or (not alone and found["warnings"].isna()[1])
    return alone


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("age", [0, 17.9, 110.1, 130])
def test_published_clocks_say_nothing_of_children_nor_beyond_110(name, age):
    clock = shipped_clock(name)
    with pytest.raises(InvalidAnswers) as refused:
        read_panel_for(clock, answers_for(clock), None, age)
    (problem,) = refused.value.problems
    message = "must be between 18 and 110 for this clock"
    assert (problem.pointer, problem.message) == ("/chronological_age", message)

    people = pd.DataFrame([answers_for(clock)] * 2).assign(chronological_age=[age, 50.0])
    found = agelens.load(name).predict(people)
    assert found["error"][0] == f"chronological_age {message}"
    assert found["prediction"].isna().tolist() == [True, False]


@pytest.mark.parametrize("age", [19.9, 90.1])
def test_mortality_age_is_for_the_ages_that_it_was_trained_on(age):
    clock = shipped_clock("mortality-age")
    with pytest.raises(InvalidAnswers, match="must be between 20 and 90 for this clock"):
        read_panel_for(clock, answers_for(clock), None, age)


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize(
    ("age", "warned"),
    [(18, True), (19.9, True), (20, False), (85, False), (85.1, True), (110, True)],
)
def test_published_clocks_warn_outside_the_ages_of_their_validation(name, age, warned):
    assert (AGE_NOTE in warnings_of(name, age)) is warned


@pytest.mark.parametrize(
    ("name", "key", "inside", "outside"),
    [
        ("phenoage", "glucose", 16.7, 16.8),
        ("phenoage", "albumin", 22.0, 21.9),
        ("kdm", "fev1", 0.278, 0.27),
        ("dysregulation", "glucose", 5.55, 5.6),
    ],
)
def test_a_marker_beyond_the_training_data_is_warned_of_and_counts_as_it_is(
    name, key, inside, outside
):
    note = f"{key} is beyond the training data"
    assert note not in warnings_of(name, 50, **{key: inside})
    assert note in warnings_of(name, 50, **{key: outside})

    clock = shipped_clock(name)
    of = [
        predict(
            clock, read_panel(clock.manifest.features, answers_for(clock, **{key: v}), None, 50)
        )
        for v in (inside, outside)
    ]
    assert of[0]["prediction"] != of[1]["prediction"]
    assert of[1]["clipped"] == []


def test_the_floor_of_an_assay_is_inside_however_it_was_converted():
    in_dl = read_panel_for(
        shipped_clock("phenoage"),
        answers_for(shipped_clock("phenoage"), crp=0.21),
        {"crp": "mg/dL"},
        50,
    )
    as_log = np.log1p(0.21)
    answers = answers_for(shipped_clock("phenoage"))
    del answers["crp"]
    logged = read_panel_for(shipped_clock("phenoage"), answers | {"lncrp": as_log}, None, 50)
    for panel in (in_dl, logged):
        assert predict(shipped_clock("phenoage"), panel)["warnings"] == []


def test_a_value_that_counts_as_its_limit_is_named_once():
    warnings = warnings_of("mortality-age", 50, glucose=20)
    assert [w for w in warnings if "training" in w] == [
        "glucose is beyond the training data and counts as its limit"
    ]


@pytest.mark.parametrize("name", PUBLISHED)
def test_below_a_limit_of_detection_nobody_is_beyond_the_training_data(name):
    # NHANES III wrote 2.1 mg/L of CRP for everybody with less
    assert "crp is beyond the training data" not in warnings_of(name, 50, crp=0.4)


@pytest.mark.parametrize("name", ["phenoage", "mortality-age", "kdm"])
def test_crp_above_10_warns_of_acute_inflammation(name):
    said = "crp above 10 mg/L suggests acute inflammation"

    assert not any(w.startswith(said) for w in warnings_of(name, 50, crp=10))
    assert sum(w.startswith(said) for w in warnings_of(name, 50, crp=10.1)) == 1


def test_a_clock_that_is_hardly_fed_says_so():
    few = {"bone_density": 1, "systolic_bp": 120, "diastolic_bp": 80, "glucose": 5}
    said = "more than half of the biomarkers"
    clock = shipped_clock("kaggle-age")

    four = predict(clock, read_panel_for(clock, few, None, 50))["warnings"]
    five = predict(clock, read_panel_for(clock, {**few, "hearing_ability": 40}, None, 50))

    assert [w.startswith(said) for w in four if "biomarkers" in w] == [True]
    assert not any(w.startswith(said) for w in five["warnings"])


@pytest.mark.parametrize(("age", "told"), [(19, True), (20, False), (None, False)])
def test_an_age_below_20_comes_with_a_sentence(age, told):
    clock = shipped_clock("kaggle-age")
    panel = read_panel_for(clock, {"bone_density": 1}, None, age)

    found = predict(clock, panel)["warnings"]

    assert any(w.startswith("chronological_age is below 20") for w in found) == told


def test_a_clock_that_estimates_what_is_missing_does_not_say_that_its_result_says_little():
    """PhenoAge's nine are fewer than half of mortality-age's markers, and enough for it."""
    clock, phenoage = shipped_clock("mortality-age"), shipped_clock("phenoage")
    answers = {f.key: f.example for f in phenoage.manifest.features} | {"sex": "female"}
    result = predict(clock, read_panel_for(clock, answers, None, 50))
    assert MOSTLY_ESTIMATED in result["warnings"]
    assert HARDLY_MEASURED not in result["warnings"]
    few = predict(
        shipped_clock("kaggle-age"), read_panel_for(shipped_clock("kaggle-age"), {"glucose": 5})
    )
    assert HARDLY_MEASURED in few["warnings"]
