"""Find duplicate people within and between files, to keep training data out of validation."""

import numpy as np
from agelens.clocks.base import FloatArray, IntArray, Table
from scipy.spatial import cKDTree

# In standard deviations, in every measurement at once: copies may be rounded, and no two people agree
# so closely in a dozen independent measurements.
SAME_PERSON_DISTANCE = 0.02
NOT_MEASURED = 1e3


def seen_before(known: Table, asked: Table, measurements: tuple[str, ...]) -> IntArray:
    """Which rows of `asked` are people of `known`.

    Parameters
    ----------
    known, asked : Table
    measurements : tuple of str
        Keys of continuous measurements.

    Returns
    -------
    ndarray of int
        Rows of `asked`, in order.
    """
    scale = _scale(known, measurements)
    tree = cKDTree(_standardised(known, measurements, scale))
    distance, _ = tree.query(_standardised(asked, measurements, scale), p=np.inf)
    return np.flatnonzero(distance <= SAME_PERSON_DISTANCE)


def twice(table: Table, measurements: tuple[str, ...]) -> list[tuple[int, int]]:
    """The pairs of rows that are one person."""
    points = _standardised(table, measurements, _scale(table, measurements))
    return sorted(cKDTree(points).query_pairs(SAME_PERSON_DISTANCE, p=np.inf))


def _scale(table: Table, measurements: tuple[str, ...]) -> FloatArray:
    spreads = []
    for key in measurements:
        values = table.column(key)[~np.isnan(table.column(key))]
        spreads.append(values.std() if len(values) and values.std() > 0 else 1.0)
    return np.array(spreads)


def _standardised(table: Table, measurements: tuple[str, ...], scale: FloatArray) -> FloatArray:
    columns = np.stack([table.column(key) for key in measurements], axis=1) / scale
    return np.where(np.isnan(columns), NOT_MEASURED, columns)
