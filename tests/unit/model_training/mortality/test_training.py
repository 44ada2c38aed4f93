import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from agelens.clocks.bundles import load_clock, read_bundle
from agelens.domain.errors import InvalidInput

from model_training.datasets.generated import generate_nhanes
from model_training.mortality import NAME, pipeline
from model_training.mortality.plan import Plan, Terms
from model_training.mortality.training_people import load_training, load_validation

QUICK = replace(Plan(), candidates=(Terms(100.0), Terms(curves=False)), folds=2, refits=8, draws=8)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A made-up NHANES III and made-up later surveys."""
    folder = tmp_path_factory.mktemp("data")
    third = generate_nhanes(folder / "iii.parquet", 2500, seed=1)
    later = generate_nhanes(folder / "iv.parquet", 1500, seed=2, waves=range(1, 9))
    return third, later


@pytest.fixture(scope="module")
def training(data):
    """What a quick training on them finds out."""
    return pipeline.learn(data[0], lambda _: None, validation=data[1], plan=QUICK)


@pytest.fixture(scope="module")
def written(training, tmp_path_factory):
    """Its bundle, and what was said at the end."""
    said = []
    out = tmp_path_factory.mktemp("bundle") / "out"
    pipeline.write(training, out, said.append, "9.9")
    return read_bundle(out), said


def test_the_bundle_scores_as_it_was_measured(training, written):
    clock = load_clock(written[0])
    scores = clock.score(training.test.people.table)
    known = ~np.isnan(scores.prediction)
    assert known.mean() > 0.9
    assert clock.manifest.version == "9.9"
    assert clock.reference is not None


def test_it_orders_deaths_better_than_age_in_people_it_has_not_seen(training):
    assert training.test.clocks["age"].ahead.value > 0
    assert training.test.clocks[NAME].figures["stratified_c"].value > 0.55


def test_the_end_is_a_table_of_all_clocks_on_the_same_people(written):
    table = written[1][-1]
    for name in (NAME, "phenoage", "kdm", "dysregulation", "age"):
        assert f"| {name} |" in table
    assert written[1][-3] == f"{NAME} and other clocks on the same people, validation file"


def test_card_and_manifest_say_the_same_figures(training, written):
    files, _ = written
    stated = json.loads(files["manifest.json"])
    c = training.test.clocks[NAME].figures["c"].value
    assert stated["metrics"]["clocks"][NAME]["c"]["value"] == round(c, 4)
    assert f"{c:.3f} (" in files["card.md"].decode()
    assert load_clock(files).manifest.primary_metric.value(stated["metrics"]) == round(c, 4)
    assert "Gompertz 1825" in files["card.md"].decode()


def test_the_same_data_gives_the_same_bytes(data, written, tmp_path):
    again = pipeline.learn(data[0], lambda _: None, validation=data[1], plan=QUICK)
    assert pipeline.write(again, tmp_path / "again", lambda _: None, "9.9") == written[0]


def test_the_candidate_with_the_highest_likelihood_is_chosen(training):
    best = max(training.candidates, key=training.candidates.get)
    assert str(training.terms) == best


def test_people_held_out_do_not_teach_their_own_fold(training):
    held_out = np.concatenate([fold.held_out for fold in training.folds])
    assert sorted(held_out) == list(range(len(training.people)))


def test_contributions_of_the_people_average_out_against_their_peers(training):
    # Peers are an average of values and curves; interactions follow from them only roughly.
    clock_years = training.out_of_fold_years - training.people.age
    assert abs(np.median(clock_years)) < 8
    parameters = training.parameters
    columns = parameters.peer_model.columns(training.people.table)
    deviations = parameters.peer_model.deviations(
        columns, training.people.age, training.people.male
    )
    known = (~np.isnan(columns)).sum(axis=1)
    assert np.abs(deviations[:3].sum(axis=2) / known).max() < 1e-6


def test_taking_markers_away_leaves_less_and_the_interval_knows_it(training):
    few = {each.n_missing: each for each in training.missing}
    assert few[0].error_years < few[5].error_years < few[15].error_years
    for count in (3, 9, 15):
        assert 0.85 < few[count].inside < 0.97


def test_later_surveys_are_refused_as_training_data(data):
    with pytest.raises(InvalidInput, match="NHANES III only"):
        load_training(data[1], QUICK)


def test_nhanes_3_is_refused_as_validation(data):
    with pytest.raises(InvalidInput, match="validation: is NHANES III"):
        load_validation(data[0], QUICK)


def test_too_few_people_are_refused(tmp_path):
    few = generate_nhanes(tmp_path / "few.parquet", 300, seed=3)
    with pytest.raises(InvalidInput, match="needs 400 people and 50 deaths"):
        load_training(few, QUICK)


def test_validation_counts_all_causes_and_has_no_survey_after_the_sixth(data):
    people = load_validation(data[1], QUICK)
    frame = pd.read_parquet(data[1])
    nine = ["albumin_gL", "creat_umol", "glucose_mmol", "crp", "lymph", "mcv", "rdw", "alp", "wbc"]
    kept = frame[
        frame["wave"].between(1, 6) & (frame["time"] > 0) & frame[nine].notna().all(axis=1)
    ]
    assert len(people) == len(kept)
    assert people.follow_up.died.sum() == kept["ucod_leading"].notna().sum()
