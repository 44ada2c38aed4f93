"""Exact Shapley values where each feature multiplies a likelihood over a grid of ages."""

import math
from functools import cache

import numpy as np

from agelens.clocks.base import FloatArray


class Coalitions:
    """The posterior mean of age given every subset of some features, under a flat prior.

    A subset is a subset of the first half of the features and one of the second, and its likelihood
    the product of theirs. So the mass of every subset is one matrix product of the halves, summed
    over the ages, and its first moment another: no array has an entry per subset and age.

    Parameters
    ----------
    n_people : int
        How many people there are at most at a time.
    n_features : int
    ages : ndarray of float64, shape (n_ages,)
        Years.
    """

    # The arrays are kept: to get fresh ones for every few people costs more than the arithmetic.
    def __init__(self, n_people: int, n_features: int, ages: FloatArray) -> None:
        self._ages = ages
        self._half = (n_features + 1) // 2
        n_first, n_second = 2**self._half, 2 ** (n_features - self._half)
        self._first = np.empty((n_people, n_first, len(ages)))
        self._second = np.empty((n_people, 2, n_second, len(ages)))
        self._sums = np.empty((n_people, 2 * n_second, n_first))

    def values(self, logs: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The value of each subset, and how likely each age is given all features.

        Parameters
        ----------
        logs : ndarray of float64, shape (n_people, n_features, n_ages)
            Logarithms of likelihoods, shifted at will per person and feature; finite. A row of
            zeros is a feature that says nothing.

        Returns
        -------
        values : ndarray of float64, shape (n_people, 2 ** n_features)
            Years. The subset's number has bit i set when feature i is in it.
        posterior : ndarray of float64, shape (n_people, n_ages)
            Each row sums to 1.
        """
        n_people, n_features, n_ages = logs.shape
        first, second, sums = (
            array[:n_people] for array in (self._first, self._second, self._sums)
        )
        _likelihoods_of_subsets(logs[:, : self._half], first)
        _likelihoods_of_subsets(logs[:, self._half :], second[:, 0])
        np.multiply(second[:, 0], self._ages, out=second[:, 1])
        np.matmul(second.reshape(n_people, -1, n_ages), first.swapaxes(1, 2), out=sums)
        moments = sums.reshape(n_people, 2, 2**n_features)
        posterior = first[:, -1] * second[:, 0, -1] / moments[:, 0, -1:]
        return moments[:, 1] / moments[:, 0], posterior


def shapley_values(values: FloatArray) -> FloatArray:
    """Shapley values of games given by the value of every coalition.

    Parameters
    ----------
    values : ndarray of float64, shape (n_games, 2 ** n_players)
        The value of each coalition; its number has bit i set when player i is in it.

    Returns
    -------
    ndarray of float64, shape (n_games, n_players)
        Per game they sum to the value of all players minus the value of none.

    Source
    ------
    L. S. Shapley, A value for n-person games, 1953.
    """
    n_players = values.shape[1].bit_length() - 1
    return np.asarray(values @ _weights(n_players), dtype=float)


def _likelihoods_of_subsets(logs: FloatArray, likelihoods: FloatArray) -> None:
    """Write the product of every subset's likelihoods, shape (n_people, 2 ** n_features, n_ages)."""
    np.matmul(members_of_coalitions(logs.shape[1]), logs, out=likelihoods)
    np.exp(likelihoods, out=likelihoods)


@cache
def members_of_coalitions(n_players: int) -> FloatArray:
    """1 where a player is in a coalition, else 0, shape (2 ** n_players, n_players)."""
    coalitions = np.arange(2**n_players)[:, np.newaxis]
    return ((coalitions >> np.arange(n_players)) & 1).astype(np.float64)


@cache
def _weights(n_players: int) -> FloatArray:
    """How each coalition's value enters each player's share, shape (2 ** n_players, n_players)."""
    members = members_of_coalitions(n_players)
    sizes = members.sum(axis=1).astype(int)
    orders = math.factorial(n_players)
    shares = [math.factorial(s) * math.factorial(n_players - s) / orders for s in sizes]
    joined = np.array(shares) / np.maximum(sizes, 1)
    left_out = np.array(shares) / np.maximum(n_players - sizes, 1)
    weights: FloatArray = np.where(members == 1, joined[:, np.newaxis], -left_out[:, np.newaxis])
    return weights
