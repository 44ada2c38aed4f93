"""Explanations of pipelines against Shapley values by their definition."""

import numpy as np
import pytest
from agelens.clocks.base import Table
from agelens.clocks.estimators.explanations import explainer
from agelens.clocks.estimators.fitted_model import FittedModel
from fitted_pipelines import fitted, made, made_up_people
from shapley_by_definition import shapley
from sklearn.tree import DecisionTreeRegressor

PEOPLE, AGE = made_up_people()


def opened(kind):
    """The model, its background and some people in canonical units."""
    clock = made(kind).clock.clock
    model = FittedModel(fitted(kind), clock.parameters.columns)
    return model, clock.parameters.background, clock.parameters.background[:3] * 1.0


def by_definition(model, background, person):
    """Shapley values of the game in which the others' values come from the background."""

    def value(members):
        rows = background.copy()
        for player in members:
            rows[:, player] = person[player]
        return model.predict(rows).mean()

    return value(frozenset()), shapley(len(person), value)


@pytest.mark.parametrize("kind", ["ridge", "spline", "interactions", "network"])
def test_additive_and_exact_explanations_are_shapley_values_by_their_definition(kind):
    model, background, people = opened(kind)
    background = background[:20]
    people[1, 1] = np.nan  # imputed by the pipeline

    method = "additive" if kind in ("ridge", "spline") else "exact"
    found = explainer(method, model, background)(people)

    for row, person in enumerate(people):
        base, shares = by_definition(model, background, person)
        assert found.base_value[row] == pytest.approx(base, abs=1e-9)
        np.testing.assert_allclose(found.contributions[row], shares, rtol=0, atol=1e-9)


def test_the_additive_explanation_of_what_is_no_sum_does_not_add_up():
    model, background, people = opened("interactions")

    found = explainer("additive", model, background)(people)

    gaps = found.base_value + found.contributions.sum(axis=1) - model.predict(people)
    assert np.abs(gaps).max() > 1e-3


def path_dependent(tree, row, members, node=0):
    """The average of a tree over the branches that are not known, by training people."""
    if tree.children_left[node] < 0:
        return tree.value[node, 0, 0]
    left, right = tree.children_left[node], tree.children_right[node]
    if tree.feature[node] in members:
        goes_left = np.float32(row[tree.feature[node]]) <= tree.threshold[node]
        return path_dependent(tree, row, members, left if goes_left else right)
    weights = tree.weighted_n_node_samples
    sides = [weights[side] * path_dependent(tree, row, members, side) for side in (left, right)]
    return sum(sides) / weights[node]


def test_a_tree_is_explained_by_shapley_values_of_its_path_dependent_game():
    from agelens.clocks.estimators.columns import PipelineColumn
    from agelens.domain.units import Unit

    people = PEOPLE[["sbp", "bmi"]].assign(alb=PEOPLE["alb"].fillna(4.0))
    model = DecisionTreeRegressor(max_depth=4).fit(people, AGE)
    keys = ("systolic_bp", "bmi", "albumin")
    pairs = zip(people.columns, keys, strict=True)
    columns = [PipelineColumn(name, key, Unit("")) for name, key in pairs]
    rows = people.to_numpy()[:5]

    found = explainer("tree", FittedModel(model, columns), rows)(rows)

    for place, row in enumerate(rows):
        shares = shapley(3, lambda members, row=row: path_dependent(model.tree_, row, members))
        np.testing.assert_allclose(found.contributions[place], shares, rtol=0, atol=1e-9)
        base = path_dependent(model.tree_, row, frozenset())
        assert found.base_value[place] == pytest.approx(base, abs=1e-9)


@pytest.mark.parametrize("kind", ["forest", "boosting", "histogram"])
def test_trees_add_up_for_values_that_a_32_bit_number_cannot_hold(kind):
    clock = made(kind).clock.clock
    random = np.random.default_rng(5)
    n = 500
    table = Table(
        {
            "systolic_bp": random.uniform(90, 180, n),
            "albumin": np.where(random.random(n) < 0.3, np.nan, random.uniform(30, 52, n)),
            "bmi": random.uniform(16, 45, n),
            "sex": random.integers(0, 2, n).astype(float),
            "smoking_status": random.integers(0, 3, n).astype(float),
        },
        np.full(n, np.nan),
    )

    scores = clock.score(table)

    assert not scores.errors
    gaps = scores.base_value + scores.contributions.sum(axis=1) - scores.prediction
    assert np.abs(gaps).max() < 1e-9
    assert scores.imputed[:, 1].sum() == np.isnan(table.columns["albumin"]).sum()


def test_a_row_that_the_pipeline_refuses_does_not_cost_the_others(monkeypatch):
    clock = made("ridge").clock.clock
    background = clock.parameters.background
    columns = {key: background[:40, place] for place, key in enumerate(clock.markers)}
    table = Table(columns, np.full(40, np.nan))
    before = clock.score(table)
    model, _ = clock._loaded
    whole = model.predict
    strange = columns["systolic_bp"][7]

    def refusing(canonical):
        if (canonical[:, 0] == strange).any() and len(canonical) < 1000:
            raise ValueError("beyond the limits of the knots")
        return whole(canonical)

    monkeypatch.setattr(model, "predict", refusing)
    scores = clock.score(table)

    assert list(scores.errors) == [7]
    assert "beyond the limits" in scores.errors[7]
    kept = np.arange(40) != 7
    np.testing.assert_array_equal(scores.prediction[kept], before.prediction[kept])


def test_values_beyond_training_are_marked():
    clock = made("ridge").clock.clock
    background = clock.parameters.background
    columns = {key: background[:2, place].copy() for place, key in enumerate(clock.markers)}
    columns["bmi"][1] = 70

    scores = clock.score(Table(columns, np.full(2, np.nan)))

    assert scores.extrapolated.sum() == 1
    assert scores.extrapolated[1, clock.markers.index("bmi")]
