"""By how much each biomarker's contribution differs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from agelens.client import ComparedResult, ModelName, Task, VersionChange
from unit.dash_app.compare.made_up import comparison

from dash_app.pages.compare import comparison_text, factors, table

START = datetime(2026, 1, 1, tzinfo=UTC)
GLUCOSE = {
    "key": "glucose",
    "decimals": 1,
    "units": [
        {"unit": "mmol/L", "factor": 1.0, "offset": 0.0},
        {"unit": "mg/dL", "factor": 0.0555, "offset": 0.0},
    ],
}


def row(feature: str, value: Any, years: float, **more: Any) -> dict[str, Any]:
    plain = {"unit": "mmol/L", "imputed": False, "clipped": False, "reference_range": None}
    told = {"feature": feature, "label": feature.capitalize(), "value": value, "years": years}
    return {**plain, **told, **more}


def task(*rows: dict[str, Any], base: float = 50.0, **more: Any) -> Task:
    prediction = more.pop("prediction", base + sum(each["years"] for each in rows))
    wire = {"unit": "years", "base_value": base, "prediction": prediction}
    known: dict[str, Any] = {
        "id": "t", "status": "succeeded", "model": ModelName("clock", "1.0.0"), "answers": {},
        "units": {}, "chronological_age": None, "price": 1, "charged": 1, "attempts": 1,
        "created_at": START, "started_at": None, "finished_at": None, "validation_errors": (),
        "error": None, "wire_result": {**wire, "contributions": list(rows)},
    }  # fmt: skip
    return Task(**known | more)


def test_the_parts_add_up_to_the_difference_of_the_predictions() -> None:
    before = task(row("glucose", 5.0, -1.0), row("albumin", 44, 2.0))
    after = task(row("glucose", 6.0, 1.5), row("crp", 3, 0.25), base=49.0)
    found = factors.between(before, after, {}, comparison(before, after))
    assert [(factor.label, factor.change) for factor in found.factors] == [
        ("Glucose", 2.5),
        ("Albumin", -2.0),
        ("Crp", 0.25),
    ]
    assert found.sum_of_parts == pytest.approx(after.wire_result["prediction"] - 51.0)  # type: ignore[index]
    assert found.adds_up


def test_parts_that_do_not_add_up_are_noticed() -> None:
    wrong = task(row("glucose", 5.0, 1.0), prediction=51.001)
    right = task(row("glucose", 5.0, 1.0))
    assert not factors.between(right, wrong, {}, comparison(right, wrong)).adds_up


def test_what_the_version_of_the_clock_does_is_a_part_of_its_own() -> None:
    before, after = task(row("glucose", 5.0, 1.0)), task(row("glucose", 6.0, 3.0))
    again = task(row("glucose", 5.0, 1.5), base=50.25)
    compared = replace(
        comparison(again, after),
        before=ComparedResult("t", "1.0.0", 51.0, again.wire),
        version=VersionChange(0.75, "1.0.0", "2.0.0"),
        change=2.0,
    )
    found = factors.between(before, after, {}, compared)
    assert [factor.years for factor in found.factors] == [(1.5, 3.0)]
    assert (found.base, found.version) == ((50.25, 50.0), (-0.75, 0.0))
    assert found.adds_up
    assert found.total_change == 2.0


def test_both_values_are_shown_in_the_unit_that_came_last() -> None:
    before = task(row("glucose", 5.55, 0.0), units={"glucose": "mmol/L"})
    after = task(row("glucose", 6.66, 0.0), units={"glucose": "mg/dL"})
    (factor,) = factors.between(
        before, after, {"glucose": GLUCOSE}, comparison(before, after)
    ).factors
    assert factor.before is not None
    assert factor.after is not None
    assert (factor.before.text, factor.after.text) == ("100 mg/dL", "120 mg/dL")
    shown = factors.in_typed_units(before.wire_result or {}, [factor.before])
    assert shown["contributions"][0]["value"] == pytest.approx(100.0)
    assert shown["contributions"][0]["unit"] == "mg/dL"
    assert before.wire_result["contributions"][0]["value"] == 5.55  # type: ignore[index]


def test_the_only_measurement_keeps_its_unit() -> None:
    before = task(row("glucose", 5.55, 0.0), units={"glucose": "mg/dL"})
    after = task(row("glucose", 5.0, 0.0, imputed=True))
    (factor,) = factors.between(
        before, after, {"glucose": GLUCOSE}, comparison(before, after)
    ).factors
    assert factor.before is not None
    assert factor.before.text == "100 mg/dL"
    assert factor.measured == (True, False)


@pytest.mark.parametrize(
    ("value", "more", "measured"),
    [(5.0, {}, True), (None, {}, False), (5.0, {"imputed": True}, False)],
)
def test_what_was_assumed_or_missing_was_not_measured(
    value: float | None, more: dict[str, Any], measured: bool
) -> None:
    before, after = task(row("crp", value, 0.1, **more)), task()
    (factor,) = factors.between(before, after, {}, comparison(before, after)).factors
    assert factor.measured == (measured, False)


@pytest.mark.parametrize(
    ("days", "told"),
    [(1, "1 day"), (45, "45 days"), (183, "6 months"), (365, "12 months"), (913, "2.5 years")],
)
def test_the_time_between_in_words(days: int, told: str) -> None:
    first, second = START.date(), (START + timedelta(days=days)).date()
    assert (
        comparison_text.elapsed_text(first, second)
        == comparison_text.elapsed_text(second, first)
        == told
    )


def test_a_new_version_is_part_of_the_reason() -> None:
    newer = task(model=ModelName("clock", "1.1.0"))
    assert "from version 1.0.0 to 1.1.0" in comparison_text.versions(task(), newer)
    assert "not the reason" in comparison_text.versions(task(), task())


@pytest.mark.parametrize(
    ("change", "shown"), [(2.125, "+2.12"), (-0.5, "−0.50"), (0.001, "0.00"), (-0.001, "0.00")]
)
def test_parts_are_exact_to_a_hundredth_with_their_sign(change: float, shown: str) -> None:
    assert table.exact(change) == shown
