"""Whole columns in another unit: the median tells, a person decides."""

import agelens
import pandas as pd
import pytest
from agelens.clocks.bundles import find_clock
from agelens.tables.batch_reader import BatchReader
from agelens.tables.frames import open_frame

WOMAN = {
    "chronological_age": 47.0,
    "albumin": 43.0,
    "creatinine": 66.0,
    "glucose": 5.0,
    "crp": 1.5,
    "lymphocytes": 30.0,
    "mean_cell_volume": 89.0,
    "red_cell_width": 13.0,
    "alkaline_phosphatase": 66.0,
    "white_cells": 6.7,
}


def people(n=25, **columns):
    """Alike but for the last digits."""
    rows = [{key: value * (1 + row / 1000) for key, value in WOMAN.items()} for row in range(n)]
    return pd.DataFrame(rows).assign(**columns)


def suggested(frame, **how):
    opened = open_frame(frame)
    reader = BatchReader(find_clock("phenoage"), opened.header, **how)
    return reader, reader.unit_suggestions(next(opened.parts(range(len(opened.header)))))


def test_a_column_in_its_unit_is_left_alone():
    assert suggested(people())[1] == []


@pytest.mark.parametrize(("key", "factor"), [("creatinine", 4), ("glucose", 1.6), ("crp", 8)])
def test_people_who_are_ill_are_not_taken_for_another_unit(key, factor):
    ill = people()
    ill[key] *= factor
    assert suggested(ill)[1] == []


def test_the_unit_that_is_much_nearer_is_asked_about_in_an_unusual_group():
    inflamed = people(crp=[0.45 + row / 1000 for row in range(25)])
    _, (found,) = suggested(inflamed)
    assert (found["feature"], found["suggested_unit"]) == ("crp", "mg/dL")


@pytest.mark.parametrize(
    ("key", "factor", "unit"),
    [
        ("albumin", 0.1, "g/dL"),
        ("creatinine", 1 / 88.4017, "mg/dL"),
        ("glucose", 18.02, "mg/dL"),
        ("crp", 0.1, "mg/dL"),
        ("lymphocytes", 0.01, "fraction"),
        ("white_cells", 1000, "cells/uL"),
        ("alkaline_phosphatase", 1 / 60, "ukat/L"),
    ],
)
def test_a_median_that_is_usual_in_another_unit_is_asked_about(key, factor, unit):
    wrong = people()
    wrong[key] *= factor
    reader, (found,) = suggested(wrong)
    assert (found["column"], found["feature"], found["suggested_unit"]) == (key, key, unit)
    assert found["read_as"] != unit
    assert found["median"] == pytest.approx(WOMAN[key] * factor * 1.012)
    assert f"is it {unit}?" in found["message"]
    (match,) = [m for m in reader.accepting([found]).matches if m.column == key]
    assert match.unit == unit


def test_fewer_than_twenty_numbers_say_nothing():
    few = people(19)
    assert suggested(few.assign(albumin=few["albumin"] / 10))[1] == []


def test_numbers_that_are_all_of_another_quantity_are_said():
    _, (found,) = suggested(people(red_cell_width=41.5))
    assert found["suggested_unit"] is None
    assert "look like RDW-SD in fL; give RDW-CV, in %" in found["message"]


def test_predict_warns_and_takes_suggestions_when_asked_to():
    clock, right = agelens.load("phenoage"), people()
    wrong = right.assign(albumin=right["albumin"] / 10, glucose=right["glucose"] / 0.0555)
    expected = clock.predict(right)["prediction"]
    with pytest.warns(UserWarning, match="but its median is") as told:
        assert clock.predict(wrong)["prediction"].isna().all()
    assert [str(each.message).partition(": ")[2] for each in told] == [
        "is it g/dL?",
        "is it mg/dL?",
    ]
    with pytest.warns(UserWarning, match="but its median is") as told:
        ages = clock.predict(wrong, accept_suggestions=True)["prediction"]
    assert all(str(each.message).endswith("?; it is read so") for each in told)
    assert ages.to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-9)


def test_predict_takes_codes_and_limits():
    clock = agelens.load("kdm")
    person = {"chronological_age": 50, "hba1c": 5.5, "systolic_bp": 121, "albumin": 43}
    person |= {"creatinine": 70, "alkaline_phosphatase": 61, "urea_nitrogen": 13, "crp": "0.5"}
    frame = pd.DataFrame([person | {"total_cholesterol": 5.1, "Gender": 2}] * 2)
    frame.loc[1, "crp"] = "<0.5"
    ages = clock.predict(frame, values={"sex": {"1": "male", "2": "female"}}, censored="limit")
    assert ages["error"].isna().all()
    assert ages["prediction"][0] == ages["prediction"][1]
    assert ages["warnings"][1].startswith("crp <0.5 was read as its limit, 0.5")
