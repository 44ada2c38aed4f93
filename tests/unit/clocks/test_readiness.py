"""What a panel lacks for a clock, against what the clock itself refuses."""

from typing import Any

import pytest
from agelens.clocks.base import Clock
from agelens.clocks.bundles import SHIPPED, find_clock
from agelens.clocks.readiness import Readiness, readiness
from agelens.clocks.scoring import read_panel_for
from agelens.domain.errors import InvalidAnswers
from agelens.domain.panel import AGE, PanelReader
from hypothesis import given, settings
from hypothesis import strategies as st

CLOCKS = sorted({directory.parent.name for directory in SHIPPED})


def examples(clock: Clock) -> dict[str, Any]:
    return {feature.key: feature.example for feature in clock.manifest.features}


def ask(clock: Clock, answers: dict[str, Any], age: object = None, **said: Any) -> Readiness:
    reader = PanelReader(clock.manifest.features, partial=True)
    return readiness(clock, reader, answers, {}, age, **said)


def can_be_scored(clock: Clock, answers: dict[str, Any], age: object, **said: Any) -> bool:
    try:
        read_panel_for(clock, answers, None, age, **said)
    except InvalidAnswers:
        return False
    return True


@pytest.mark.parametrize("name", CLOCKS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_ready_is_what_can_be_scored_and_the_lacking_makes_it_so(
    name: str, data: st.DataObject
) -> None:
    clock = find_clock(name)
    all_answers = examples(clock)
    keys = data.draw(st.sets(st.sampled_from(sorted(all_answers))))
    age = data.draw(st.sampled_from([None, 50, 10]))
    said = data.draw(st.sampled_from([{}, {"baseline": "own_age"}]))
    answers = {key: all_answers[key] for key in keys}
    found = ask(clock, answers, age, **said)
    assert found.ready == can_be_scored(clock, answers, age, **said)
    assert found.ready == (not found.reason)
    assert not found.problems
    if age == 10 or not found.lacks:
        return
    given_now = [*found.lacks][: found.at_least]
    later = age or (50 if AGE in given_now else None)
    enough = answers | {key: all_answers[key] for key in given_now if key != AGE}
    assert ask(clock, enough, later, **said).ready
    one_less = {key: value for key, value in enough.items() if key != given_now[-1]}
    assert not ask(clock, one_less, later if given_now[-1] != AGE else None, **said).ready


def test_the_reason_is_a_sentence_that_names_few() -> None:
    light, bortz = find_clock("light-bioage"), find_clock("bortz")
    assert ask(light, {}, 50).reason == "needs creatinine, blood glucose and C-reactive protein"
    assert ask(light, {"creatinine": 70, "glucose": 5}).reason == "needs age and C-reactive protein"
    some = ask(bortz, {"albumin": 44}, 50)
    assert some.reason.startswith("needs at least 15 of: alkaline phosphatase, ")
    assert some.reason.endswith(" and 18 others")
    assert ask(find_clock("gold-bioage"), {}, 50).reason.endswith(
        "alkaline phosphatase and 3 others"
    )


def test_an_answer_that_cannot_be_used_is_a_problem_and_not_lacking() -> None:
    found = ask(find_clock("light-bioage"), {"creatinine": 70, "glucose": 900, "crp": "?"}, 50)
    assert [each.pointer for each in found.problems] == ["/answers/glucose", "/answers/crp"]
    assert (found.ready, found.lacks, found.panel) == (False, (), None)


def test_an_age_that_a_clock_does_not_score_is_a_refusal() -> None:
    found = ask(find_clock("light-bioage"), {"creatinine": 70, "glucose": 5, "crp": 1}, 10)
    assert [each.field for each in found.refusals] == [AGE]
    assert found.reason == found.refusals[0].message
    assert (found.ready, found.lacks) == (False, ())


def test_the_age_is_lacking_where_only_the_baseline_needs_it() -> None:
    kaggle = find_clock("kaggle-age")
    assert ask(kaggle, {"bone_density": 1.0}).ready
    found = ask(kaggle, {"bone_density": 1.0}, baseline="own_age")
    assert (found.ready, found.lacks) == (False, (AGE,))
