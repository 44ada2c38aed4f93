"""Shapley values straight from their definition: slow, and independent of the code that is tested."""

from collections.abc import Callable
from itertools import combinations
from math import comb

import numpy as np


def shapley(n_players: int, value: Callable[[frozenset[int]], float]) -> np.ndarray:
    """What each player adds to every set of the others, averaged over sizes, then over sets."""
    known = {
        frozenset(members): value(frozenset(members))
        for size in range(n_players + 1)
        for members in combinations(range(n_players), size)
    }
    shares = np.zeros(n_players)
    for player in range(n_players):
        others = [p for p in range(n_players) if p != player]
        for size in range(n_players):
            added = [
                known[frozenset({*members, player})] - known[frozenset(members)]
                for members in combinations(others, size)
            ]
            shares[player] += sum(added) / comb(n_players - 1, size) / n_players
    return shares
