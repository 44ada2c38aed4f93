import numpy as np
import pytest
from made_up_cohorts import cohort

from model_training.survival.comparison import Bootstrap, FollowUp, compare
from model_training.survival.concordance import concordance
from model_training.survival.table import comparison_json, comparison_table

FEW = Bootstrap(n_draws=40, seed=1)


@pytest.fixture(scope="module")
def people():
    time, died, x = cohort(600)
    age = np.round(50 + 10 * x[:, 0])
    return FollowUp(time, died, age, (x[:, 1] > 0).astype(float)), x


def test_each_clock_is_compared_on_the_people_it_can_score(people):
    followed, x = people
    rough = 50 + 10 * x[:, 1]
    rough[:100] = np.nan
    good = 50 + 10 * x[:, 0] + x[:, 1]
    compared = compare(followed, {"good": good, "rough": rough}, reference="good", bootstrap=FEW)
    assert [c.n_people for c in compared.values()] == [600, 500, 600]
    scored = slice(100, None)
    c = {
        name: concordance(followed.time_months[scored], followed.died[scored], values[scored])
        for name, values in {"good": good, "rough": rough}.items()
    }
    assert compared["rough"].ahead.value == pytest.approx(c["good"] - c["rough"])


def test_a_clock_that_knows_more_than_age_has_an_interval_above_zero(people):
    followed, x = people
    compared = compare(
        followed, {"good": 50 + 9 * x[:, 0] + x[:, 1]}, reference="good", bootstrap=FEW
    )
    figure = compared["good"].figures["hazard_ratio"]
    assert figure.low < figure.value < figure.high
    assert "hazard_ratio" not in compared["age"].figures


def test_the_table_has_a_line_per_clock_and_the_same_figures_as_the_json(people):
    followed, x = people
    compared = compare(
        followed, {"good": 50 + 9 * x[:, 0] + x[:, 1]}, reference="good", bootstrap=FEW
    )
    table, numbers = comparison_table(compared), comparison_json(compared)
    assert (
        f"| good | 600 | {int(followed.died.sum())} | {numbers['good']['c']['value']:.3f} ("
        in table
    )
    assert numbers["good"]["reference_ahead_c"] is None
