"""What all trainings on NHANES III have in common: those from a recipe, kdm, dysregulation."""

import json
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from agelens.clocks.bundles import load_clock, read_bundle
from agelens.clocks.scoring import predict
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import Panel
from forged_bundles import parameters_of, shipped_clock
from shared_files import shared_file

from model_training import pipelines
from model_training.datasets.generated import generate_nhanes

FROM_RECIPES = [
    name for name, module in pipelines.TRAININGS.items() if hasattr(import_module(module), "RECIPE")
]
NAMES = [*FROM_RECIPES, "kdm", "dysregulation"]
# NHANES lacks too many markers of the others, which are neither ranked nor followed there
SCORED = [
    name
    for name in NAMES
    if name not in FROM_RECIPES or import_module(pipelines.TRAININGS[name]).RECIPE.scored_in_nhanes
]


@pytest.fixture(scope="module")
def nhanes_3(tmp_path_factory):
    """Made-up people in the shape of NHANES III."""
    return generate_nhanes(tmp_path_factory.mktemp("data") / "iii.parquet", 2500, seed=3)


@pytest.fixture(scope="module")
def nhanes_4(tmp_path_factory):
    """Made-up people in the shape of NHANES IV, with follow-up."""
    path = tmp_path_factory.mktemp("data") / "iv.parquet"
    return generate_nhanes(path, 1500, seed=4, waves=range(1, 7))


def train(name, data, out, **options):
    said = []
    files = pipelines.training_of(name).train(data, out, said.append, **options)
    return files, "\n".join(said)


@pytest.mark.parametrize("name", NAMES)
def test_training_writes_a_bundle_that_loads_predicts_and_ends_in_the_figures(
    tmp_path, nhanes_3, nhanes_4, name
):
    files, said = train(name, nhanes_3, tmp_path / "out", validation=nhanes_4)

    assert read_bundle(tmp_path / "out") == files
    manifest = load_clock(files).manifest
    assert (manifest.name, manifest.version, manifest.price) == (name, "1.0.0", 5)
    assert manifest.card.startswith(f"# {name}")
    assert ("Harrell C" in said) == (name in SCORED)
    assert ("NHANES has too few of its markers" in said) == (name not in SCORED)
    assert "no validation file" not in said
    assert ("of them died" in manifest.card) == (name in SCORED)


@pytest.mark.parametrize("name", SCORED)
def test_the_headline_is_the_concordance_on_the_validation_people(
    tmp_path, nhanes_3, nhanes_4, name
):
    files, _ = train(name, nhanes_3, tmp_path / "out", validation=nhanes_4)
    manifest = load_clock(files).manifest

    assert manifest.primary_metric.better == "higher"
    assert 0.5 < manifest.primary_metric.value(manifest.metrics) < 1
    without, said = train(name, nhanes_3, tmp_path / "without")
    assert load_clock(without).manifest.primary_metric is None
    assert "mortality: not measured" in said


@pytest.mark.parametrize("name", NAMES)
def test_the_same_data_gives_the_same_bytes_and_other_data_others(tmp_path, nhanes_3, name):
    once, _ = train(name, nhanes_3, tmp_path / "a")
    again, _ = train(name, nhanes_3, tmp_path / "b")
    pd.read_parquet(nhanes_3).iloc[:-40].to_parquet(tmp_path / "other.parquet")
    other, _ = train(name, tmp_path / "other.parquet", tmp_path / "c")

    assert once == again
    learned = {"parameters.json", "reference.json"} & set(once)
    assert any(other[name] != once[name] for name in learned)


@pytest.mark.parametrize("name", NAMES)
def test_the_version_is_as_asked_and_a_folder_with_something_else_is_left_alone(
    tmp_path, nhanes_3, name
):
    files, _ = train(name, nhanes_3, tmp_path / "out", version="2.1")
    assert load_clock(files).manifest.version == "2.1"

    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidInput, match="neither empty nor a bundle"):
        train(name, nhanes_3, tmp_path / "kept")
    with pytest.raises(InvalidInput, match="version"):
        train(name, nhanes_3, tmp_path / "new", version="a b")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("name", NAMES)
def test_files_that_cannot_be_trained_on_are_refused_in_words(tmp_path, nhanes_3, nhanes_4, name):
    few = tmp_path / "few.parquet"
    pd.read_parquet(nhanes_3).iloc[:60].to_parquet(few)

    with pytest.raises(InvalidInput, match="at least"):
        train(name, few, tmp_path / "out")
    with pytest.raises(InvalidInput, match="holds nobody of NHANES III"):
        train(name, nhanes_4, tmp_path / "out")
    with pytest.raises(InvalidInput, match="there is no file"):
        train(name, tmp_path / "absent.parquet", tmp_path / "out")
    with pytest.raises(InvalidInput, match="validation: is NHANES III"):
        train(name, nhanes_3, tmp_path / "out", validation=nhanes_3)
    pd.read_parquet(nhanes_4).iloc[:15].to_parquet(few)
    if name in SCORED:
        with pytest.raises(InvalidInput, match="validation: "):
            train(name, nhanes_3, tmp_path / "out", validation=few)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", NAMES)
def test_people_of_later_surveys_in_the_file_are_not_learned_from(
    tmp_path, nhanes_3, nhanes_4, name
):
    both = pd.concat([pd.read_parquet(nhanes_4), pd.read_parquet(nhanes_3)])
    both.to_parquet(tmp_path / "both.parquet")

    alone, _ = train(name, nhanes_3, tmp_path / "alone")
    mixed, _ = train(name, tmp_path / "both.parquet", tmp_path / "mixed")
    assert mixed["parameters.json"] == alone["parameters.json"]


@pytest.mark.parametrize("name", NAMES)
def test_every_marker_has_the_range_of_the_people_it_was_learned_from(tmp_path, nhanes_3, name):
    files, _ = train(name, nhanes_3, tmp_path / "out")
    features = {f.key: f for f in load_clock(files).manifest.features}

    assert features["sex"].training is None
    low, high = features["creatinine"].training
    values = pd.read_parquet(nhanes_3)["creat_umol"]
    assert values.min() * 0.999 <= low < high <= values.max() * 1.001
    assert features["sex"].required == (name not in FROM_RECIPES)
    others = {"sex", *features} - {"creatinine"}
    assert features["creatinine"].required == (load_clock(files).lacks(others) is not None)


@pytest.mark.parametrize("name", [name for name in SCORED if name != "dysregulation"])
def test_the_gap_reference_says_who_it_is_and_holds_no_person(tmp_path, nhanes_3, name):
    files, _ = train(name, nhanes_3, tmp_path / "out")
    reference = json.loads(files["reference.json"])

    assert reference["name"].startswith("NHANES III")
    assert reference["name"].endswith("same sex, within 5 years")
    assert set(reference["sexes"]) == {"female", "male", "any"}
    clock = load_clock(files)
    middle = {f.key: sum(f.training) / 2 for f in clock.manifest.features if f.training}
    gap = predict(clock, Panel({**middle, "sex": "female"}, 50))["age_gap"]
    assert 1 <= gap["percentile"] <= 99
    assert gap["reference"] == reference["name"].replace(
        "NHANES III", "NHANES III (1988-94, unweighted)", 1
    )


@pytest.mark.shared_data
@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_clock_is_what_training_on_nhanes_3_gives(tmp_path, name):
    data = shared_file("nhanes3.parquet")
    files, _ = train(name, data, tmp_path / "out")

    assert shipped_clock(name).manifest.data_sha256 == load_clock(files).manifest.data_sha256
    fresh, shipped = json.loads(files["parameters.json"]), parameters_of(name)
    assert numbers_in(fresh) == pytest.approx(numbers_in(shipped), rel=1e-10, abs=1e-12)


def numbers_in(document):
    """Every number of a JSON document, in its order."""
    if isinstance(document, dict):
        return [n for key in sorted(document) for n in numbers_in(document[key])]
    if isinstance(document, list):
        return [n for entry in document for n in numbers_in(entry)]
    return [document] if isinstance(document, int | float) else []


@pytest.mark.shared_data
def test_phenoage_reaches_the_known_concordance_on_the_validation_file(tmp_path):
    data, validation = shared_file("nhanes3.parquet"), shared_file("nhanes4_dev.parquet")
    files, _ = train("phenoage", data, tmp_path / "out", validation=validation)

    mortality = load_clock(files).manifest.metrics["mortality"]
    assert mortality["n_people"] == 19484
    assert mortality["harrell_c"] == pytest.approx(0.847, abs=5e-4)


def test_ages_that_are_not_in_the_reference_are_not_ranked(tmp_path, nhanes_3):
    files, _ = train("kdm", nhanes_3, tmp_path / "out")
    clock = load_clock(files)
    middle = {f.key: sum(f.training) / 2 for f in clock.manifest.features if f.training}

    gaps = [predict(clock, Panel({**middle, "sex": "male"}, age))["age_gap"] for age in (50, 25)]
    assert gaps[0]["adjusted"] is not None
    assert gaps[1]["adjusted"] is None
    assert np.isfinite(gaps[1]["raw"])
