"""What is said of a result, and of the change between two."""

from typing import Any

import pytest
from agelens.charts import change_words, sentence
from agelens.charts.sentences import HIGHEST, LOWEST
from agelens.clocks.base import Clock
from unit.charts.made_up import gap, interval, result, row

SURE = {"interval": interval(36.2, 54.4), "interval_reason": None}


def test_the_age_its_difference_and_its_likely_range() -> None:
    said = sentence(result(base=45.3, interval=interval(36.2, 51.4)), 52)
    assert said == (
        "Your biological age is 45.3 years. 6.7 years younger than your age of 52. "
        "The 90\N{NO-BREAK SPACE}% range is 36.2 to 51.4 years."
    )


def test_chance_is_named_only_when_the_age_lies_inside_the_range() -> None:
    inside, outside = (sentence(result(base=45.3, **SURE), age) for age in (54.4, 54.5))
    assert "That may be chance: your likely range, 36.2 to 54.4, includes your age." in inside
    assert "chance" not in outside
    assert "chance" not in sentence(result(base=45.3, **SURE))


def test_people_of_the_same_age_and_sex_lead_where_they_are_known() -> None:
    """Two years above the own age, and below what is usual of such people."""
    ranked = gap(2.0, -3.5, 20.0) | {"reference": "a city, same sex"}
    said = sentence(result(base=54.0, age_gap=ranked))
    assert "3.5 years younger than people of your age and sex on this clock." in said
    assert "older" not in said
    assert "Your rank is the 20th of 100, counted from the youngest (a city, same sex)." in said
    both = sentence(result(base=54.0, age_gap=ranked | {"reference": "a city, both sexes"}))
    assert "3.5 years younger than people of your age on this clock." in both


def test_older_and_the_same() -> None:
    assert "8.0 years older than your age of 52." in sentence(result(base=60.0), 52)
    assert "The same as your age of 60." in sentence(result(base=60.0), 60.04)


def test_without_an_age_nothing_is_compared() -> None:
    assert sentence(result(base=60.0, interval_reason=None)) == "Your biological age is 60.0 years."


def test_the_age_of_the_result_is_taken_when_no_other_is_given() -> None:
    assert "older than your age of 52." in sentence(result(base=60.0, age_gap=gap(8.0, None, None)))


def test_why_there_is_no_interval() -> None:
    assert sentence(result()).endswith("nobody knows")


def test_the_rank_among_other_people_is_a_sentence_of_its_own() -> None:
    other = {"reference": "a town, 2020", "version": "t-1", "sha256": "a", "percentile": 51.6}
    ranked = gap(2.0, 1.0, 37.0) | {"others": [other]}
    said = sentence(result(base=60.0, age_gap=ranked))
    assert said.endswith(
        "Among people of a town, 2020, your rank is the 52nd of 100, counted from the youngest."
    )
    assert "a town" not in sentence(result(base=60.0, age_gap=gap(2.0, 1.0, 37.0)))


def test_no_rank_without_a_percentile_or_for_another_age() -> None:
    assert "rank" not in sentence(result(base=60.0, age_gap=gap(8.0, None, None)))
    ranked = result(base=60.0, age_gap=gap(8.0, 8.0, 90.0))
    assert "90th" in sentence(ranked, 52)
    other = sentence(ranked, 58)
    assert "rank" not in other
    assert "2.0 years older than your age of 58" in other


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ([40.2, 70.8], "between the 40th and the 71st of 100, as values are missing, counted from"),
        ([1.0, 12.4], "between the 1st and the 12th of 100, as values are missing, counted from"),
        ([52.6, 53.4], "is the 55th of 100, counted from the youngest"),
        (None, "is the 55th of 100, counted from the youngest"),
    ],
)
def test_missing_markers_leave_a_range_of_ranks(bounds: list[float] | None, words: str) -> None:
    ranked = gap(2.0, 1.0, 55.0) | {"percentile_range": bounds}
    assert words in sentence(result(base=54.0, age_gap=ranked))


def test_another_unit_is_no_age() -> None:
    rank = {"reference": "a city", "version": "1", "sha256": "a", "percentile": 19.4}
    said = sentence(result(unit="SD", base=2.468, rank=rank), 52)
    assert said.startswith(
        "Your result is 2.47 SD. It is not an age; it is counted from the middle."
    )
    assert "Your rank is the 19th of 100, counted from the lowest (a city)." in said
    assert "years" not in said
    assert "52" not in said


def test_every_shipped_clock_is_put_in_words(shipped_result: dict[str, Any]) -> None:
    said = sentence(shipped_result)
    assert f"{shipped_result['prediction']:.1f}" in said or shipped_result["unit"] != "years"
    assert ("biological age" in said) == (shipped_result["unit"] == "years")
    assert ("The 90\N{NO-BREAK SPACE}% range is" in said) == bool(shipped_result["interval"])
    ranked = shipped_result["age_gap"] and shipped_result["age_gap"]["percentile"] is not None
    assert ("Your rank is" in said) == bool(ranked or shipped_result["rank"])
    assert not {"None", "none:", "  ", ".."} & {said[i : i + n] for n in (2, 4, 5) for i in range(len(said))}  # fmt: skip


def test_percentiles_end_where_the_words_say_at_least(clocks: dict[str, Clock]) -> None:
    ranked = [clock.reference for clock in clocks.values() if clock.reference]
    assert len(ranked) >= 4
    for reference in ranked:
        first, last = reference.ages
        age = (first + last) // 2
        ends = [reference.percentile(far, age, None) for far in (-1e6, 1e6)]
        assert ends == [LOWEST, HIGHEST]


def test_a_change_names_what_did_most_of_it() -> None:
    before = result(row("a", 1.0, value=4.0), row("b", 2.0), row("c", 0.2))
    after = result(row("a", 5.0, value=9.0), row("b", 1.5, value=6.0), row("c", 0.2))
    assert change_words(before, after) == (
        "From 53.2 to 56.7 years: +3.5 years. "
        "Mainly: A +4.0 years (4 → 9 mmol/L); B \N{MINUS SIGN}0.5 years (5 → 6 mmol/L)."
    )


def test_a_change_of_the_starting_point_is_told() -> None:
    said = change_words(result(base=50.0), result(base=51.5))
    assert "The starting point changed by +1.5 years (50.0 → 51.5)." in said
    assert "Mainly" not in said


def test_no_change_needs_no_reason() -> None:
    assert change_words(result(), result()) == "From 50.0 to 50.0 years: 0.0 years."


def test_models_that_differ_are_named() -> None:
    newer = result(model=result()["model"] | {"version": "1.1.0"})
    assert "(made-up 1.0.0 → made-up 1.1.0)" in change_words(result(), newer)
    rebuilt = result(model=result()["model"] | {"sha256": "c"})
    assert "model" not in change_words(result(), rebuilt)


def test_different_units_are_not_compared() -> None:
    said = change_words(result(), result(unit="SD"))
    assert said == "The results are in years and in SD, so they cannot be compared."
