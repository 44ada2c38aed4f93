"""Unit mistakes are common and loud: every clock refuses them and names the unit that fits."""

import csv

import pytest
from agelens.clocks.bundles import SHIPPED, load_clock, read_bundle
from agelens.clocks.scoring import read_panel_for
from agelens.domain.errors import InvalidAnswers
from scored_files import run

MISTAKES = {"glucose": (95, "mg/dL"), "albumin": (4.2, "g/dL"), "creatinine": (0.9, "mg/dL")}
CLOCKS = {f"{d.parent.name} {d.name}": load_clock(read_bundle(d)) for d in SHIPPED}
PAIRS = [
    (name, feature)
    for name, clock in CLOCKS.items()
    for feature in MISTAKES
    if feature in clock.manifest.informative
]


def ordinary(clock):
    """An answer to everything, in canonical units; the middle of what healthy people have."""
    answers = {}
    for feature in clock.manifest.features:
        if feature.kind == "choice":
            answers[feature.key] = feature.choices[0]
        elif feature.training:
            answers[feature.key] = sum(feature.training) / 2
        else:
            answers[feature.key] = sum(feature.typical or feature.plausible) / 2
    return answers


def test_the_clocks_that_use_these_markers_are_among_the_shipped_ones():
    names = {(name.split()[0], feature) for name, feature in PAIRS}

    assert ("kaggle-age", "glucose") in names
    assert {("phenoage", f) for f in MISTAKES} <= names
    assert {("dysregulation", f) for f in MISTAKES} <= names
    assert {("kdm", f) for f in ("albumin", "creatinine")} <= names


@pytest.mark.parametrize(("name", "feature"), PAIRS)
def test_a_panel_with_a_unit_mistake_is_refused_and_the_unit_suggested(name, feature):
    clock, (wrong, unit) = CLOCKS[name], MISTAKES[feature]
    read_panel_for(clock, ordinary(clock), None, 50)  # nothing else is wrong with it

    with pytest.raises(InvalidAnswers) as caught:
        read_panel_for(clock, {**ordinary(clock), feature: wrong}, None, 50)
    (problem,) = [p for p in caught.value.problems if p.field == feature]
    assert problem.message.endswith(f"{wrong:g} would fit in {unit}")


@pytest.mark.parametrize(("name", "feature"), PAIRS)
def test_the_suggested_unit_is_accepted(name, feature):
    clock, (wrong, unit) = CLOCKS[name], MISTAKES[feature]

    panel = read_panel_for(clock, {**ordinary(clock), feature: wrong}, {feature: unit}, 50)
    assert not panel.warnings


@pytest.mark.parametrize(("name", "feature"), PAIRS)
def test_agelens_score_gives_that_row_an_error_and_no_number(tmp_path, name, feature):
    clock, (wrong, unit) = CLOCKS[name], MISTAKES[feature]
    good = {**ordinary(clock), "chronological_age": 50}
    with (tmp_path / "data.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, good)
        writer.writeheader()
        writer.writerows([good, {**good, feature: wrong}, good])

    directory = next(d for d in SHIPPED if f"{d.parent.name} {d.name}" == name)
    assert run(tmp_path / "data.csv", str(directory), "agelens", tmp_path / "out.csv") == 0
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [bool(row["prediction"]) for row in rows] == [True, False, True]
    assert [row["error"] for row in rows][::2] == ["", ""]
    assert feature in rows[1]["error"]
    assert f"would fit in {unit}" in rows[1]["error"]
