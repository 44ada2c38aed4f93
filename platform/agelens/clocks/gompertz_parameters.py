"""Parameters of a mortality clock: JSON serialisation and validation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray
from agelens.clocks.imputation_variance import spread_of_sums
from agelens.clocks.marker_transforms import numbers
from agelens.clocks.peer_deviations import PEER_TERMS, SHAPES, TERMS, PeerModel
from agelens.clocks.splines import KNOTS

BASE_TERMS = 3  # one, age in decades from 50, male
MAX_MARKERS = 64


@dataclass(frozen=True)
class GompertzParameters:
    """The fitted parameters, in years.

    Attributes
    ----------
    ages : pair of float
        The youngest and the oldest age, years.
    peer_model : PeerModel
    base : ndarray of float64, shape (3,)
        Years of an average peer: constant, per decade from 50, for men.
    weights : ndarray of float64, shape (5, n_markers)
        Years per unit of each term's deviation from the peers.
    spread : ndarray of float32, shape (3 + 5 * n_markers, 3 + 5 * n_markers)
        The covariance of `base` and `weights` over bootstrap samples of the people, years squared.
    peer_spread : ndarray of float64, shape (3 * n_markers, 3 * n_markers)
        The covariance, among peers, of the standardised values and their spline terms.
    may_miss : int
        How many markers may be missing.
    """

    ages: tuple[float, float]
    peer_model: PeerModel
    base: FloatArray
    weights: FloatArray
    spread: np.typing.NDArray[np.float32]
    peer_spread: FloatArray
    may_miss: int

    @property
    def features(self) -> tuple[str, ...]:
        """The markers, in the order of the contributions."""
        return self.peer_model.features

    @cached_property
    def missing_spread(self) -> FloatArray:
        """What two missing markers add to the variance of the sum, shape (5, n_markers, n_markers).

        The spread of their terms among peers times the second moment of the uncertain weights; the
        five are for the products of `by_age_and_sex`.
        """
        uncertain = self.spread[BASE_TERMS:, BASE_TERMS:].astype(np.float64)
        return spread_of_sums(uncertain + self._products_of_weights, self.peer_spread)

    @cached_property
    def effect_spread(self) -> FloatArray:
        """As `missing_spread`, were the weights certain: how contributions differ among peers."""
        return spread_of_sums(self._products_of_weights, self.peer_spread)

    @property
    def _products_of_weights(self) -> FloatArray:
        flat = self.weights.ravel()
        return np.outer(flat, flat)


def parameters_from_json(document: Mapping[str, Any]) -> GompertzParameters:
    """Parameters as `parameters_to_json` wrote them.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing, of the wrong kind or not a number that could have been learned.
    """
    entries = document["markers"]
    n_markers = len(entries)
    if not 1 <= len({entry["feature"] for entry in entries}) == n_markers <= MAX_MARKERS:
        raise ValueError(f"a mortality clock reads 1 to {MAX_MARKERS} markers, each once")
    first, last = (float(age) for age in numbers(document["ages"], 2))
    may_miss = document["may_miss"]
    if not 0 <= first < last <= 200:
        raise ValueError("the ages must be a range of years")
    if type(may_miss) is not int or not 0 <= may_miss < n_markers:
        raise ValueError("at least one marker must be given")
    return GompertzParameters(
        ages=(first, last),
        peer_model=_peer_model(entries),
        base=numbers(document["base"], BASE_TERMS),
        weights=numbers([entry["weights"] for entry in entries], n_markers, TERMS).T.copy(),
        spread=_covariance(document["spread"], BASE_TERMS + TERMS * n_markers).astype(np.float32),
        peer_spread=_covariance(document["peer_spread"], SHAPES * n_markers),
        may_miss=may_miss,
    )


def parameters_to_json(parameters: GompertzParameters) -> dict[str, object]:
    """Parameters as plain JSON types."""
    peer_model = parameters.peer_model
    return {
        "ages": list(parameters.ages),
        "markers": [
            _entry(peer_model, parameters.weights, m) for m in range(len(peer_model.features))
        ],
        "base": parameters.base.tolist(),
        "spread": _triangle(parameters.spread),
        "peer_spread": _triangle(parameters.peer_spread),
        "may_miss": parameters.may_miss,
    }


def _entry(peer_model: PeerModel, weights: FloatArray, index: int) -> dict[str, object]:
    floor = float(peer_model.floor[index])
    return {
        "feature": peer_model.features[index],
        "logarithm": bool(peer_model.logarithm[index]),
        "low": float(peer_model.low[index]),
        "high": float(peer_model.high[index]),
        "floor": None if np.isnan(floor) else floor,
        "centre": float(peer_model.centre[index]),
        "scale": float(peer_model.scale[index]),
        "knots": peer_model.knots[index].tolist(),
        "peers": peer_model.peers[:, index].tolist(),
        "weights": weights[:, index].tolist(),
    }


def _peer_model(entries: Sequence[Mapping[str, Any]]) -> PeerModel:
    n_markers = len(entries)
    if not all(isinstance(entry["logarithm"], bool) for entry in entries):
        raise ValueError("logarithm is true or false")
    single = {
        name: numbers([entry[name] for entry in entries], n_markers)
        for name in ("low", "high", "centre", "scale")
    }
    floors = [np.nan if entry["floor"] is None else float(entry["floor"]) for entry in entries]
    peers = numbers([entry["peers"] for entry in entries], n_markers, SHAPES, PEER_TERMS)
    peer_model = PeerModel(
        features=tuple(str(entry["feature"]) for entry in entries),
        logarithm=np.array([entry["logarithm"] for entry in entries]),
        floor=np.array(floors, dtype=np.float64),
        knots=numbers([entry["knots"] for entry in entries], n_markers, KNOTS),
        peers=np.ascontiguousarray(peers.transpose(1, 0, 2)),
        **single,
    )
    _check(peer_model)
    return peer_model


def _check(peer_model: PeerModel) -> None:
    if not (peer_model.low < peer_model.high).all() or not (peer_model.scale > 0).all():
        raise ValueError("a marker has no spread or an empty range")
    if not (peer_model.low[peer_model.logarithm] > 0).all():
        raise ValueError("only values above 0 have a logarithm")
    if not (np.diff(peer_model.knots, axis=1) > 0).all():
        raise ValueError("the knots of a spline ascend")


def _covariance(triangle: object, size: int) -> FloatArray:
    """A symmetric matrix from its lower triangle; ValueError unless it is a covariance."""
    matrix = np.zeros((size, size))
    rows, columns = np.tril_indices(size)
    matrix[rows, columns] = matrix[columns, rows] = numbers(triangle, len(rows))
    spread = np.linalg.eigvalsh(matrix)
    if spread[0] < -1e-4 * max(spread[-1], 0):
        raise ValueError("a covariance gives no sum a negative variance")
    return matrix


def _triangle(matrix: np.typing.NDArray[Any]) -> list[float]:
    """The lower triangle, row by row, to six digits."""
    values = matrix[np.tril_indices(len(matrix))]
    return [float(f"{value:.6g}") for value in values]
