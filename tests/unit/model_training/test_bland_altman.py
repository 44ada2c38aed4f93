import numpy as np
import pytest

from model_training.bland_altman import limits_of_agreement
from model_training.plots.agreement import bland_altman, bland_altman_panels


def test_five_people_worked_out_on_paper():
    # Differences 1, 2, 3, 2, 2: mean 2, SD sqrt(2 / 4).
    second = np.array([50.0, 60, 70, 55, 65])
    limits = limits_of_agreement(second + np.array([1, 2, 3, 2, 2]), second)

    assert (limits.n_people, limits.bias) == (5, 2.0)
    assert limits.sd == pytest.approx(np.sqrt(0.5))
    assert limits.low == pytest.approx(2 - 1.96 * np.sqrt(0.5))
    assert limits.high == pytest.approx(2 + 1.96 * np.sqrt(0.5))
    assert limits.inside == 1.0


def test_of_normal_differences_95_of_100_lie_within():
    rng = np.random.default_rng(1)
    second = rng.uniform(20, 90, 40_000)
    limits = limits_of_agreement(second + rng.normal(3, 5, len(second)), second)

    assert limits.inside == pytest.approx(0.95, abs=0.004)
    assert limits.sd == pytest.approx(5, rel=0.02)


def test_the_slope_says_which_of_the_two_spreads_wider():
    second = np.linspace(20, 90, 50)
    # 1.2 y against y: difference 0.2 y, mean 1.1 y
    assert limits_of_agreement(1.2 * second, second).slope == pytest.approx(0.2 / 1.1)
    assert limits_of_agreement(second, 1.2 * second).slope == pytest.approx(-0.2 / 1.1)


def test_people_who_lack_one_are_left_out_and_one_person_is_too_few():
    first, second = np.array([1.0, np.nan, 3, 4]), np.array([1.0, 2, np.nan, 3])
    assert limits_of_agreement(first, second).n_people == 2
    with pytest.raises(ValueError, match="fewer than two"):
        limits_of_agreement(first[:3], second[:3])


def test_the_figure_counts_everybody_once_and_draws_the_three_lines():
    rng = np.random.default_rng(2)
    second = rng.uniform(20, 90, 500)
    first = second + rng.normal(-4, 6, 500)
    first[:20] = np.nan
    figure = bland_altman(first, second, ("clock", "age"))
    limits = limits_of_agreement(first, second)

    assert figure.data[0].customdata.sum() == 480
    drawn = sorted(line.y0 for line in figure.layout.shapes)
    assert drawn == pytest.approx([limits.low, limits.bias, limits.high], abs=0.005)
    assert "years" in figure.layout.xaxis.title.text
    assert "480 people" in figure.layout.annotations[0].text


def test_several_clocks_have_a_panel_each():
    rng = np.random.default_rng(3)
    reference = rng.uniform(20, 90, 100)
    clocks = {name: reference + rng.normal(size=100) for name in ("a", "b", "c")}
    figure = bland_altman_panels(clocks, reference, "d")

    assert [each.text.split("<br>")[0] for each in figure.layout.annotations] == [
        "a minus d", "b minus d", "c minus d",
    ]  # fmt: skip
    assert len(figure.layout.shapes) == 9
