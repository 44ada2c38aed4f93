"""Nested cross-validation, on candidates whose errors are known."""

from dataclasses import replace

import numpy as np
import pytest
from agelens.clocks.base import Table
from scipy import stats

from model_training.candidates import Candidate
from model_training.folds import Protocol
from model_training.selection import choose, nested_cross_validation

PROTOCOL = Protocol(repeats=2, folds=3, inner_folds=2, seed=5)
N_PEOPLE = 120


def people(seed):
    """Row numbers as the only marker, and ages."""
    age = np.random.default_rng(seed).integers(18, 90, N_PEOPLE).astype(float)
    return Table({"row": np.arange(N_PEOPLE, dtype=float)}, np.full(N_PEOPLE, np.nan)), age


def off_by(name, age, *years):
    """A candidate that knows the ages and is off by its one setting."""

    def fit(settings, _table, _age):
        return lambda asked: age[asked.column("row").astype(int)] + settings["years"]

    return Candidate(name, tuple({"years": each} for each in years), fit)


def test_each_candidate_is_measured_with_the_setting_that_its_inner_folds_chose():
    table, age = people(1)
    good, bad = off_by("good", age, 9, 2, 5), off_by("bad", age, 7, 8)
    nested = nested_cross_validation((bad, good), table, age, PROTOCOL, [].append)

    assert nested.mae_years == {"good": pytest.approx(2), "bad": pytest.approx(7)}
    assert nested.selected_mae_years == pytest.approx(2)
    assert [choice.winner for choice in nested.choices] == ["good"] * 6
    assert choose((bad, good), table, age, 2, 0).settings == {
        "good": {"years": 2},
        "bad": {"years": 7},
    }


def test_nobody_is_measured_by_what_was_learned_or_chosen_from_them():
    table, age = people(2)
    learned_from = []

    def fit(_settings, learned, _age):
        rows = set(learned.column("row"))
        learned_from.append(rows)

        def predict(asked):
            assert not rows & set(asked.column("row"))
            return np.zeros(len(asked))

        return predict

    witness = Candidate("witness", ({}, {}), fit)
    nested_cross_validation((witness,), table, age, PROTOCOL, [].append)

    per_fold = 2 * PROTOCOL.inner_folds + 1  # two settings in the inner folds, then the whole part
    for start in range(0, len(learned_from), per_fold):
        *inner, outer = learned_from[start : start + per_fold]
        assert all(rows < outer for rows in inner)
        assert len(outer) == N_PEOPLE * 2 // 3


def test_picking_the_luckiest_of_many_guessers_is_worth_nothing_on_unseen_people():
    table, age = people(3)

    def guesser(number):
        guesses = np.random.default_rng(number).permutation(age)
        return Candidate(
            str(number), ({},), lambda *_: lambda asked: guesses[asked.column("row").astype(int)]
        )

    guessers = [guesser(number) for number in range(60)]
    protocol = replace(PROTOCOL, repeats=10)
    nested = nested_cross_validation(guessers, table, age, protocol, [].append)

    by_luck = np.mean([min(choice.mae_years.values()) for choice in nested.choices])
    fair = np.mean(list(nested.mae_years.values()))
    assert by_luck < fair - 2
    assert nested.selected_mae_years == pytest.approx(fair, abs=1.5)


def test_the_lead_has_the_standard_error_of_a_paired_comparison():
    table, age = people(4)
    noise = np.random.default_rng(0).normal(0, 5, (2, N_PEOPLE))

    def noisy(place):
        return Candidate(
            str(place),
            ({},),
            lambda *_: lambda asked: (age + noise[place])[asked.column("row").astype(int)],
        )

    nested = nested_cross_validation((noisy(0), noisy(1)), table, age, PROTOCOL, [].append)
    ahead, error = nested.ahead_years("0", "1")

    errors = np.abs(noise)
    assert ahead / error == pytest.approx(stats.ttest_rel(errors[1], errors[0]).statistic)
    assert nested.ahead_years("1", "0") == (pytest.approx(-ahead), pytest.approx(error))


def test_the_candidate_furthest_ahead_is_named_and_a_lead_within_its_error_is_none():
    table, age = people(6)
    stages = (off_by("worst", age, 9), off_by("middle", age, 6), off_by("best", age, 2))
    nested = nested_cross_validation(stages, table, age, PROTOCOL, [].append)
    swaying = nested.predictions["best"] + np.tile([0.5, 0.5, 0.5, -1.4], N_PEOPLE // 4)
    close = replace(nested, predictions={"best": nested.predictions["best"], "close": swaying})

    assert nested.surely_better_than("worst") == "best"
    assert nested.surely_better_than("best") is None
    assert close.ahead_years("best", "close")[0] == pytest.approx(0.025)
    assert close.surely_better_than("close") is None


def test_a_line_is_said_for_every_outer_fold():
    table, age = people(5)
    said = []
    nested_cross_validation((off_by("clock", age, 3),), table, age, PROTOCOL, said.append)

    assert len(said) == 6
    assert said[-1].strip() == "fold  6 of 6: clock 3.00; inside it clock wins"
