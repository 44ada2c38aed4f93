"""Write the trees of LightGBM and of histogram boosting as numeric trees of scikit-learn.

A bundle holds types of scikit-learn only, and no splits by category. So LightGBM's trees become those
of a histogram boosting model, and a split by category becomes one or more splits of its number: the
same regions with the same values. Whether they are is checked, since attributes are set that
scikit-learn keeps to itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from agelens.clocks.base import FloatArray
from lightgbm import LGBMRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor
from sklearn.pipeline import Pipeline, make_pipeline

SAME_YEARS = 1e-9
BITS = 32  # of a word of a set of categories


@dataclass(frozen=True)
class Node:
    """A leaf with a value, or a split with two children; missing values go `missing_left` or not."""

    value: float = 0.0
    column: int = -1
    threshold: float = np.inf
    missing_left: bool = False
    left: "Node | None" = None
    right: "Node | None" = None


def portable(model: Pipeline, people: pd.DataFrame, age: FloatArray) -> Pipeline:
    """The same predictions from trees that a bundle can hold.

    Parameters
    ----------
    model : Pipeline
        Fitted; ends in LightGBM or histogram boosting.
    people : DataFrame
        Whom it was fitted on: they say how many people each node has.
    age : ndarray of float64, shape (n_people,)

    Raises
    ------
    ValueError
        If a tree cannot be written so, or predicts another number.
    """
    columns = np.asarray(model[:-1].transform(people), dtype=float)
    base, trees = (
        _lightgbm(model[-1])
        if isinstance(model[-1], LGBMRegressor)
        else _histogram_boosting(model[-1])
    )
    # one round only: its trees are replaced
    shell = HistGradientBoostingRegressor(max_iter=1, early_stopping=False).fit(columns, age)
    shell._predictors = [[_predictor(tree, columns)] for tree in trees]
    shell._baseline_prediction = np.array([[base]])
    portable_model = make_pipeline(*(step for _, step in model.steps[:-1]), shell)
    without = [people.assign(**{str(name): np.nan}) for name in people.columns]
    checked_people = pd.concat([people, *without])
    gap = float(
        np.abs(portable_model.predict(checked_people) - model.predict(checked_people)).max()
    )
    if not gap <= SAME_YEARS:
        raise ValueError(f"the trees differ by {gap:.3g} years as trees of scikit-learn")
    return portable_model


def _lightgbm(model: LGBMRegressor) -> tuple[float, list[Node]]:
    dumped = model.booster_.dump_model()["tree_info"]
    return 0.0, [_dumped(tree["tree_structure"]) for tree in dumped]


def _dumped(node: dict[str, Any]) -> Node:
    if "leaf_value" in node:
        return Node(value=float(node["leaf_value"]))
    if node["decision_type"] != "<=" or node["missing_type"] not in ("None", "NaN"):
        raise ValueError(f"a split {node['decision_type']}, missing {node['missing_type']}")
    threshold = float(node["threshold"])
    # without missing values in training, LightGBM reads one as 0
    missing_left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0
    children = {side: _dumped(node[f"{side}_child"]) for side in ("left", "right")}
    return Node(0.0, int(node["split_feature"]), threshold, bool(missing_left), **children)


def _histogram_boosting(model: HistGradientBoostingRegressor) -> tuple[float, list[Node]]:
    """The trees of histogram boosting; its columns are in another order, categories first."""
    category_sets, place_of = model._bin_mapper.make_known_categories_bitsets()
    order = np.arange(model.n_features_in_)
    if model.is_categorical_ is not None:
        order = np.concatenate(
            [np.flatnonzero(model.is_categorical_), np.flatnonzero(~model.is_categorical_)]
        )
    trees = []
    for (predictor,) in model._predictors:

        def read_node(index: int, predictor: TreePredictor = predictor) -> Node:
            node = predictor.nodes[index]
            if node["is_leaf"]:
                return Node(value=float(node["value"]))
            left, right = read_node(int(node["left"])), read_node(int(node["right"]))
            inner, missing_left = int(node["feature_idx"]), bool(node["missing_go_to_left"])
            column = int(order[inner])
            if not node["is_categorical"]:
                return Node(0.0, column, float(node["num_threshold"]), missing_left, left, right)
            left_categories = _members(predictor.raw_left_cat_bitsets[node["bitset_idx"]])
            known_categories = _members(category_sets[place_of[inner]])
            goes_left = [
                c in left_categories if c in known_categories else missing_left
                for c in range(max(known_categories) + 1)
            ]
            return _by_number(column, goes_left, missing_left, left, right)

        trees.append(read_node(0))
    return float(model._baseline_prediction.ravel()[0]), trees


def _members(bits: np.ndarray) -> set[int]:
    """The categories of a set, which are small whole numbers."""
    return {
        BITS * word + bit
        for word, content in enumerate(bits.tolist())
        for bit in range(BITS)
        if content >> bit & 1
    }


def _by_number(
    column: int, goes_left: list[bool], missing_left: bool, left: Node, right: Node
) -> Node:
    """A split by category as splits between neighbouring numbers; a missing value meets its own side."""

    def side(leftwards: bool) -> Node:
        return left if leftwards else right

    def splits_from(first: int, missing_told: bool) -> Node:
        to_left, remaining = goes_left[first], goes_left[first:]
        if all(each == to_left for each in remaining):
            if missing_told or to_left == missing_left:
                return side(to_left)
            return Node(0.0, column, np.inf, False, side(to_left), side(missing_left))
        covers_missing = not missing_told and to_left == missing_left
        return Node(
            0.0,
            column,
            first + 0.5,
            covers_missing,
            side(to_left),
            splits_from(first + 1, missing_told or covers_missing),
        )

    return splits_from(0, False)


def _predictor(tree: Node, columns: FloatArray) -> TreePredictor:
    """A tree as scikit-learn keeps it: every child after its parent, with the people of each node.

    Explanations weigh the sides of a split by their people. A leaf that nobody reached, such as that
    of a missing category, counts as one person, or there were nothing to weigh it by.
    """
    rows: list[tuple[Any, ...]] = []

    def write(node: Node, members: FloatArray, depth: int) -> tuple[int, int]:
        """The place of a node, and its people."""
        index = len(rows)
        rows.append(())
        children, n_people = (0, 0), max(1, len(members))
        leaf = node.left is None or node.right is None
        if node.left is not None and node.right is not None:
            values = members[:, node.column]
            left = np.where(np.isnan(values), node.missing_left, values <= node.threshold)
            left_child, n_first = write(node.left, members[left], depth + 1)
            right_child, n_second = write(node.right, members[~left], depth + 1)
            children, n_people = (left_child, right_child), n_first + n_second
        rows[index] = (
            node.value, n_people, max(node.column, 0), node.threshold, node.missing_left,
            *children, 0.0, depth, leaf, 0, False, 0,
        )  # fmt: skip
        return index, n_people

    write(tree, columns, 0)
    nodes = np.array(rows, dtype=PREDICTOR_RECORD_DTYPE)
    none = np.zeros((0, 8), dtype=np.uint32)
    return TreePredictor(nodes, none, none)
