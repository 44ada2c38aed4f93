"""Any clocks' schemas become one form; nothing in it is known to the page."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from agelens.client import Model
from dash.development.base_component import Component
from unit.dash_app.assessment.made_up import MOOD, SHOE, TELOMERES, clock, number

from dash_app.pages.assessment import addresses, form, schema
from dash_app.pages.assessment.schema import Form, Typed

RARE = number("rare", group="Cells", required=True)


def filled(country: str = "FR", typed: Typed | None = None, models: Any = None) -> Form:
    """A form of made-up clocks, whose features are the registry."""
    asked: list[Model] = models or [clock()]
    registry = {f["key"]: f for model in asked for f in model.features}
    return Form(asked, list(registry.values()), country, typed or {})


def drawn(shown: Form) -> list[Any]:
    return form.fields(shown, today="2026-11-28")


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


def folds(tree: Any) -> list[Any]:
    kind = "assessment-fold"
    return [part for part in parts(tree) if getattr(part, "className", "") == kind]


def test_every_feature_has_a_field_and_so_have_age_and_day() -> None:
    tree = drawn(filled())
    assert found(tree, "value", "telomere_length").label == "Telomere length"
    radios = found(tree, "choice", "mood").children.children
    assert [radio.value for radio in radios] == ["calm", "not_so_calm"]
    assert [radio.label for radio in radios] == ["Calm", "Not so calm"]
    assert found(tree, "value", "shoe_size") is not None
    assert found(tree, "value", "chronological_age") is not None
    assert found(tree, "value", "measured_on").value == "2026-11-28"


def test_what_half_of_the_clocks_use_stands_open_and_the_rest_is_folded() -> None:
    models = [clock(), clock(features=[TELOMERES]), clock(features=[TELOMERES, RARE])]
    shown = filled(models=models)
    assert [f["key"] for f in shown.first] == ["telomere_length"]
    assert [f["key"] for f in shown.further] == ["mood", "rare"]
    assert [f["key"] for f in shown.unused] == ["shoe_size"]
    tree = folds(drawn(shown))
    assert found(tree, "value", "telomere_length") is None
    assert found(tree, "value", "rare") is not None
    assert found(tree, "value", "shoe_size") is not None


def test_a_demonstration_has_no_say_in_what_stands_open() -> None:
    models = [clock(features=[TELOMERES]), clock(features=[RARE], demonstration=True)]
    assert [f["key"] for f in filled(models=models).first] == ["telomere_length"]
    assert [f["key"] for f in filled(models=models).further] == ["rare"]


def test_a_fold_says_what_it_holds_and_opens_where_something_stands_in_it() -> None:
    (fold,) = folds(drawn(filled()))
    assert [span.children for span in fold.children[0].children[:2]] == [
        "Not used by any clock",
        "Shoe size",
    ]
    assert not fold.open
    assert folds(drawn(filled(typed={"shoe_size": {"value": "4", "unit": "u"}})))[0].open


@pytest.mark.parametrize(("country", "unit"), [("NZ", "bp"), ("FR", "kb"), ("ZZ", "kb")])
def test_a_unit_starts_as_the_country_uses_it(country: str, unit: str) -> None:
    select = found(drawn(filled(country)), "unit", "telomere_length")
    assert [option.value for option in select.children if option.selected] == [unit]


def test_only_one_unit_is_written_and_not_asked() -> None:
    tree = drawn(filled())
    assert found(tree, "unit", "shoe_size") is None
    assert found(tree, "value", "shoe_size").rightSection.children == "u"


def test_what_was_typed_stands_in_the_unit_it_was_typed_in() -> None:
    tree = drawn(filled("NZ", {"telomere_length": {"value": "7,5", "unit": "T/S"}}))
    assert found(tree, "value", "telomere_length").value == "7,5"
    options = found(tree, "unit", "telomere_length").children
    assert [option.value for option in options if option.selected] == ["T/S"]


def test_a_unit_that_is_no_longer_accepted_gives_way_to_the_usual_one() -> None:
    typed = {"telomere_length": {"value": "7", "unit": "inches"}}
    assert filled("NZ", typed).unit(TELOMERES) == "bp"


def test_hints_are_in_the_unit_that_is_shown() -> None:
    assert schema.hint(TELOMERES, "kb") == "Healthy adults: 5.00\N{EN DASH}10.00 kb"
    assert schema.hint(TELOMERES, "bp") == "Healthy adults: 5000\N{EN DASH}10000 bp"
    assert schema.hint(SHOE, "u") == "For example 2.0"
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
    tree = drawn(filled(models=[clock(features=[sight])]))
    options = found(tree, "unit", "sight").children
    assert [(option.value, option.children) for option in options] == [
        ("decimal", "(decimal)"),
        ("%", "%"),
    ]


def test_the_browser_knows_every_range_and_nothing_else_does() -> None:
    known: Any = schema.for_browser(filled(), form="1")
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
    assert field["instead"] == "telomeres of yeast in kb"
    assert known["fields"]["chronological_age"]["plausible"] == [0, 130]
    json.dumps(known)


def test_an_example_is_written_as_one_would_type_it_in_each_unit() -> None:
    known: Any = schema.for_browser(filled())["fields"]
    units = {unit["unit"]: unit["example"] for unit in known["telomere_length"]["units"]}
    assert units["kb"] == "7.25"
    assert units["bp"] == "7250"
    assert float(units["T/S"]) == pytest.approx((7.25 - 3.3) / 2.4, abs=0.005)
    assert known["mood"]["example"] == "calm"
    assert known["mood"]["used"]
    assert not known["shoe_size"]["used"]


def test_a_biomarker_is_found_by_names_and_loinc_codes_but_not_by_other_data_sets() -> None:
    loinc = {"name": "1751-7", "columns": "loinc", "unit": "u", "transform": None}
    other = {"name": "LBXSAL", "columns": "nhanes", "unit": "u", "transform": None}
    albumin = number("albumin", names=["ALB", "Albumine"], aliases=[loinc, other])
    known: Any = schema.for_browser(filled(models=[clock(features=[albumin])]))["fields"]
    assert known["albumin"]["search"].split("\n") == ["albumin", "alb", "albumine", "1751-7"]


def test_problems_of_a_draft_are_known_from_the_start_and_take_no_focus() -> None:
    tree = form.stores(filled(), known_problems={"mood": "Is odd."}, browser_data={})
    told = next(part for part in parts(tree) if getattr(part, "id", "") == "assessment-told")
    assert told.data == {"problems": {"mood": "Is odd."}, "focus": False}


def test_groups_keep_the_order_of_the_registry() -> None:
    features = [number("a"), number("b", group="Mind"), number("c")]
    named = {group: [f["key"] for f in own] for group, own in schema.grouped(features).items()}
    assert named == {"Blood": ["a", "c"], "Mind": ["b"]}


@pytest.mark.parametrize(
    ("draft", "only", "address"),
    [
        (None, None, "/new"),
        (None, "made-up", "/new?model=made-up"),
        ("7", None, "/new?draft=7"),
        ("7", "another", "/new?draft=7&model=another"),
    ],
)
def test_an_address_names_the_draft_and_the_clock_that_the_visit_is_for(
    draft: str | None, only: str | None, address: str
) -> None:
    assert addresses.of_form(draft, only) == address
