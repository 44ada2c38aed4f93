"""Risks are counted in people."""

import pytest
from agelens.charts import risk_sentence
from unit.charts.made_up import result


def risk(middle: float, low: float, high: float) -> dict[str, float]:
    return {"risk_10y": middle, "risk_10y_low": low, "risk_10y_high": high}


@pytest.mark.parametrize(
    ("derived", "words"),
    [
        (risk(0.0613, 0.049, 0.0762), "About 6 of 100 people like this die within ten years (95 % interval 5 to 8)."),
        (risk(0.0042, 0.0031, 0.0056), "About 4 of 1,000 people like this die within ten years (95 % interval 3 to 6)."),
        (risk(0.0123, 0.0031, 0.021), "About 1 of 100 people like this dies within ten years (95 % interval fewer than 1 to 2)."),
        (risk(0.0088, 0.0071, 0.0109), "About 9 of 1,000 people like this die within ten years (95 % interval 7 to 11)."),
        (risk(0.0112, 0.0092, 0.0138), "About 11 of 1,000 people like this die within ten years (95 % interval 9 to 14)."),
        (risk(0.0010, 0.0006, 0.0018), "About 1 of 1,000 people like this dies within ten years (95 % interval 1 to 2)."),
        (risk(0.0001, 0.0001, 0.0002), "Fewer than 1 of 1,000 people like this die within ten years (95 % interval fewer than 1)."),
        (risk(0.0003, 0.0001, 0.0012), "Fewer than 1 of 1,000"),
        (risk(0.998, 0.97, 0.9999), "More than 99 of 100"),
        (risk(0.9999, 0.9997, 1), "More than 99 of 100 people like this die within ten years (95 % interval more than 99)."),
    ],
)  # fmt: skip
def test_a_risk_is_so_many_of_100_people_or_of_1000_where_it_is_below_one(
    derived: dict[str, float], words: str
) -> None:
    assert risk_sentence(result(derived=derived)).startswith(words)


@pytest.mark.parametrize("derived", [{}, {"log_hd": 0.7}, {"risk_10y": 0.1}])
def test_a_clock_without_a_risk_says_nothing_of_it(derived: dict[str, float]) -> None:
    assert risk_sentence(result(derived=derived)) == ""


def test_a_result_of_a_service_that_knew_no_other_forms_has_no_risk() -> None:
    older = result()
    del older["derived"]
    assert risk_sentence(older) == ""
