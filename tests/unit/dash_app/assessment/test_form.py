"""Any clock's schema becomes a form; nothing in it is known to the page."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from dash.development.base_component import Component
from unit.dash_app.assessment.made_up import MOOD, SHOE, TELOMERES, clock, number

from dash_app.pages.assessment import clocks, form, page, schema
from dash_app.pages.assessment.schema import Form


def drawn(filled: Form, told: dict[str, str] | None = None) -> list[Any]:
    return form.body(filled, place="me:new", address="/new", problems=told or {})


def parts(tree: Any) -> Iterator[Component]:
    if isinstance(tree, list | tuple):
        for child in tree:
            yield from parts(child)
    elif isinstance(tree, Component):
        yield tree
        for name in ("children", "rightSection"):
            yield from parts(getattr(tree, name, None))


def found(tree: Any, kind: str, feature: str) -> Any:
    wanted = {"type": f"assessment-{kind}", "feature": feature}
    return next((part for part in parts(tree) if getattr(part, "id", None) == wanted), None)


def test_every_feature_has_a_field_and_so_does_age() -> None:
    tree = drawn(Form(clock(), "FR"))
    assert found(tree, "value", "telomere_length").label == "Telomere length"
    radios = found(tree, "choice", "mood").children.children
    assert [radio.value for radio in radios] == ["calm", "not_so_calm"]
    assert [radio.label for radio in radios] == ["Calm", "Not so calm"]
    assert found(tree, "value", "shoe_size") is not None
    assert found(tree, "value", "chronological_age") is not None


def test_what_the_clock_does_not_use_is_folded_away() -> None:
    tree = drawn(Form(clock(), "FR"))
    folds = [part for part in parts(tree) if type(part).__name__ == "Details"]
    assert found(folds, "value", "shoe_size") is not None
    assert found(folds, "value", "telomere_length") is None
    assert not folds[0].open


def test_an_optional_answer_that_is_there_opens_the_fold() -> None:
    tree = drawn(Form(clock(), "FR", {"shoe_size": {"value": "4", "unit": "u"}}))
    assert next(part for part in parts(tree) if type(part).__name__ == "Details").open


def test_required_features_are_marked() -> None:
    tree = drawn(Form(clock(), "FR"))
    assert found(tree, "value", "telomere_length").required
    assert not found(tree, "choice", "mood").required


@pytest.mark.parametrize("needs_age", [True, False])
def test_age_is_required_when_the_clock_needs_it(needs_age: bool) -> None:
    field = found(drawn(Form(clock(needs_age=needs_age), "FR")), "value", "chronological_age")
    assert field.required is needs_age


def test_the_clocks_ages_stand_beside_the_age() -> None:
    tree = drawn(Form(clock(needs_age=True, ages=(20.0, 90.0)), "FR"))
    assert "aged 20 to 90" in found(tree, "value", "chronological_age").description


@pytest.mark.parametrize(("country", "unit"), [("NZ", "bp"), ("FR", "kb"), ("ZZ", "kb")])
def test_a_unit_starts_as_the_country_uses_it(country: str, unit: str) -> None:
    tree = drawn(Form(clock(), country))
    assert found(tree, "unit", "telomere_length").value == unit


def test_only_one_unit_is_written_and_not_asked() -> None:
    tree = drawn(Form(clock(), "FR"))
    assert found(tree, "unit", "shoe_size") is None
    assert found(tree, "value", "shoe_size").rightSection.children == "u"


def test_what_was_typed_stands_in_the_unit_it_was_typed_in() -> None:
    tree = drawn(Form(clock(), "NZ", {"telomere_length": {"value": "7,5", "unit": "T/S"}}))
    assert found(tree, "value", "telomere_length").value == "7,5"
    assert found(tree, "unit", "telomere_length").value == "T/S"


def test_a_unit_that_is_no_longer_accepted_gives_way_to_the_usual_one() -> None:
    typed = {"telomere_length": {"value": "7", "unit": "inches"}}
    assert Form(clock(), "NZ", typed).unit(TELOMERES) == "bp"


def test_hints_are_in_the_unit_that_is_shown() -> None:
    assert (
        schema.hint(TELOMERES, "kb")
        == "Healthy adults: 5.00\N{EN DASH}10.00 kb \N{MIDDLE DOT} For example 7.25"
    )
    assert (
        schema.hint(TELOMERES, "bp")
        == "Healthy adults: 5000\N{EN DASH}10000 bp \N{MIDDLE DOT} For example 7250"
    )
    assert schema.hint(MOOD, None) == ""


@pytest.mark.parametrize(
    ("low", "high", "said"), [(None, 5.0, "up to 5.0"), (5.0, None, "from 5.0")]
)
def test_a_range_may_be_open(low: float | None, high: float | None, said: str) -> None:
    assert schema.between(number("x"), low, high, "u") == said


def test_units_are_printed_as_a_laboratory_does_and_sent_as_the_service_names_them() -> None:
    sight = number(
        "sight",
        units=[{"unit": name, "factor": 1.0, "offset": 0.0} for name in ("decimal", "%")],
        reference={"low": 1.0, "high": None, "source": "made up"},
        example=None,
    )
    assert schema.hint(sight, "decimal") == "Healthy adults: from 1.0 (decimal)"
    assert schema.hint(sight, "%") == "Healthy adults: from 1.0\N{NO-BREAK SPACE}%"
    tree = drawn(Form(clock(features=[sight]), "FR"))
    assert found(tree, "unit", "sight").data == [
        {"value": "decimal", "label": "(decimal)"},
        {"value": "%", "label": "%"},
    ]


def test_the_browser_knows_every_range_and_nothing_else_does() -> None:
    known = schema.for_browser(Form(clock(), "FR"), form="1")
    field = known["fields"]["telomere_length"]
    assert field["plausible"] == [2.0, 20.0]
    assert [unit["range"] for unit in field["units"]] == [
        "2.00 to 20.00",
        "2000 to 20000",
        "\N{MINUS SIGN}0.542 to 6.958",
    ]
    assert [unit["typical"] for unit in field["units"]] == [
        "between 3 and 12.5 kb",
        "between 3000 and 12500 bp",
        "between -0.125 and 3.83 T/S",
    ]
    assert field["mistaken_for"] == [
        {"name": "telomeres of yeast in kb", "range": [0.2, 0.4], "advice": "give human ones"}
    ]
    assert field["instead"] == "; is it telomeres of yeast in kb?"
    assert known["fields"]["shoe_size"]["asked"] is False
    json.dumps(known)


def test_problems_of_a_draft_are_known_from_the_start_and_take_no_focus() -> None:
    tree = drawn(Form(clock(), "FR"), {"mood": "Is odd."})
    told = next(part for part in parts(tree) if getattr(part, "id", "") == "assessment-told")
    assert told.data == {"problems": {"mood": "Is odd."}, "focus": False}


def test_groups_keep_the_order_of_the_schema() -> None:
    features = [number("a"), number("b", group="Mind"), number("c")]
    named = {group: [f["key"] for f in own] for group, own in schema.grouped(features).items()}
    assert named == {"Blood": ["a", "c"], "Mind": ["b"]}


def test_a_clock_is_introduced_in_one_sentence() -> None:
    assert clocks.sentence(clock()) == (
        "Result in years, with an interval (80\N{NO-BREAK SPACE}%). Needs telomere length."
    )
    bare = clock(interval=None, needs="", unit="SD")
    assert clocks.sentence(bare) == "Result in standard deviations, without an interval."


def test_a_long_list_of_needs_is_counted() -> None:
    needs = "needs at least one of: a_b, c, d, e, f"
    assert clocks.sentence(clock(needs=needs)).endswith("Needs at least one of its 5 markers.")


def test_a_free_clock_says_so() -> None:
    assert clocks.price(clock(price=0)) == "Free"
    assert clocks.price(clock(price=1)) == "1 credit"
    assert clocks.price(clock(price=1500)) == "1,500 credits"


def test_a_schema_without_anything_optional_has_no_fold() -> None:
    tree = drawn(Form(clock(features=[MOOD]), "FR"))
    assert not any(type(part).__name__ == "Details" for part in parts(tree))
    assert SHOE not in schema.used_features(clock().features)


@pytest.mark.parametrize(
    ("default", "draft", "own", "address"),
    [
        (True, None, None, "/new"),
        (False, None, None, "/new?model=made-up"),
        (True, "7", "made-up", "/new?draft=7"),
        (True, "7", "another", "/new?draft=7&model=made-up"),
    ],
)
def test_an_address_names_the_clock_unless_it_is_implied(
    default: bool, draft: str | None, own: str | None, address: str
) -> None:
    assert page.address(clock(default=default), draft, own) == address
