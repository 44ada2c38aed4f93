"""Conformal prediction intervals, scaled by how much each panel says.

The interval of a person is [centre - q * scale, centre + q * scale], cut at the ages the clock
knows and stretched to hold the prediction. Centre and scale are the mean and the standard deviation
of the age posterior on a grid that reaches far beyond those ages: cut at 18 and 89 first, the
posterior leans inwards at both ends, and the ends would be covered badly. The intervals grow with q,
so the smallest q that covers a person is a conformity score, and its quantile over people that the
clock was not fitted on is the q to serve.
"""

import math

import numpy as np

from agelens.clocks.base import FloatArray


def intervals(
    prediction: FloatArray,
    centre: FloatArray,
    scale: FloatArray,
    factor: float,
    limits: tuple[float, float],
) -> tuple[FloatArray, FloatArray]:
    """The interval of each person.

    Parameters
    ----------
    prediction, centre, scale : ndarray of float64, shape (n_people,)
        Years.
    factor : float
        From `conformal_factor`.
    limits : pair of float
        The youngest and the oldest age that the clock knows, years.

    Returns
    -------
    pair of ndarray of float64, shape (n_people,)
        Years; low <= prediction <= high.
    """
    low = np.minimum(np.clip(centre - factor * scale, *limits), prediction)
    high = np.maximum(np.clip(centre + factor * scale, *limits), prediction)
    return low, high


def conformity(
    age: FloatArray,
    prediction: FloatArray,
    centre: FloatArray,
    scale: FloatArray,
    limits: tuple[float, float],
) -> FloatArray:
    """The smallest factor with which `intervals` covers each person's age.

    Parameters
    ----------
    age, prediction, centre, scale : ndarray of float64, shape (n_people,)
        Years; `age` within `limits`.
    limits : pair of float
        The youngest and the oldest age that the clock knows, years.

    Returns
    -------
    ndarray of float64, shape (n_people,)
    """
    inner = np.clip(centre, *limits)
    always = (np.minimum(inner, prediction) <= age) & (age <= np.maximum(inner, prediction))
    return np.where(always, 0.0, np.abs(age - centre) / scale)


def conformal_factor(scores: FloatArray, level: float) -> float:
    """The factor that covers a new person with probability `level` or a little more.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_people,)
        Conformity scores of people that the clock was not fitted on.
    level : float
        Between 0 and 1.

    Raises
    ------
    ValueError
        With too few people for that level.

    Source
    ------
    Lei et al., Distribution-free predictive inference for regression, JASA 2018: the
    ceil((n + 1) * level)-th smallest score.
    """
    rank = math.ceil((len(scores) + 1) * level)
    if rank > len(scores):
        raise ValueError(f"{len(scores)} people are too few for a {level:.0%} interval")
    return float(np.partition(scores, rank - 1)[rank - 1])
