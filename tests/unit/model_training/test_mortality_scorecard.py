from dataclasses import replace

import lifelines
import numpy as np
import pytest
from lifelines.utils import concordance_index

from model_training import mortality, mortality_scorecard
from model_training.datasets.generated import generate_nhanes
from model_training.mortality.plan import Plan
from model_training.mortality_scorecard import RATIO, by_group, learning_curves, scorecard
from model_training.plots import mortality as plots

pytestmark = pytest.mark.slow

PLAN = Plan(rounds=(0, 50), refits=2, draws=20, weights_of_iii=(1.0,), folds=2)


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    """NHANES III alone, made up, with an ethnicity for everybody but the first hundred."""
    file = generate_nhanes(tmp_path_factory.mktemp("data") / "iii.parquet", 1800, seed=41)
    learned = mortality.learn(file, [].append, plan=PLAN)
    people = learned.held_out.people
    ethnicity = np.random.default_rng(1).integers(1, 5, len(people)).astype(float)
    ethnicity[:100] = np.nan
    held_out = replace(learned.held_out, people=replace(people, ethnicity=ethnicity))
    return replace(learned, held_out=held_out)


def test_the_scorecard_tells_a_risk_of_the_clock_alone(training):
    table = scorecard(training)

    assert list(table.index) == ["mortality-age", "phenoage", "kdm", "dysregulation", "age"]
    assert table.loc["phenoage":, RATIO].eq("-").all()
    value = float(table.loc["mortality-age", RATIO].split()[0])
    everybody = training.subgroups[0]
    assert value == pytest.approx(everybody.ratio, abs=6e-4)


def test_c_of_a_group_is_that_of_lifelines_within_its_interval(training):
    table, people = by_group(training, n_draws=30), training.final.people
    women = people.male == 0
    follow_up = people.follow_up.rows(women)
    expected = concordance_index(
        follow_up.time_months, -training.final.years[women], follow_up.died
    )

    row = table.loc[("Sex", "women")]
    assert row["C"] == pytest.approx(expected, abs=1e-12)
    assert row["C, low"] < row["C"] < row["C, high"]
    assert row["people"] == women.sum()


def test_calibration_of_a_group_is_predicted_over_one_minus_kaplan_meier(training):
    table, people = by_group(training, n_draws=5), training.final.people
    men = people.male == 1
    follow_up = people.follow_up.rows(men)
    curve = lifelines.KaplanMeierFitter().fit(follow_up.time_months, follow_up.died)
    predicted = training.fitted_clock.scale.risk(training.final.years[men]).mean()
    alive = curve.confidence_interval_.loc[:120].iloc[-1]

    row = table.loc[("Sex", "men")]
    assert row[RATIO] == pytest.approx(predicted / (1 - curve.predict(120)))
    ends = row[f"{RATIO}, low"], row[f"{RATIO}, high"]
    assert ends == pytest.approx(tuple(predicted / (1 - alive)))


def test_groups_are_of_sex_age_and_ethnicity_and_those_of_few_deaths_are_left_out(training):
    table = by_group(training, n_draws=2)

    assert set(table.index.get_level_values("by")) == {"All", "Sex", "Age", "Ethnicity"}
    assert table.loc["Sex", "people"].sum() == table.iloc[0]["people"]
    assert table.loc["Ethnicity", "people"].sum() == table.iloc[0]["people"] - 100
    assert (table["deaths"] >= mortality_scorecard.FEWEST_DEATHS).all()


def test_the_learning_curve_is_of_the_splits_of_the_training(training):
    curves = learning_curves(training, points=2)
    everybody = min(len(fold.teaching) for fold in training.selection.folds)

    for curve in curves.values():
        assert list(curve.index) == [600, everybody]
        assert curve["held out"].between(0.5, 1).all()
    lines = mortality_scorecard.reference_lines(training)
    assert set(lines) == {"age", "phenoage"}
    assert curves["mortality-age"]["held out"].iloc[-1] > lines["age"]


def test_without_boosting_the_learning_curve_is_the_clock(training):
    plain = replace(training, selection=replace(training.selection, rounds=0))
    (fold, *_) = training.selection.folds
    single = replace(plain, selection=replace(plain.selection, folds=[fold]))

    assert list(learning_curves(single, points=1)) == ["mortality-age"]


def test_the_figures_show_every_group_and_the_interval_of_every_tenth(training):
    table = by_group(training, n_draws=5)
    figure = plots.groups(table, training.measured_on)
    assert [len(each.x) for each in figure.data] == [len(table)] * 2

    shown = plots.calibration(training.final, training.measured_on).data[0]
    for at, up, down, group in zip(
        shown.y, shown.error_y.array, shown.error_y.arrayminus, training.final.calibration,
        strict=True,
    ):  # fmt: skip
        assert at + up == pytest.approx(group.high)
        assert at - down == pytest.approx(max(group.low, plots.LEAST_RISK))
