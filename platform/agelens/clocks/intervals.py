"""Conformal prediction intervals: the shortest stretch of ages that holds so much of the posterior.

A person's interval grows from the likeliest age, always to the likelier side, until it holds a given
mass of that person's posterior. Whatever the panel says, or leaves out, is in the posterior already,
so the interval is as honest for one marker as for all. The intervals grow with the mass, so the
smallest mass that covers a person is a conformity score, and its quantile over people that the clock
was not fitted on is the mass to serve.

Each age stands for the year around it; the last year is taken in only as far as the mass demands.
"""

import math

import numpy as np

from agelens.clocks.base import FloatArray, IntArray


def intervals(
    posterior: FloatArray, ages: FloatArray, mass: float
) -> tuple[FloatArray, FloatArray]:
    """The interval of each person.

    Parameters
    ----------
    posterior : ndarray of float64, shape (n_people, n_ages)
        Each row sums to 1.
    ages : ndarray of float64, shape (n_ages,)
        In steps of a year.
    mass : float
        Between 0 and 1, from `conformal_quantile`.

    Returns
    -------
    pair of ndarray of float64, shape (n_people,)
        Years, within the ages; low <= posterior mean <= high.
    """
    order = _by_joining(posterior)
    joining = np.take_along_axis(posterior, order, axis=1)
    reached = joining.cumsum(axis=1)
    people = np.arange(len(posterior))
    last = np.minimum((reached < mass).sum(axis=1), len(ages) - 1)
    inside = np.argsort(order, axis=1) <= last[:, np.newaxis]
    first_place = inside.argmax(axis=1)
    last_place = len(ages) - 1 - inside[:, ::-1].argmax(axis=1)
    # The share of the last year that is not needed; the likeliest year is always whole.
    weight = np.maximum(joining[people, last], np.finfo(float).tiny)
    spare = np.clip((reached[people, last] - mass) / weight, 0.0, 1.0)
    spare[last == 0] = 0.0
    joined = order[people, last]
    low = ages[first_place] - 0.5 + np.where(joined == first_place, spare, 0.0)
    high = ages[last_place] + 0.5 - np.where(joined == last_place, spare, 0.0)
    mean = posterior @ ages
    low, high = (np.clip(end, ages[0], ages[-1]) for end in (low, high))
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
    joining = np.take_along_axis(posterior, order, axis=1)
    people = np.arange(len(posterior))
    step = (ages[order] == age[:, np.newaxis]).argmax(axis=1)
    # Reached in the middle of its year; the likeliest year is there from the start.
    reached = joining.cumsum(axis=1)[people, step] - 0.5 * joining[people, step]
    return np.where(step == 0, 0.0, reached)


def conformal_quantile(scores: FloatArray, level: float) -> float:
    """The score that covers a new person with probability `level` or a little more.

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


def _by_joining(posterior: FloatArray) -> IntArray:
    """The places of the ages in the order in which they join the interval, one row per person.

    A dip hides what lies beyond it: there an age counts no more than the least age on the way, and
    of equals the nearer one joins first. So the interval has no gaps.
    """
    places = np.arange(posterior.shape[1])
    top = posterior.argmax(axis=1)[:, np.newaxis]
    upwards = np.where(places >= top, posterior, np.inf)
    downwards = np.where(places <= top, posterior, np.inf)[:, ::-1]
    visible = np.minimum(
        np.minimum.accumulate(upwards, axis=1),
        np.minimum.accumulate(downwards, axis=1)[:, ::-1],
    )
    return np.lexsort((np.abs(places - top), -visible), axis=1)
