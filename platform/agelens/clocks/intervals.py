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
    posterior: FloatArray,
    ages: FloatArray,
    mass: FloatArray | float,
    mean: FloatArray | None = None,
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
    mean : ndarray of float64, shape (n_people,), optional
        The posterior means, for callers who have them already.

    Returns
    -------
    pair of ndarray of float64, shape (n_people,)
        Years, within the ages; low <= posterior mean <= high.
    """
    masses = mass if isinstance(mass, np.ndarray) else np.full(len(ages), mass)
    low, high = _grown(posterior[0], masses) if len(posterior) == 1 else _ends(posterior, masses)
    first, mean = ages[0], posterior @ ages if mean is None else mean
    return np.minimum(first + low, mean), np.maximum(first + high, mean)


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
    index = (reached < level * (weights.sum(axis=1, keepdims=True) + 1)).sum(axis=1)
    if (index == len(scores)).any():
        raise ValueError(f"{len(scores)} people are too few for a {level:.0%} interval")
    quantiles: FloatArray = scores[order][index]
    return quantiles


def _ends(posterior: FloatArray, mass: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The ends of each person's interval, in years from the first age."""
    order = _by_joining(posterior)
    joining, before = _joining(posterior, order)
    half = mass.take(order)
    half -= before
    half /= np.maximum(joining, NO_WEIGHT)  # how much of the year is reached
    half[:, 0] = 1.0  # the likeliest year is always whole
    outside = half <= 0
    np.minimum(half, 1.0, out=half)
    half -= 0.5
    half[outside] = -np.inf
    # Among those inside, the youngest age reaches furthest down and the oldest furthest up.
    low, high = (order - half).min(axis=1), (order + half).max(axis=1)
    return np.maximum(low, 0.0), np.minimum(high, posterior.shape[1] - 1.0)


def _grown(person: FloatArray, masses: FloatArray) -> tuple[float, float]:
    """`_ends` of one person, year by year: a third of the time that arrays take for so few."""
    posterior, mass = person.tolist(), masses.tolist()
    last, most, held = len(posterior) - 1, max(mass), max(posterior)
    down = up = top = posterior.index(held)
    low, high = top - 0.5, top + 0.5
    below = posterior[top - 1] if top else -1.0  # the least mass on the way to the next year down
    above = posterior[top + 1] if top < last else -1.0
    while held < most and (down or up < last):
        if below > above or (below == above and up - top >= top - down):
            down -= 1
            joining, room = posterior[down], mass[down] - held
            if room > 0:
                low = down - (0.5 if room >= joining else room / joining - 0.5)
            below = min(below, posterior[down - 1]) if down else -1.0
        else:
            up += 1
            joining, room = posterior[up], mass[up] - held
            if room > 0:
                high = up + (0.5 if room >= joining else room / joining - 0.5)
            above = min(above, posterior[up + 1]) if up < last else -1.0
        held += joining
    return max(low, 0.0), min(high, float(last))


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
    indices = np.arange(posterior.shape[1])
    top = posterior.argmax(axis=1)[:, np.newaxis]
    falls = posterior[:, 1:] < posterior[:, :-1]
    rises_again = falls[:, 1:] < falls[:, :-1]
    hidden = -posterior
    if rises_again.any():
        dips = rises_again.any(axis=1)
        hidden[dips] = -_seen_from(top[dips], posterior[dips], indices)
    return np.lexsort((np.abs(indices - top), hidden), axis=1)


def _seen_from(top: IntArray, posterior: FloatArray, indices: IntArray) -> FloatArray:
    """Each age's mass, or the least mass between it and the top."""
    upwards = np.where(indices >= top, posterior, np.inf)
    downwards = np.where(indices <= top, posterior, np.inf)[:, ::-1]
    return np.minimum(
        np.minimum.accumulate(upwards, axis=1),
        np.minimum.accumulate(downwards, axis=1)[:, ::-1],
    )
