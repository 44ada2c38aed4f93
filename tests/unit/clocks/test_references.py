"""Percentile references beside a bundle's own: which there are, whose they are, what a result says."""

import json

import numpy as np
import pytest
from agelens.clocks import references
from agelens.clocks.age_gap import dated
from agelens.clocks.bundles import SHIPPED, find_clock, load_clock, read_bundle
from agelens.clocks.references import FOLDER, reference_from_bytes, references_of
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import InvalidBundle

FILES = sorted(FOLDER.glob("*/*/*.json"))
KDM = {
    "sex": "male", "albumin": 42, "alkaline_phosphatase": 70, "urea_nitrogen": 5, "creatinine": 80,
    "crp": 2, "hba1c": 5.5, "systolic_bp": 125, "total_cholesterol": 5.2, "fev1": 3.4,
}  # fmt: skip


def gap_of(name, answers, age):
    clock = find_clock(name)
    keys = {feature.key for feature in clock.manifest.features}
    given = {key: value for key, value in answers.items() if key in keys}
    return predict(clock, read_panel_for(clock, given, {}, age))["age_gap"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_a_shipped_reference_is_of_the_bundle_it_stands_beside(path):
    document = json.loads(path.read_bytes())
    name, version = path.parts[-3:-1]
    (directory,) = [d for d in SHIPPED if (d.parent.name, d.name) == (name, version)]
    clock = load_clock(read_bundle(directory))
    (found,) = [each for each in references_of(clock.manifest) if each.version == path.stem]

    assert document["clock"] == {"name": name, "version": version, "sha256": clock.manifest.sha256}
    if clock.reference is not None:  # an answer that is no age has none in its bundle
        assert found.gaps.ages[0] >= clock.reference.ages[0]
        assert found.gaps.ages[1] <= clock.reference.ages[1]
    assert (clock.reference is None) == (clock.manifest.unit != "years")
    assert set(found.gaps.sexes) == {"any", "female", "male"}
    assert found.gaps.described("male").startswith(document["people"]["label"])


def test_every_published_age_clock_that_nhanes_feeds_has_an_nhanes_iv_reference():
    of = {path.parts[-3] for path in FILES}
    assert of >= {"phenoage", "phenoage-ln-crp", "kdm", "gold-bioage", "light-bioage"}


def test_the_same_gap_ranks_higher_among_the_later_healthier_people():
    """KDM's people of NHANES IV are at the 37th percentile of NHANES III on average."""
    gap = gap_of("kdm", KDM, 55)
    (other,) = gap["others"]
    assert gap["reference"].startswith("NHANES III (1988-94, unweighted), ages 30 to 75")
    assert other["reference"] == "NHANES IV, 2007-2010, unweighted, same sex, within 5 years"
    assert other["version"] == "nhanes4-2026"
    assert len(other["sha256"]) == 64
    assert 0 < gap["percentile"] < other["percentile"] < 100


def test_a_panel_that_is_not_ranked_is_not_ranked_elsewhere_either():
    incomplete = {key: value for key, value in KDM.items() if key != "fev1"}
    assert gap_of("kdm", incomplete, 55)["others"] == []
    assert gap_of("kdm", KDM, 25) | {"others": []} == gap_of("kdm", KDM, 25)


def test_without_the_sex_both_sexes_are_compared_and_said():
    whole = {key: value for key, value in KDM.items() if key != "sex"}
    answers = {
        **whole, "glucose": 5.1, "lymphocytes": 30, "mean_cell_volume": 90, "red_cell_width": 13,
        "white_cells": 6,
    }  # fmt: skip
    (other,) = gap_of("phenoage", answers, 55)["others"]
    assert "both sexes" in other["reference"]


def test_another_bundle_of_the_same_name_is_not_ranked_by_it(monkeypatch, tmp_path):
    place = tmp_path / "kdm" / "1.0.0"
    place.mkdir(parents=True)
    (path,) = [path for path in FILES if path.parts[-3] == "kdm"]
    document = json.loads(path.read_bytes())
    document["clock"]["sha256"] = "0" * 64
    (place / "other.json").write_text(json.dumps(document))
    monkeypatch.setattr(references, "FOLDER", tmp_path)
    references._of_bundle.cache_clear()
    try:
        assert references_of(find_clock("kdm").manifest) == ()
    finally:
        references._of_bundle.cache_clear()


SEXES_AS_A_LIST = b'{"version": "1", "clock": {"sha256": "a"}, "levels": [1], "sexes": [], "name": "x", "first_age": 20}'
BROKEN = [
    b"{}",
    b"[]",
    b"no json",
    b'{"version": "1", "clock": 5}',
    SEXES_AS_A_LIST,
    b"[" * 100_000,
]


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_reference_is_refused_by_its_name(broken):
    with pytest.raises(InvalidBundle, match=r"wrong\.json"):
        reference_from_bytes(broken, "wrong.json")


def test_an_old_label_gains_the_years_and_a_new_one_keeps_its_own():
    assert dated("NHANES III, same sex") == "NHANES III (1988-94, unweighted), same sex"
    new = "NHANES III, 1988-94, weighted, same sex"
    assert dated(new) == new
    assert dated("of NHANES III (1988-1994) who") == "of NHANES III (1988-1994, unweighted) who"
    assert dated("of NHANES IV (1999-2014) who") == "of NHANES IV (1999-2014, unweighted) who"
    assert dated("people of a town") == "people of a town"


def test_ranks_are_the_summarys_own():
    (path,) = [path for path in FILES if path.parts[-3] == "phenoage"]
    summary = json.loads(path.read_bytes())
    found = reference_from_bytes(path.read_bytes(), path.name)
    men = summary["sexes"]["male"]
    row = men["quantiles"][60 - summary["first_age"]]
    gap = men["intercept"] + men["slope"] * 60 + row[10]
    rank = found.rank(gap, 60, "male")
    assert rank["percentile"] == pytest.approx(summary["levels"][10])
    assert found.rank(gap, 89, "male") is None
    assert np.all(np.diff(row) >= 0)


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A folder of an operator's; what is used of it ends with the test."""
    monkeypatch.setattr(references, "_further", [])
    yield tmp_path / "mine"
    references._of_bundle.cache_clear()


def test_an_operators_own_references_are_used_beside_those_of_the_package(own_folder):
    shipped = json.loads((FOLDER / "kdm" / "1.0.0" / "nhanes4-2026.json").read_bytes())
    own = own_folder / "kdm" / "1.0.0" / "our-study-2026.json"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps(shipped | {"version": "our-study-2026"}))
    assert [each["version"] for each in gap_of("kdm", KDM, 55)["others"]] == ["nhanes4-2026"]
    references.use_folder(own_folder)
    references.use_folder(own_folder)
    ranks = gap_of("kdm", KDM, 55)["others"]
    assert [each["version"] for each in ranks] == ["nhanes4-2026", "our-study-2026"]


def test_a_file_of_ones_own_that_is_no_reference_is_named_at_once(own_folder):
    wrong = own_folder / "kdm" / "1.0.0" / "notes.json"
    wrong.parent.mkdir(parents=True)
    wrong.write_text("{}")
    with pytest.raises(InvalidBundle, match=r"notes\.json"):
        references.use_folder(own_folder)
