"""Before and after a change: rows in a fixed order, which add up on both sides."""

import pytest
from agelens.charts import scenarios
from unit.charts.made_up import result, row

BEFORE = result(
    row("glucose", 2.0, label="Blood glucose"),
    row("crp", -1.0, label="CRP"),
    row("sex", 0.5),
    row("albumin", 0.25),
)
AFTER = result(
    row("glucose", 0.01, label="Blood glucose"),
    row("crp", -1.0, label="CRP"),
    row("sex", 0.5),
    row("albumin", -0.25),
)


def test_a_factor_that_has_become_small_stays_where_it_was() -> None:
    before, after = (
        [each.label for each in scenarios.scenario(BEFORE, then, ["crp", "glucose"])]
        for then in (BEFORE, AFTER)
    )
    assert before == after == ["Blood glucose", "CRP", "All other factors"]


def test_the_rows_add_up_on_both_sides() -> None:
    rows = scenarios.scenario(BEFORE, AFTER, ["glucose", "crp"])
    for side, wire in (("before", BEFORE), ("after", AFTER)):
        total = sum(getattr(each, side) for each in rows) + wire["base_value"]
        assert total == pytest.approx(wire["prediction"])


def test_where_all_factors_have_a_row_there_are_no_others() -> None:
    keys = ["glucose", "crp", "sex", "albumin"]
    assert [each.key for each in scenarios.scenario(BEFORE, AFTER, keys)] == keys


def test_what_was_not_measured_before_comes_behind_and_not_among_the_others() -> None:
    then = result(*BEFORE["contributions"], row("height", 3.0))
    rows = scenarios.scenario(BEFORE, then, ["glucose", "height"])
    assert [(each.key, each.before, each.after) for each in rows[:2]] == [
        ("glucose", 2.0, 2.0),
        ("height", 0.0, 3.0),
    ]
    assert rows[2].before == rows[2].after == -0.25


def test_an_effect_that_changed_stands_with_the_one_before() -> None:
    glucose, crp, others = scenarios.scenario(BEFORE, AFTER, ["glucose", "crp"])
    assert scenarios.effect_text(glucose, "years") == "+2.0 → 0.0"
    assert scenarios.effect_text(crp, "years") == "−1.0"
    assert scenarios.effect_text(others, "years") == "+0.8 → +0.2"


def test_the_axis_has_zero_and_room_for_the_effects_of_either_side() -> None:
    rows = scenarios.scenario(AFTER, BEFORE, ["glucose", "crp"])
    assert scenarios.axis(rows) == (-1.15, 2.15)
    assert scenarios.axis(rows[:1]) == (-1.05, 0.0)
    assert scenarios.axis([]) == (0.0, 1.0)


def test_no_effect_now_and_a_large_one_of_a_change_are_told_together() -> None:
    now = result(row("glucose", 0.0, label="Blood glucose"))
    then = result(row("glucose", -2.9, label="Blood glucose"))
    words = scenarios.change_sentence(now, then, "glucose", ("106.5 mg/dL", "95 mg/dL"))
    assert words == (
        "Blood glucose: 95 mg/dL instead of 106.5 mg/dL would give "
        f"{then['prediction']:.1f} years (−2.9 years). "
        "Its own effect would go from 0.0 years to −2.9 years."
    )


def test_what_a_change_does_to_other_factors_is_told_apart() -> None:
    words = scenarios.change_sentence(BEFORE, AFTER, "glucose", ("6.1 mmol/L", "5 mmol/L"))
    assert words.endswith("; factors that depend on it would change by −0.5 years.")
    assert "(−2.5 years)." in words


def test_an_effect_that_stays_is_not_told_twice() -> None:
    now, then = (result(row("glucose", years, label="Blood glucose")) for years in (0.31, 0.33))
    words = scenarios.change_sentence(now, then, "glucose", ("6.1 mmol/L", "6.2 mmol/L"))
    told = f"{then['prediction']:.1f} years (0.0 years)."
    assert words == f"Blood glucose: 6.2 mmol/L instead of 6.1 mmol/L would give {told}"


def test_the_new_estimate_is_said_with_how_far_it_moved() -> None:
    words = scenarios.scenario_sentence(BEFORE, AFTER)
    assert words == f"The estimate would be {AFTER['prediction']:.1f} years, −2.5 years."
