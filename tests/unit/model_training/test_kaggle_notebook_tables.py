import numpy as np
import pytest
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from kaggle_people import make_people, write_csv

from model_training import kaggle_notebook_tables
from model_training.datasets.kaggle import load
from model_training.evaluation import HeldOut
from model_training.folds import Protocol
from model_training.kaggle_age import Study, Trained
from model_training.plots import age as plots
from model_training.plots.grouped import bands
from model_training.selection import Nested

N_PEOPLE = 200


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """People with predictions and intervals that are known beforehand."""
    folder = tmp_path_factory.mktemp("report")
    data = load(write_csv(folder / "train.csv", make_people(N_PEOPLE, seed=41)))
    prediction = data.age[np.newaxis] + 2.0
    held_out = HeldOut(prediction, prediction - 3, prediction + np.where(data.age < 50, 3, -2.5))
    nested = Nested(data.age, {"kaggle-age": prediction}, prediction, ())
    return Study(data, Protocol(), nested, {"all": held_out, "half": held_out}, {})


@pytest.fixture(scope="module")
def trained(study):
    clock = load_clock(read_bundle(shipped("kaggle-age")))
    return Trained(study, clock, None, {}, {})


@pytest.fixture(scope="module")
def scores(trained):
    return trained.clock.score(trained.study.data.table)


def test_the_waterfall_leads_from_the_base_value_to_the_prediction(scores):
    years = kaggle_notebook_tables.explanation(scores, 5)
    figure = plots.explanation(years, scores.base_value[5], scores.prediction[5])

    assert figure.data[0].base + sum(figure.data[0].x) == pytest.approx(scores.prediction[5])
    assert list(abs(years)) == sorted(abs(years), reverse=True)
    low, high = figure.layout.xaxis.range
    assert low < scores.prediction[5] < high


def test_importance_is_the_mean_size_of_contributions_largest_first(scores):
    sizes = kaggle_notebook_tables.importances(scores)

    assert list(sizes) == sorted(sizes, reverse=True)
    place = scores.features.index("glucose")
    assert sizes["Blood glucose"] == pytest.approx(np.mean(np.abs(scores.contributions[:, place])))


def test_intervals_narrow_with_every_marker_and_widen_without_any(trained):
    by_panel, without = (
        kaggle_notebook_tables.widths_by_panel(trained),
        kaggle_notebook_tables.widths_without(trained),
    )

    assert by_panel["median"].is_monotonic_decreasing
    assert list(by_panel.index) == list(range(1, 10))
    assert (without > 0).all()
    assert without.index[0] == "Bone density"


def test_coverage_is_told_by_decade_with_the_chance_of_so_few_people(study):
    shares = kaggle_notebook_tables.coverage(study)
    of_age = (study.data.age >= 60) & (study.data.age <= 69)

    assert shares.loc["18-29", "all markers"] == 1.0
    assert shares.loc["60-69", "all markers"] == 0.0
    share = (study.data.age < 50).mean()
    assert shares.loc["all", "all markers"] == pytest.approx(share)
    error = np.sqrt(share * (1 - share) / N_PEOPLE)
    assert shares.loc["all", "all markers, standard error"] == pytest.approx(error)
    assert of_age.sum() > 0
    assert len(plots.coverage(shares, 0.9).data) == 2


def test_residuals_are_told_by_bands_of_five_years_named_by_their_ends(study):
    held_out = kaggle_notebook_tables.held_out(study)
    (boxes,) = plots.residuals(held_out).data

    assert set(held_out["gap"]) == {2.0}
    assert boxes.y is None
    for line in (boxes.lowerfence, boxes.q1, boxes.median, boxes.q3, boxes.upperfence):
        assert set(line) == {2.0}


def test_bands_of_age_are_named_by_their_ends_and_fewer_than_five_people_are_no_band():
    ages = np.repeat(np.arange(18.0, 90.0), 3)
    named = dict(bands(np.append(ages[ages != 45], [45.0]), 5))

    assert list(named)[:3] == ["18-19", "20-24", "25-29"]
    assert list(named)[-1] == "85-89"
    assert (len(named["18-19"]), len(named["20-24"]), len(named["45-49"])) == (6, 15, 13)
    assert list(dict(bands(np.array([30.0] * 4 + [40.0] * 5), 5))) == ["40"]


def test_markers_are_drawn_as_counts_in_which_everybody_is(study):
    figure = plots.markers(study.data)
    counts = [trace.customdata for trace in figure.data if trace.type == "heatmap"]

    assert len(counts) == 8
    assert {int(each.sum()) for each in counts} == {N_PEOPLE}
    shares = {trace.name: trace.y for trace in figure.data if trace.type == "scatter"}
    assert set(shares) == {"never", "former", "current"}
    np.testing.assert_allclose(np.sum(list(shares.values()), axis=0), 100, atol=0.2)


def test_the_explained_example_is_made_of_medians_and_is_nobody(study, trained):
    example = kaggle_notebook_tables.example(trained)
    data = study.data
    sixties = (data.age >= 60) & (data.age <= 69)
    glucose = float(f"{np.median(data.table.column('glucose')[sixties]):.2g}")

    assert f"Blood glucose: {glucose:g} mmol/L" in example.years.index
    assert glucose not in data.table.column("glucose")
    assert example.base_value + example.years.sum() == pytest.approx(example.prediction)
    assert 50 < example.prediction < 80


def test_the_overview_counts_who_has_a_marker_and_how_it_goes_with_age(study):
    table = kaggle_notebook_tables.overview(study.data)

    assert table.loc["Bone density", "people"] == N_PEOPLE
    values = study.data.table.column("bone_density")
    expected = np.corrcoef(values, study.data.age)[0, 1]
    assert table.loc["Bone density", "correlation with age"] == pytest.approx(expected, abs=5e-3)


def test_the_candidates_are_told_best_first_and_the_clock_is_behind_nobody():
    metrics = {
        "mae_years": {"kaggle-age": 4.0, "numeric ridge": 4.3, "LightGBM": 4.1},
        "selection": {
            "won_folds": {"kaggle-age": 2, "numeric ridge": 0, "LightGBM": 1},
            "ahead_years": {
                "numeric ridge": {"mean": 0.3, "standard_error": 0.1},
                "LightGBM": {"mean": 0.1, "standard_error": 0.05},
            },
        },
    }
    table = kaggle_notebook_tables.candidates(metrics)

    assert list(table.index) == ["kaggle-age", "LightGBM", "numeric ridge"]
    assert np.isnan(table.loc["kaggle-age", "behind"])
    assert list(table["folds won"]) == [2, 1, 0]
    assert list(plots.candidates(table).data[0].y) == ["LightGBM", "numeric ridge"]
