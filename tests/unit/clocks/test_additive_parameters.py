"""What no training could have written is refused."""

import pytest
from additive_clocks import additive_bundle, additive_parameters
from agelens.clocks.additive_parameters import parameters_from_json
from agelens.clocks.bundles import load_clock
from agelens.domain.errors import InvalidBundle

TABLE = additive_parameters()["markers"][0]["years"]


def refused(document, reason):
    with pytest.raises(InvalidBundle, match=reason):
        load_clock(additive_bundle(document))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"low": 5.0, "high": 5.0}, "empty range"),
        ({"low": -1.0, "logarithm": True}, "logarithm"),
        ({"logarithm": 1}, "true or false"),
        ({"feature": "shoe_size"}, "informative"),
        ({"feature": "creatinine"}, "each once"),
        ({"years": TABLE[:1]}, "shape"),
        ({"years": [TABLE[0], TABLE[1][:-1]]}, "inhomogeneous"),
        ({"years": [[[None] * 9] * 8] * 2}, "finite"),
        ({"deviation": [[list(range(9, 0, -1))] * 8] * 2}, "grows with its value"),
        ({"variance": [[[-0.1] * 9] * 8] * 2}, "at least 0"),
        ({"low": None}, "is not a valid clock"),
        ({"years": [[[1e300] * 9] * 8] * 2}, "at most 1,000"),
        ({"deviation": [[[1e300] * 9] * 8] * 2}, "at most 1,000"),
        ({"variance": [[[1e300] * 9] * 8] * 2}, "at most 1,000,000"),
        ({"low": -1e300, "high": 1e300, "logarithm": False}, "at most 1,000,000,000"),
        ({"low": 0.0, "high": 5e-324, "logarithm": False}, "empty range"),
        ({"low": 5.0, "high": 5.0 + 1e-15, "logarithm": True}, "empty range"),
    ],
)
def test_a_marker_that_nobody_could_have_learned_is_refused(change, reason):
    document = additive_parameters()
    document["markers"][0] |= change
    refused(document, reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"age_knots": [20, 30, 30, 50, 60, 70, 80, 90]}, "ascending"),
        ({"age_knots": [20, 30, 40, 50, 60, 70, 80, 89]}, "from the first age to the last"),
        ({"age_knots": [20]}, "2 to 128"),
        ({"n_value_knots": 1}, "2 to 257"),
        ({"n_value_knots": 1000}, "2 to 257"),
        ({"n_value_knots": 8}, "shape"),
        ({"markers": []}, "1 to 64 markers"),
        ({"base": [[1.0] * 8]}, "shape"),
        ({"base_variance": [[-1.0] * 8] * 2}, "at least 0"),
        ({"base": [[1e300] * 8] * 2}, "at most 1,000"),
        ({"base_variance": [[1e300] * 8] * 2}, "at most 1,000,000"),
        ({"may_miss": 21}, "at least one marker"),
        ({"may_miss": 2.0}, "at least one marker"),
        ({"risk": {"at_50": -3.0, "per_decade": -0.1, "sd": 0.1}}, "grow with the years"),
        ({"risk": {"at_50": -3.0}}, "not a valid clock"),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(change, reason):
    refused(additive_parameters(**change), reason)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ages": [20, 60, 40, 90]}, "ascending"),
        ({"ages": [20, 90]}, "each sex and age group|broadcast"),
        ({"ridge": 0}, "above 0"),
        ({"ridge": 1e-12, "covariance": [[[0.0] * 903] * 3] * 2}, "too small"),
        ({"widening": [1, 1, 0]}, "above 0"),
        ({"widening": 1e300}, "not huge"),
        ({"ridge": 1e300}, "not huge"),
        ({"covariance": [[[1e300] * 903] * 3] * 2}, "at most 1,000,000"),
        ({"widening": [1, 1]}, "not a valid clock"),
        ({"degrees": 0}, "above 0"),
        ({"degrees": "many"}, "not a valid clock"),
        ({"covariance": [[[1.0]] * 3] * 2}, "shape"),
    ],
)
def test_moments_that_impute_nothing_are_refused(change, reason):
    document = additive_parameters()
    document["missing"] |= change
    refused(document, reason)


def test_moments_that_are_no_covariance_are_refused():
    document = additive_parameters()
    document["missing"]["covariance"][1][2][0] = -1e6
    refused(document, "negative variance")


@pytest.mark.parametrize("floor", [float("nan"), float("inf")])
def test_a_floor_that_is_no_number_is_refused(floor):
    # JSON of other programs may hold NaN and Infinity, which ours never writes
    document = additive_parameters()
    document["markers"][0]["floor"] = floor
    with pytest.raises(ValueError, match="a number or null"):
        parameters_from_json(document)


@pytest.mark.parametrize(
    ("widening", "expected"),
    [
        (1.1, [1.1] * 6),
        ([1, 1.1, 1.2], [1, 1.1, 1.2] * 2),
        ([[1, 1.1, 1.2], [2, 2.1, 2.2]], [1, 1.1, 1.2, 2, 2.1, 2.2]),
    ],
)
def test_a_widening_is_for_all_for_age_groups_or_for_these_by_sex(widening, expected):
    document = additive_parameters()
    document["missing"]["widening"] = widening
    clock = load_clock(additive_bundle(document))
    assert clock.parameters.imputation.widening.tolist() == expected
