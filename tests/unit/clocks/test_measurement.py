import math

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.measurement import (
    minimum_detectable_change,
    of_median_people,
    within_person,
)
from agelens.clocks.scoring import read_panel_for, table_of
from agelens.domain.panel import Panel
from agelens.domain.registry import biomarkers
from shipped_clocks import shipped_clock

DRAWS = 100_000


def example(clock, **changed):
    answers = {f.key: f.example for f in clock.manifest.features} | changed
    return read_panel_for(clock, {k: v for k, v in answers.items() if v is not None}, None, 52)


def measured_many_times(clock, panel):
    """The SD of the answers when every marker with a source is drawn at random, all at once."""
    draws = np.random.default_rng(17)
    person = table_of(clock, [panel])
    columns = {key: np.repeat(column, DRAWS) for key, column in person.columns.items()}
    for key, entry in biomarkers().items():
        if key not in columns or entry.within_person is None:
            continue
        normal = draws.standard_normal(DRAWS)
        if entry.within_person.sd is not None:
            columns[key] = columns[key] + entry.within_person.sd * normal
        else:
            share = entry.within_person.cv / 100
            columns[key] = columns[key] * np.exp(math.sqrt(math.log(1 + share**2)) * normal)
    ages = np.repeat(person.chronological_age, DRAWS)
    return clock.score(Table(columns, ages)).prediction.std()


@pytest.mark.parametrize("name", ["phenoage", "kdm", "mortality-age", "dysregulation"])
def test_the_sd_is_that_of_a_person_who_is_measured_very_often(name):
    clock = shipped_clock(name)
    panel = example(clock)

    found = within_person(clock, panel)

    # dysregulation is no sum over markers: what varies together is left out there
    close = 0.1 if name == "dysregulation" else 0.02
    assert found.sd == pytest.approx(measured_many_times(clock, panel), rel=close)


def test_the_smallest_detectable_change_is_1_96_root_2_sd():
    described = within_person(shipped_clock("kdm"), example(shipped_clock("kdm"))).describe()

    assert described["minimum_detectable_change"] == pytest.approx(
        1.96 * math.sqrt(2) * described["sd"]
    )
    assert minimum_detectable_change(3.0, 4.0) == pytest.approx(9.8)


def test_measured_markers_without_a_source_are_named_and_sex_and_age_are_none():
    found = within_person(shipped_clock("mortality-age"), example(shipped_clock("mortality-age")))

    assert {"lymphocytes", "diastolic_bp", "bmi", "height"} <= set(found.left_out)
    assert "sex" not in found.left_out
    assert all(biomarkers()[key].within_person is None for key in found.left_out)


def test_a_marker_that_was_not_measured_does_not_vary():
    clock = shipped_clock("kdm")
    whole, without = example(clock), example(clock, systolic_bp=None)

    assert within_person(clock, without).sd < within_person(clock, whole).sd


def test_there_is_no_figure_where_most_markers_have_no_source():
    clock = shipped_clock("kaggle-age")

    found = within_person(clock, example(clock))

    assert found.sd is None
    assert found.reason.startswith("only 3 of the 8 markers")
    assert found.describe()["minimum_detectable_change"] is None
    assert within_person(clock, Panel({"bone_density": 1.0})).reason.startswith("none of the 1")


def test_a_clock_has_a_figure_for_people_with_usual_values_of_both_sexes():
    clock = shipped_clock("mortality-age")
    usual = {f.key: sum(f.medians) / 2 if f.medians else f.example for f in clock.manifest.features}
    sds = [within_person(clock, Panel(usual | {"sex": s}, 50)).sd for s in ("female", "male")]

    assert of_median_people(clock).sd == pytest.approx(sum(sds) / 2)
    assert of_median_people(shipped_clock("kaggle-age")).sd is None
