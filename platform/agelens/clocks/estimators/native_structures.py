"""Check the structures that compiled code of scikit-learn and scipy reads without bounds checks.

A tree is arrays of positions: the children of each node, and the column that it splits on. A forged
one could send prediction beyond its memory or around in circles. So every child must come after its
parent and within the tree, and every column must be one that the model has. Splines have knots, for
which the same holds.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from agelens.clocks.estimators.trusted_types import TREES

LEAF = -1
CATEGORICAL = "categorical splits are not supported: encode the categories first"
MOST_OBJECTS = 1_000_000


def type_name(value: object) -> str:
    """The module and name of an object's type, as saved pipelines spell it."""
    return f"{type(value).__module__}.{type(value).__qualname__}"


def parts(container: Any) -> Iterator[Any]:
    """What an object holds directly: attributes or items."""
    if isinstance(container, dict):
        yield from container.values()
    elif isinstance(container, list | tuple | set):
        yield from container
    elif isinstance(container, np.ndarray):
        yield from container.ravel().tolist() if container.dtype == object else ()
    elif hasattr(container, "__dict__"):
        yield from vars(container).values()


def check_native_structures(pipeline: Any) -> None:
    """Refuse trees and splines that compiled code could not read safely.

    Raises
    ------
    ValueError
        Naming the structure.
    """
    # Models may share a tree, so it is checked for each width that it is read with.
    visited: dict[tuple[int, int | None], Any] = {}
    pending: list[tuple[Any, int | None]] = [(pipeline, None)]
    while pending:
        node, n_columns = pending.pop()
        name = type_name(node)
        if name in TREES:
            n_columns = _n_columns(node, n_columns)
        _check(node, name, n_columns)
        if len(visited) > MOST_OBJECTS:
            raise ValueError("the pipeline holds too many objects")
        for part in parts(node):
            if (id(part), n_columns) not in visited:
                visited[id(part), n_columns] = part
                pending.append((part, n_columns))


def _n_columns(model: Any, outer: int | None) -> int | None:
    """How many columns a tree of this model may count on: the model's own, or fewer outside it."""
    stated = getattr(model, "n_features_in_", None)
    if stated is None:  # the pattern that a forest's trees were copied from
        return outer
    if isinstance(stated, bool) or not isinstance(stated, int) or stated < 1:
        raise ValueError("a tree model does not say how many columns it reads")
    return stated if outer is None else min(stated, outer)


def _check(structure: Any, name: str, n_columns: int | None) -> None:
    if name == "sklearn.tree._tree.Tree":
        _check_tree(structure, n_columns)
    elif name.endswith("predictor.TreePredictor"):
        _check_binned_tree(structure, n_columns)
    elif name.endswith("GradientBoostingRegressor"):
        _check_boosting(structure, name)
    elif name == "scipy.interpolate._bsplines.BSpline":
        _check_spline(structure)


def _check_boosting(model: Any, name: str) -> None:
    """Refuse more trees in a round than the answer has columns, and categories, which have tables."""
    if name.endswith("_gb.GradientBoostingRegressor"):
        rounds = model.estimators_
        one_tree_a_round = (
            isinstance(rounds, np.ndarray) and rounds.ndim == 2 and rounds.shape[1] == 1
        )
        if not one_tree_a_round or model.n_trees_per_iteration_ != 1:
            raise ValueError("boosting must add one tree a round")
    elif model._preprocessor is not None or np.any(model._bin_mapper.is_categorical_):
        raise ValueError(CATEGORICAL)


def _check_tree(tree: Any, n_columns: int | None) -> None:
    left, right = np.asarray(tree.children_left), np.asarray(tree.children_right)
    inner = left != LEAF
    _check_order(left[inner], right[inner], np.flatnonzero(inner), len(left))
    if (right[~inner] != LEAF).any():
        raise ValueError("a node of a tree has one child")
    _check_columns(np.asarray(tree.feature)[inner], n_columns)
    if tree.n_outputs != 1 or not len(left):
        raise ValueError("a tree must have nodes and one output")


def _check_binned_tree(predictor: Any, n_columns: int | None) -> None:
    nodes = predictor.nodes
    if not isinstance(nodes, np.ndarray) or nodes.ndim != 1 or not len(nodes):
        raise ValueError("a tree has no nodes")
    inner = ~nodes["is_leaf"].astype(bool)
    left, right = (nodes[side][inner].astype(np.int64) for side in ("left", "right"))
    _check_order(left, right, np.flatnonzero(inner), len(nodes))
    _check_columns(nodes["feature_idx"][inner], n_columns)
    if nodes["is_categorical"].any():
        raise ValueError(CATEGORICAL)


def _check_order(left: Any, right: Any, parents: Any, n_nodes: int) -> None:
    for children in (left, right):
        if not ((parents < children) & (children < n_nodes)).all():
            raise ValueError("a tree leads outside itself, or back")


def _check_columns(columns: Any, n_columns: int | None) -> None:
    if n_columns is None:
        raise ValueError("a tree belongs to no model")
    if not ((columns >= 0) & (columns < n_columns)).all():
        raise ValueError("a tree splits on a column that its model does not have")


def _check_spline(spline: Any) -> None:
    knots, coefficients, degree = spline._t, spline._c, spline.k  # what the compiled code reads
    if isinstance(degree, bool) or not isinstance(degree, int) or not 0 <= degree <= 20:
        raise ValueError("a spline has no usable degree")
    if not all(
        isinstance(numbers, np.ndarray) and numbers.dtype == float
        for numbers in (knots, coefficients)
    ):
        raise ValueError("a spline is not one of numbers")
    if knots.ndim != 1 or len(knots) < 2 * degree + 2:
        raise ValueError("a spline has too few knots")
    if not np.isfinite(knots).all() or (np.diff(knots) < 0).any():
        raise ValueError("a spline's knots are not in order")
    if coefficients.ndim < 1 or len(coefficients) < len(knots) - degree - 1:
        raise ValueError("a spline has too few coefficients")
