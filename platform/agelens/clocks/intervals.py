"""Conformal prediction intervals over a grid of ages.

A person's interval grows from the likeliest age, always to the likelier side; the posterior's mass on
the way to an age is that age's conformity score. Whatever the panel says, or leaves out, is in the
posterior already, so the interval is as honest for one marker as for all. An age is in the interval
when its score is at most the mass calibrated for that age: the quantile of the scores of people about
that old whom the clock was not fitted on. So the very young and old, whom the posterior's end shields,
are not covered at the cost of those a little further in.

Each age stands for the year around it; the years at both ends are taken in only as far as the mass
demands.
"""

import numpy as np

from agelens.clocks.base import FloatArray, IntArray

NO_WEIGHT = 1e-300  # a year without weight is inside or not, never in part


def intervals(
    posterior: FloatArray, ages: FloatArray, mass: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """The interval of each person.

    Parameters
    ----------
    posterior : ndarray of float64, shape (n_people, n_ages)
        Each row sums to 1.
    ages : ndarray of float64, shape (n_ages,)
        In steps of a year.
    mass : float or ndarray of float64, shape (n_ages,)
        Between 0 and 1, from `conformal_quantiles`: of each age, or the same for all.

    Returns
    -------
    pair of ndarray of float64, shape (n_people,)
        Years, within the ages; low <= posterior mean <= high.
    """
    order = _by_joining(posterior)
    joining, before = _joining(posterior, order)
    reach = (mass[order] if isinstance(mass, np.ndarray) else mass) - before
    reach /= np.maximum(joining, NO_WEIGHT)
    reach[:, 0] = 1.0  # the likeliest year is always whole
    inside = reach > 0
    half = np.minimum(reach, 1.0) - 0.5
    # Among those inside, the youngest age reaches furthest down and the oldest furthest up.
    low = ages[0] + np.minimum.reduce(order - half, axis=1, where=inside, initial=np.inf)
    high = ages[0] + np.maximum.reduce(order + half, axis=1, where=inside, initial=-np.inf)
    mean = posterior @ ages
    low, high = np.maximum(low, ages[0]), np.minimum(high, ages[-1])
    return np.minimum(low, mean), np.maximum(high, mean)


def conformity(age: FloatArray, posterior: FloatArray, ages: FloatArray) -> FloatArray:
    """The smallest mass with which each person's interval reaches their age.

    Parameters
    ----------
    age : ndarray of float64, shape (n_people,)
        Whole years, among `ages`.
    posterior : ndarray of float64, shape (n_people, n_ages)
        Each row sums to 1.
    ages : ndarray of float64, shape (n_ages,)
        In steps of a year.

    Returns
    -------
    ndarray of float64, shape (n_people,)
    """
    order = _by_joining(posterior)
    joining, before = _joining(posterior, order)
    step = (ages[order] == age[:, np.newaxis]).argmax(axis=1)
    people = np.arange(len(posterior))
    # Reached in the middle of its year; the likeliest year is there from the start.
    reached = before[people, step] + 0.5 * joining[people, step]
    return np.where(step == 0, 0.0, reached)


def conformal_quantiles(scores: FloatArray, weights: FloatArray, level: float) -> FloatArray:
    """The score that covers a new person with probability `level` or a little more, for each kind.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_people,)
        Conformity scores of people that the clock was not fitted on.
    weights : ndarray of float64, shape (n_kinds, n_people)
        How much each of them counts for a new person of a kind, who counts 1.
    level : float
        Between 0 and 1.

    Returns
    -------
    ndarray of float64, shape (n_kinds,)

    Raises
    ------
    ValueError
        With too few people of a kind for that level.

    Source
    ------
    V. Vovk, A. Gammerman & G. Shafer, Algorithmic Learning in a Random World, 2005 (conditional on
    the label); J. Lei et al., JASA 2018: with equal weights the ceil((n + 1) * level)-th smallest
    score; L. Guan, Biometrika 2023: with weights by distance.
    """
    order = np.argsort(scores)
    reached = weights[:, order].cumsum(axis=1)
    place = (reached < level * (weights.sum(axis=1, keepdims=True) + 1)).sum(axis=1)
    if (place == len(scores)).any():
        raise ValueError(f"{len(scores)} people are too few for a {level:.0%} interval")
    quantiles: FloatArray = scores[order][place]
    return quantiles


def _joining(posterior: FloatArray, order: IntArray) -> tuple[FloatArray, FloatArray]:
    """In the order of joining: the mass of each age, and what the interval holds before it joins."""
    n_people, n_ages = posterior.shape
    joining = posterior.take(order + n_ages * np.arange(n_people)[:, np.newaxis])
    return joining, joining.cumsum(axis=1) - joining


def _by_joining(posterior: FloatArray) -> IntArray:
    """The places of the ages in the order in which they join the interval, one row per person.

    A dip hides what lies beyond it: there an age counts no more than the least age on the way, and
    of equals the nearer one joins first. So the interval has no gaps.
    """
    places = np.arange(posterior.shape[1])
    top = posterior.argmax(axis=1)[:, np.newaxis]
    falls = posterior[:, 1:] < posterior[:, :-1]
    dips = (falls[:, 1:] < falls[:, :-1]).any()
    visible = _seen_from(top, posterior, places) if dips else posterior
    return np.lexsort((np.abs(places - top), -visible), axis=1)


def _seen_from(top: IntArray, posterior: FloatArray, places: IntArray) -> FloatArray:
    """Each age's mass, or the least mass between it and the top."""
    upwards = np.where(places >= top, posterior, np.inf)
    downwards = np.where(places <= top, posterior, np.inf)[:, ::-1]
    return np.minimum(
        np.minimum.accumulate(upwards, axis=1),
        np.minimum.accumulate(downwards, axis=1)[:, ::-1],
    )
