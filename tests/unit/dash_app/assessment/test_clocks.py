"""What chips say of clocks, which are chosen, and what that costs."""

from collections.abc import Mapping
from typing import Any

import pytest
from agelens.client import ClockCheck, FieldProblem, ModelInterval, ModelName, PanelCheck
from unit.dash_app.assessment.made_up import clock

from dash_app import clock_order
from dash_app.pages.assessment import checking, clocks
from dash_app.pages.assessment.clocks import Choice, Clock, Visit

LABELS = {"hba1c": "HbA1c", "crp": "C-reactive protein", "chronological_age": "Age"}


def check(name: str, **given: Any) -> ClockCheck:
    """Ready for five credits, unless it is said otherwise."""
    parts: dict[str, Any] = {"price": 5, "ready": True, "lacks": (), "at_least": 0, "reason": ""}
    return ClockCheck(ModelName(name, "1.0.0"), **parts | given)


def lacking(name: str, *keys: str, at_least: int | None = None) -> ClockCheck:
    return check(
        name, ready=False, lacks=keys, at_least=len(keys) if at_least is None else at_least
    )


def choice(
    *checks: ClockCheck,
    wanted: Mapping[str, bool] | None = None,
    only: str | None = None,
    demonstrations: tuple[str, ...] = (),
    available: int = 100,
) -> Choice:
    known = tuple(
        Clock(name, f"{name.title()} (Author 2026)", demonstration=name in demonstrations)
        for name in (each.model.name for each in checks)
    )
    found = PanelCheck(checks, None, age_from_profile=False)
    return Choice(Visit(known, LABELS, available, only), found, wanted or {})


def chosen(made: Choice) -> list[str]:
    return [each.name for each in made.chosen]


def words(made: Choice) -> str:
    return str(clocks.chips(made)[0])


def test_all_that_are_ready_are_chosen_but_demonstrations() -> None:
    made = choice(check("a"), lacking("b", "crp"), check("c"), demonstrations=("c",))
    assert chosen(made) == ["a"]
    assert made.price == 5


def test_what_was_ticked_by_hand_counts_before_that() -> None:
    made = choice(check("a"), check("c"), wanted={"a": False, "c": True}, demonstrations=("c",))
    assert chosen(made) == ["c"]


def test_a_visit_for_one_clock_chooses_that_one_also_while_it_lacks_something() -> None:
    assert chosen(choice(check("a"), check("b"), only="b")) == ["b"]
    assert chosen(choice(check("a"), lacking("b", "crp"), only="b")) == ["b"]
    assert chosen(choice(check("a"), lacking("b", "crp"), only="b", wanted={"a": True})) == ["a"]


def test_clocks_with_an_interval_come_first_and_demonstrations_last() -> None:
    bare = clock(name="bare", interval=None)
    shown = clock(name="shown", demonstration=True)
    named = clock(name="named", interval=ModelInterval(0.9, "made up"))
    assert [m.name for m in clock_order.in_order([shown, bare, named])] == [
        "named",
        "bare",
        "shown",
    ]


def test_a_chip_says_ready_with_its_price() -> None:
    shown = words(choice(check("kdm")))
    assert "Kdm ready" in shown
    assert "5 credits" in shown
    assert "Demonstration: synthetic data" in words(choice(check("a"), demonstrations=("a",)))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (lacking("kdm", "hba1c"), "Kdm needs one more: HbA1c"),
        (lacking("kdm", "hba1c", "crp"), "Kdm needs 2 more: HbA1c, C-reactive protein"),
        (lacking("kdm", "hba1c", "crp", at_least=1), "Kdm needs one more'"),
        (lacking("kdm", *"abcdefg"), "Kdm needs 7 more'"),
        (check("kdm", ready=False), "Kdm is not available"),
    ],
)
def test_a_chip_says_what_is_missing(found: ClockCheck, said: str) -> None:
    assert said in words(choice(found))


def test_a_chip_leads_to_the_first_field_that_is_missing_or_wrong() -> None:
    assert "data-assessment-field='hba1c'" in words(choice(lacking("kdm", "hba1c", "crp")))
    age = FieldProblem("/chronological_age", "chronological_age", "must be at least 20")
    shown = words(choice(check("kdm", ready=False, errors=(age,))))
    assert "Kdm: Must be at least 20." in shown
    assert "data-assessment-field='chronological_age'" in shown
    wrong = FieldProblem("/answers/crp", "crp", "must be a number")
    shown = words(choice(check("kdm", ready=False, errors=(wrong,))))
    assert "Kdm: check C-reactive protein" in shown
    assert "data-assessment-field='crp'" in shown


def test_what_no_clock_can_use_is_wrong_and_whom_one_does_not_score_is_not() -> None:
    answer = FieldProblem("/answers/crp", "crp", "must be below 10")
    age = FieldProblem("/chronological_age", "chronological_age", "must be at least 20")
    made = choice(check("a", ready=False, errors=(answer, age)), check("b"))
    assert checking.problems_of(made.check, LABELS) == {"crp": "Must be below 10."}


def test_an_age_that_nobody_has_is_wrong_for_every_clock() -> None:
    age = FieldProblem("/chronological_age", "chronological_age", "must be between 0 and 130 years")
    made = choice(check("a", ready=False, errors=(age,)), check("b", ready=False, errors=(age,)))
    assert list(checking.problems_of(made.check, LABELS)) == ["chronological_age"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (choice(lacking("a", "crp")), "Calculate"),
        (choice(check("a")), "Calculate my biological age (5 credits)"),
        (
            choice(check("a"), check("b", price=1495), available=5000),
            "Calculate all that are ready (1,500 credits)",
        ),
        (choice(check("a", price=0)), "Calculate my biological age (free)"),
        (
            choice(check("a"), check("b"), check("c"), wanted={"b": False}),
            "Calculate 2 clocks (10 credits)",
        ),
    ],
)
def test_the_button_says_what_it_does_and_costs(made: Choice, said: str) -> None:
    assert clocks.submit_label(made) == said


def test_too_few_credits_are_said_before_submitting_with_a_way_to_the_wallet() -> None:
    assert clocks.cost(choice(check("a")), "/new") == ["5 credits; you have 100."]
    shown = str(clocks.cost(choice(check("a"), available=4), "/new?draft=1"))
    assert "5 credits; you have 4." in shown
    assert "/wallet?next=%2Fnew%3Fdraft%3D1" in shown


def test_the_chosen_clocks_are_named_in_one_line_or_counted() -> None:
    assert clocks.standing(choice(check("a"), check("b"))) == "2 clocks: A, B"
    assert clocks.standing(choice(*map(check, "abcd"))) == "4 clocks chosen"
    assert clocks.standing(choice(check("a"), wanted={"a": False})) == "No clock chosen"
    assert clocks.standing(choice(lacking("a", "crp"))) == "No clock is ready yet"


def test_what_a_visit_knows_survives_the_browser() -> None:
    visit = choice(check("a")).visit
    assert Visit.from_store(visit.for_store()) == visit


@pytest.mark.parametrize(
    ("available", "wanted", "chosen"),
    [
        (100, {}, ["a", "b", "c"]),
        (20, {}, ["a", "b"]),  # 10 each: as far as the credits reach
        (20, {"a": False}, ["b", "c"]),
        (20, {"c": True}, ["a", "c"]),
        (4, {}, ["a", "b", "c"]),  # none is within reach: what all would cost is shown
        (4, {"a": False}, ["b", "c"]),
    ],
)
def test_what_is_chosen_unasked_is_within_the_credits(
    available: int, wanted: dict[str, bool], chosen: list[str]
) -> None:
    made = choice(
        check("a", price=10),
        check("b", price=10),
        check("c", price=10),
        available=available,
        wanted=wanted,
    )
    assert [clock.name for clock in made.chosen] == chosen
