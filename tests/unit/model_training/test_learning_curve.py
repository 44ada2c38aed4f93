import numpy as np
import pytest

from model_training.learning_curve import Split, learning_curve, sizes
from model_training.plots.learning_curve import learning_curves


def test_sizes_grow_by_a_constant_factor_up_to_everybody():
    assert sizes(960, 5) == [60, 120, 240, 480, 960]
    assert sizes(960, 1) == [960]


def test_few_people_are_one_size():
    assert sizes(40, 5) == [40]


def test_groups_are_nested_and_each_fold_is_measured_on_its_own_people():
    seen = []

    def measure(train, held_out):
        seen.append((tuple(train), tuple(held_out)))
        return float(len(train)), float(held_out[0])

    splits = [
        Split(np.array([3, 1, 2]), np.array([0]), measure),
        Split(np.array([0, 5, 4]), np.array([2]), measure),
    ]
    curve = learning_curve(splits, [2, 3])

    assert seen == [((3, 1), (0,)), ((3, 1, 2), (0,)), ((0, 5), (2,)), ((0, 5, 4), (2,))]
    assert list(curve.index) == [2, 3]
    assert list(curve["held out"]) == [2, 3]
    assert list(curve["training"]) == [1, 1]


def test_the_error_of_a_mean_falls_with_one_over_the_square_root_of_people():
    rng = np.random.default_rng(0)
    values = rng.normal(size=200_000)

    def measure(train, _):
        return abs(values[train].mean()), 0.0

    order = np.split(rng.permutation(len(values)), 400)
    curve = learning_curve([Split(rows, rows, measure) for rows in order], [20, 500])

    # the mean absolute value of a normal number of SD 1 / sqrt(n)
    expected = np.sqrt(2 / np.pi) / np.sqrt(curve.index.to_numpy())
    assert curve["held out"].to_numpy() == pytest.approx(expected, rel=0.12)
    assert curve["SD over folds"].is_monotonic_decreasing


def test_the_figure_has_a_curve_for_held_out_and_for_training_people():
    splits = [
        Split(np.arange(9), np.arange(9, 12), lambda train, _: (10 / len(train), 1.0))
        for _ in range(2)
    ]
    curve = learning_curve(splits, [3, 9])
    figure = learning_curves({"ridge": curve}, "mean absolute error", "years")

    assert [each.name for each in figure.data] == ["ridge, held out", "ridge, training people"]
    assert list(figure.data[0].y) == pytest.approx([3.3333, 1.1111])
    assert figure.layout.yaxis.title.text == "mean absolute error, years"
