import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from model_training import kaggle_age
from model_training.datasets.generated import generate_kaggle
from model_training.folds import Protocol
from model_training.kaggle_plan import NAME
from model_training.kaggle_scorecard import PICKED, learning_curves, scorecard
from model_training.kaggle_subgroups import by_group
from model_training.plots.subgroups import errors_and_coverage


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two repeats on 240 made-up people."""
    file = generate_kaggle(tmp_path_factory.mktemp("kaggle") / "people.csv", 240, seed=3)
    return kaggle_age.measure(
        kaggle_age.read(file, [].append), [].append, Protocol(repeats=2, folds=3, inner_folds=2)
    )


def test_the_scorecard_agrees_with_scikit_learn(study):
    table, age = scorecard(study), study.data.age
    for name, prediction in {**study.nested.predictions, PICKED: study.nested.selected}.items():
        true, told = np.tile(age, 2), prediction.ravel()
        row = table.loc[name]
        assert row["RMSE, years"] == pytest.approx(root_mean_squared_error(true, told), abs=6e-4)
        assert row["MAE, years"] == pytest.approx(mean_absolute_error(true, told), abs=6e-4)
        assert row["R squared"] == pytest.approx(r2_score(true, told), abs=6e-5)


def test_only_the_clock_has_an_interval_and_the_best_stands_first(study):
    table = scorecard(study)

    assert list(table["mean width, years"].dropna().index) == [NAME]
    assert table["RMSE, years"].is_monotonic_increasing


def test_groups_of_one_kind_hold_everybody_once_and_average_to_all(study):
    table = by_group(study)
    everybody = table.iloc[0]

    assert everybody["people"] == 240
    for by in ("Sex", "Smoking"):
        part = table.loc[by]
        assert part["people"].sum() == 240
        for figure in ("MAE", "bias", "coverage"):
            average = np.average(part[figure], weights=part["people"])
            assert average == pytest.approx(everybody[figure])


def test_sex_by_decade_is_a_division_of_the_decades(study):
    table = by_group(study)
    split = table.loc["Age, female", "people"].add(table.loc["Age, male", "people"], fill_value=0)

    assert (split == table.loc["Age", "people"]).all()


def test_the_learning_curve_ends_in_the_figures_of_the_study(study):
    curves = learning_curves(study, points=2)

    assert set(curves) == {NAME, "numeric ridge"}
    for name, curve in curves.items():
        # folds of equal size, so the mean over folds is that over people
        assert list(curve.index) == [60, 160]
        assert curve["held out"].iloc[-1] == pytest.approx(study.nested.mae_years[name], abs=1e-9)
    assert (curves[NAME]["held out"] < curves["numeric ridge"]["held out"]).all()


def test_the_figure_has_a_row_for_every_group(study):
    table = by_group(study)
    figure = errors_and_coverage(table, 0.9)

    assert [len(each.x) for each in figure.data] == [len(table)] * 2
    assert list(figure.data[1].x) == pytest.approx(100 * table["coverage"])
    assert figure.data[0].error_x.array[0] == pytest.approx(
        1.96 * table["MAE, standard error"].iloc[0]
    )
