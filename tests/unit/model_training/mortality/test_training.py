import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from agelens.clocks.bundles import load_clock, read_bundle
from agelens.clocks.kinds.additive_mortality import score_columns
from agelens.domain.errors import InvalidInput

from model_training.datasets.generated import generate_nhanes
from model_training.mortality import NAME, pipeline
from model_training.mortality.fit import TrainingDesign, assemble, fit_hazard
from model_training.mortality.hazard import exposure
from model_training.mortality.out_of_fold import WITHOUT_MARKERS, candidate_name
from model_training.mortality.plan import Plan
from model_training.mortality.training_people import load_later, load_training

QUICK = replace(Plan(), rounds=(0, 60), folds=2, refits=8, draws=8)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A made-up NHANES III and made-up later surveys."""
    folder = tmp_path_factory.mktemp("data")
    third = generate_nhanes(folder / "iii.parquet", 2500, seed=1)
    later = generate_nhanes(folder / "iv.parquet", 2500, seed=2, waves=range(1, 9))
    return third, later


def learned(data, later_teach):
    return pipeline.learn(
        data[0], lambda _: None, validation=data[1], later_teach=later_teach, plan=QUICK
    )


@pytest.fixture(scope="module")
def training(data):
    """NHANES III teaches, later surveys test."""
    return learned(data, later_teach=False)


@pytest.fixture(scope="module")
def together(data):
    """All surveys teach."""
    return learned(data, later_teach=True)


@pytest.fixture(scope="module")
def written(training, tmp_path_factory):
    """The bundle, and what was said at the end."""
    said = []
    out = tmp_path_factory.mktemp("bundle") / "out"
    pipeline.write(training, out, said.append, "9.9")
    return read_bundle(out), said


def test_the_bundle_scores_as_it_was_measured(training, written):
    clock = load_clock(written[0])
    assert clock.score(training.test.people.table).prediction == pytest.approx(
        training.test.years, abs=1e-9
    )
    assert clock.manifest.version == "9.9"
    assert clock.reference is not None


def test_it_orders_deaths_better_than_age_in_people_it_has_not_seen(training):
    assert training.test.clocks["age"].ahead.value > 0
    assert training.test.clocks[NAME].figures["stratified_c"].value > 0.55


def test_the_end_is_a_table_of_all_clocks_on_the_same_people(written):
    table = written[1][-1]
    for name in (NAME, "phenoage", "kdm", "dysregulation", "age"):
        assert f"| {name} |" in table
    assert written[1][-3] == f"{NAME} and other clocks on the same people, NHANES IV"


def test_card_and_manifest_say_the_same_figures(training, written):
    files, _ = written
    stated = json.loads(files["manifest.json"])
    c = training.test.clocks[NAME].figures["c"].value
    assert stated["metrics"]["clocks"][NAME]["c"]["value"] == round(c, 4)
    assert f"{c:.3f} (" in files["card.md"].decode()
    assert load_clock(files).manifest.primary_metric.value(stated["metrics"]) == round(c, 4)
    assert "Gompertz 1825" in files["card.md"].decode()


def test_the_same_data_gives_the_same_bytes(data, written, tmp_path):
    again = learned(data, later_teach=False)
    assert pipeline.write(again, tmp_path / "again", lambda _: None, "9.9") == written[0]


def test_the_candidate_with_the_highest_likelihood_is_chosen(training):
    likelihoods = dict(training.selection.likelihoods)
    assert likelihoods.pop(WITHOUT_MARKERS) < min(likelihoods.values())
    assert candidate_name(training.selection.rounds) == max(likelihoods, key=likelihoods.get)


def test_within_nhanes_3_people_held_out_do_not_teach_their_own_fold(training):
    held_out = np.concatenate([fold.held_out for fold in training.selection.folds])
    assert sorted(held_out) == list(range(len(training.people)))
    assert all(
        not np.intersect1d(fold.held_out, fold.teaching).size for fold in training.selection.folds
    )


def test_a_survey_is_predicted_by_a_model_of_the_others(together):
    assert together.with_later
    waves = []
    for fold in together.selection.folds:
        (wave,) = np.unique(together.people.wave[fold.held_out])
        assert wave not in together.people.wave[fold.teaching]
        assert 0 in together.people.wave[fold.teaching]
        waves.append(wave)
    assert waves == [1, 2, 3, 4, 5, 6]
    assert set(np.unique(together.held_out.people.wave)) <= set(waves)


def test_only_a_model_that_later_surveys_taught_gives_a_risk(training, together):
    assert training.parameters.risk is None
    scale, risk = together.fitted_clock.scale, together.parameters.risk
    assert (risk.at_50, risk.per_decade) == pytest.approx((scale.at_50, scale.per_decade), rel=1e-5)


def test_peers_add_nothing_on_average(together):
    people = together.people.rows(np.flatnonzero(together.people.later))
    where = together.parameters.knots
    columns = where.columns(people.table, slice(None))
    years = score_columns(together.parameters, columns, people.age, people.male).contributions
    for marker, known in zip(years, ~np.isnan(columns), strict=True):
        assert abs(marker[known].mean()) < 0.1


def test_the_tables_say_what_law_and_trees_say(data):
    people = load_training(data[0], QUICK)
    training_design = TrainingDesign.from_people(QUICK, people)
    fitted_hazard = fit_hazard(QUICK, training_design, 60)
    fitted = assemble(QUICK, training_design, fitted_hazard)
    complete = people.complete(QUICK)
    log_hazard = fitted_hazard.log_hazard(training_design.design, training_design.columns)
    years = fitted.scale.years(log_hazard + np.log(exposure(fitted.gamma, np.array(120.0))))
    error = (fitted.predict(people) - years)[complete]
    assert np.sqrt(np.mean(error**2)) < 0.02 * np.std((years - people.age)[complete])


def test_trees_never_share_two_markers(data):
    people = load_training(data[0], QUICK)
    training_design = TrainingDesign.from_people(QUICK, people)
    fitted_hazard = fit_hazard(QUICK, training_design, 60)
    for booster in fitted_hazard.trees.boosters:
        for tree in booster.dump_model()["tree_info"]:
            split = re.findall(r"'split_feature': (\d+)", str(tree))
            assert len({int(place) for place in split} & set(range(len(QUICK.markers)))) <= 1


def test_taking_markers_away_leaves_less_and_the_interval_knows_it(training):
    few = {each.n_missing: each for each in training.missing.by_count}
    assert 0 == few[0].error_years < few[1].error_years < few[5].error_years < few[12].error_years
    for count in (1, 5, 12):
        assert 0.7 < few[count].inside <= 1
        assert few[count].inside_part < few[count].inside
    assert training.missing.inside == pytest.approx(0.9, abs=0.005)


def test_served_variance_is_the_bootstraps_on_average(training):
    low, middle, high = training.agreement.sd_ratio
    assert low < 1 < high
    assert middle == pytest.approx(1, abs=0.25)


def test_later_surveys_are_refused_as_training_data(data):
    with pytest.raises(InvalidInput, match="NHANES III only"):
        load_training(data[1], QUICK)


def test_nhanes_3_is_refused_as_validation(data):
    with pytest.raises(InvalidInput, match="validation: is NHANES III"):
        load_later(data[0], QUICK)


def test_a_version_says_which_model_it_is(data, tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "Plan", lambda: QUICK)
    said = []
    files = pipeline.train(data[0], tmp_path / "alone", said.append)
    assert json.loads(files["manifest.json"])["version"] == "1.1.0"
    assert said[0] == "Without later surveys it is the model of 1.1.0"


def test_too_few_people_are_refused(tmp_path):
    few = generate_nhanes(tmp_path / "few.parquet", 300, seed=3)
    with pytest.raises(InvalidInput, match="needs 400 people and 50 deaths"):
        load_training(few, QUICK)


def test_deaths_of_all_causes_count_from_the_first_survey_to_month_240(data):
    frame = pd.read_parquet(data[0])
    people = load_training(data[0], QUICK)
    followed = frame[frame["time"].gt(0) & frame["status"].notna()]
    dead = followed["ucod_leading"].notna() & followed["time"].lt(240) | followed["status"].eq(1)
    assert people.follow_up.died.sum() == dead.sum() > followed["status"].sum()


def test_tested_are_surveys_1_to_6_with_phenoage_and_all_causes(data):
    later = load_later(data[1], QUICK)
    people = later.rows(later.tested())
    frame = pd.read_parquet(data[1])
    nine = ["albumin_gL", "creat_umol", "glucose_mmol", "crp", "lymph", "mcv", "rdw", "alp", "wbc"]
    kept = frame[
        frame["wave"].between(1, 6) & (frame["time"] > 0) & frame[nine].notna().all(axis=1)
    ]
    assert len(people) == len(kept)
    assert people.follow_up.died.sum() == kept["ucod_leading"].notna().sum()
    assert later.wave.max() == 8


def test_400_people_still_train(tmp_path):
    few = generate_nhanes(tmp_path / "few.parquet", 480, seed=9)
    trained = pipeline.learn(few, lambda _: None, plan=QUICK)
    assert len(trained.people) >= 400
    assert np.isfinite(trained.held_out.years).all()
