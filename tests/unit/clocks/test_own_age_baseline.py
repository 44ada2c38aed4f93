"""kaggle-age explained against people of one's own age."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from agelens.clocks.age_posterior_shapley import game_of
from agelens.clocks.base import Table
from agelens.clocks.bundles import find_clock
from agelens.clocks.own_age_baseline import OwnAgePeers
from agelens.clocks.scoring import predict, predict_all, read_changes_for, read_panel_for, table_of
from agelens.domain.errors import InvalidAnswers


@pytest.fixture
def typical(clock):
    """A person of an age whose every marker is what its line says."""

    def make(age):
        parameters = clock.parameters
        columns = {m.feature: np.array([m.intercept + m.slope * age]) for m in parameters.linear}
        for marker in parameters.choices:
            columns[marker.feature] = np.array([np.argmax(marker.probabilities[:, int(age) - 18])])
        return Table({k: np.asarray(v, dtype=float) for k, v in columns.items()}, np.array([age]))

    return make


def own_age(clock, table):
    return clock.against_own_age(table, clock.score(table), np.arange(len(table)))


def test_a_typical_person_of_24_is_no_longer_explained_by_eight_markers_in_blue(clock, typical):
    table = typical(24.0)
    plain, own = clock.score(table), own_age(clock, table)
    assert (plain.contributions[0] < -0.3).sum() >= 8
    assert np.abs(own.contributions[0]).max() < 2
    assert own.base_value[0] == pytest.approx(25.7, abs=0.1)  # the posterior mean at 24
    assert plain.base_value[0] == pytest.approx(53.5)


@pytest.mark.parametrize("age", [18.0, 24.5, 50.0, 89.0, 103.0])
@pytest.mark.parametrize("gone", [(), ("bone_density",), ("glucose", "smoking_status")])
def test_it_adds_up_and_leaves_the_prediction_and_missing_markers_alone(clock, panel_of, age, gone):
    table = table_of(clock, [panel_of(age, **dict.fromkeys(gone))])
    plain, own = clock.score(table), own_age(clock, table)
    assert own.prediction[0] == plain.prediction[0]
    total = own.base_value[0] + own.contributions[0].sum()
    assert total == pytest.approx(own.prediction[0], abs=1e-9)
    for key in gone:
        assert own.contributions[0, own.features.index(key)] == 0


def test_only_the_rows_asked_for_change(clock, panel_of):
    table = table_of(clock, [panel_of(30.0), panel_of(30.0)])
    plain = clock.score(table)
    own = clock.against_own_age(table, plain, np.array([1]))
    assert own.base_value[0] == plain.base_value[0] != own.base_value[1]
    assert (own.contributions[0] == plain.contributions[0]).all()


def test_the_years_are_the_shapley_values_of_the_game_of_the_docstring(clock, panel_of):
    """By hand, over all coalitions of three measured markers, with the same people of one's age."""
    measured = ("bone_density", "vision_sharpness", "glucose")
    others = [f for f in clock.parameters.features if f not in measured]
    table = table_of(clock, [panel_of(40.0, **dict.fromkeys(others))])
    peers = OwnAgePeers(clock.parameters, game_of(clock.parameters))._people(40)

    def value(people, coalition):
        columns = {key: people[:, clock.parameters.features.index(key)] for key in coalition}
        if not columns:
            return np.full(len(people), clock.parameters.ages.mean())
        return clock.score(Table(columns, np.full(len(people), np.nan))).prediction

    me = clock.parameters.columns(table)

    def game(coalition):
        whole = value(peers, measured).mean()
        return value(me, coalition)[0] - value(peers, coalition).mean() + whole

    own = own_age(clock, table)
    assert own.base_value[0] == pytest.approx(game(()), abs=1e-9)
    for key in measured:
        rest = [each for each in measured if each != key]
        years = 0.0
        for size in range(len(rest) + 1):
            weight = factorial(size) * factorial(2 - size) / factorial(3)
            for coalition in combinations(rest, size):
                years += weight * (game((*coalition, key)) - game(coalition))
        assert own.contributions[0, own.features.index(key)] == pytest.approx(years, abs=1e-9)


def test_averages_hardly_depend_on_how_many_people_are_drawn(clock, monkeypatch):
    none = np.zeros((1, len(clock.parameters.features)), dtype=bool)
    game = game_of(clock.parameters)
    few = OwnAgePeers(clock.parameters, game).averages(np.array([30.0]), none)
    monkeypatch.setattr("agelens.clocks.own_age_baseline.PEERS", 16384)
    many = OwnAgePeers(clock.parameters, game).averages(np.array([30.0]), none)
    assert np.abs(few[0] - many[0]).max() < 0.05
    assert np.abs(few[1] - many[1]).max() < 0.05


def test_a_panel_says_whom_its_result_is_explained_against(clock):
    answers = {"bone_density": 0.9, "vision_sharpness": 0.45}
    plain = predict(clock, read_panel_for(clock, answers, None, 30))
    panel = read_panel_for(clock, answers, None, 30, baseline="own_age")
    own = predict(clock, panel)
    assert own["prediction"] == plain["prediction"]
    assert own["base_meaning"] != plain["base_meaning"]
    assert own["base_value"] < plain["base_value"]
    (changed,) = predict_all(clock, read_changes_for(clock, panel, [{"bone_density": 1.5}]))
    assert changed["base_value"] == own["base_value"]


def test_the_baseline_of_ones_own_age_needs_an_age(clock):
    with pytest.raises(InvalidAnswers) as caught:
        read_panel_for(clock, {"bone_density": 0.9}, baseline="own_age")
    assert [p.field for p in caught.value.problems] == ["chronological_age"]


def test_a_clock_whose_base_is_of_ones_own_age_already_explains_as_ever():
    phenoage = find_clock("phenoage")
    answers = {
        "albumin": 44, "creatinine": 70, "glucose": 5.1, "crp": 1.2, "lymphocytes": 32,
        "mean_cell_volume": 90, "red_cell_width": 12.9, "alkaline_phosphatase": 62,
        "white_cells": 5.8,
    }  # fmt: skip
    panels = [read_panel_for(phenoage, answers, None, 52, each) for each in (None, "own_age")]
    plain, own = predict_all(phenoage, panels)
    assert plain == own


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (18, "people of the same chronological age who"),
        (89, "people of the same chronological age who"),
        (10, "people of 18, the nearest chronological age that this clock knows, who"),
        (97.5, "people of 89, the nearest chronological age that this clock knows, who"),
    ],
)
def test_whom_the_base_value_is_of_is_said_beyond_the_clocks_ages_too(clock, age, words):
    panel = read_panel_for(clock, {"glucose": 5.5}, None, age, "own_age")
    assert words in predict(clock, panel)["base_meaning"]
