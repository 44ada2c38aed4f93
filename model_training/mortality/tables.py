"""Knots of the served tables, and what people of the same age and sex have on average."""

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray
from agelens.clocks.marker_tables import N_SEXES, Cells, Knots
from agelens.clocks.peer_deviations import PeerModel

from model_training.mortality.plan import Plan

SMOOTHNESS = 30.0  # of the peers' averages, in people


def knots(plan: Plan, peer_model: PeerModel) -> Knots:
    """The knots within a peer model's limits."""
    first, last = plan.ages
    return Knots(
        features=plan.markers,
        ages=np.linspace(first, last, round((last - first) / plan.years_between_knots) + 1),
        n_values=plan.n_value_knots,
        logarithm=peer_model.logarithm,
        low=peer_model.low,
        high=peer_model.high,
        floor=peer_model.floor,
    )


def knot_values(value_knots: Knots) -> FloatArray:
    """The markers at their knots, canonical units, shape (n_markers, n_values)."""
    values = np.stack([value_knots.low, value_knots.high])
    values[:, value_knots.logarithm] = np.log(values[:, value_knots.logarithm])
    values = np.linspace(values[0], values[1], value_knots.n_values, axis=1)
    values[value_knots.logarithm] = np.exp(values[value_knots.logarithm])
    return np.asarray(values)


def peer_averages(
    values: FloatArray, is_measured: BoolArray, cells: Cells, value_knots: Knots
) -> FloatArray:
    """The average of each marker by sex and age, straight between the knots.

    Parameters
    ----------
    values : ndarray of float64, shape (n_markers, n_people)
    is_measured : ndarray of bool, shape (n_markers, n_people)
        Whose values count.
    cells : Cells
    value_knots : Knots

    Returns
    -------
    ndarray of float64, shape (n_markers, 2, n_ages)
        Least squares; second differences are held back, so ages without people follow the others.
    """
    n_ages = len(value_knots.ages)
    n_knots = N_SEXES * n_ages
    bend = np.diff(np.eye(n_ages), 2, axis=0)
    rough = np.kron(np.eye(N_SEXES), bend.T @ bend) * SMOOTHNESS
    shares = np.zeros((n_knots, len(cells.line)))
    everyone = np.arange(len(cells.line))
    shares[cells.line, everyone] = 1 - cells.by_age
    shares[cells.line + 1, everyone] += cells.by_age
    averages = np.empty((len(values), n_knots))
    for marker, (value, has_marker) in enumerate(zip(values, is_measured, strict=True)):
        weights = shares[:, has_marker]
        averages[marker] = np.linalg.lstsq(
            weights @ weights.T + rough, weights @ value[has_marker]
        )[0]
    return averages.reshape(len(values), N_SEXES, n_ages)
