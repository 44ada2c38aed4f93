"""Made-up people with the columns of `mortality-age`, as many as wanted."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from agelens.clocks.base import Clock
from agelens.clocks.bundles import load_clock, read_bundle, shipped
from agelens.domain.features import Feature
from agelens.domain.panel import AGE
from agelens.domain.registry import ordered_pairs

NAME = "mortality-age"
ID = "id"
SPREAD = 0.15  # of a marker about the example of its registry entry
MISSING_SHARE = 0.01  # of a marker's values: every fifth person or so lacks one
DECIMALS = 3
MOST_OF_LARGER = 0.9  # that the smaller one of a pair has


@cache
def clock() -> Clock:
    """The shipped one."""
    directory = shipped(NAME)
    if directory is None:
        raise FileNotFoundError(f"no {NAME} is shipped")
    return load_clock(read_bundle(directory))


def people(n_people: int, seed: int = 0) -> pa.Table:
    """Everybody's answers under the registry's keys, with an id; most people lack nothing."""
    rng = np.random.default_rng(seed)
    columns = {ID: pa.array(np.arange(1, n_people + 1))}
    for feature in clock().manifest.features:
        columns[feature.key] = _answers(feature, n_people, rng)
    for larger, smaller in ordered_pairs():
        if larger in columns and smaller in columns:
            columns[smaller] = _below(columns[smaller], columns[larger])
    ages = clock().ages or (20.0, 90.0)
    columns[AGE] = pa.array(np.round(rng.uniform(*ages, n_people), 1))
    return pa.table(columns)


def _below(smaller: pa.Array, larger: pa.Array) -> pa.Array:
    """The smaller one of a pair, such as diastolic pressure, which nobody has above the other."""
    highest = pc.round(pc.multiply(larger, MOST_OF_LARGER), DECIMALS)
    return pc.if_else(smaller.is_valid(), pc.min_element_wise(smaller, highest), smaller)


def _answers(feature: Feature, n_people: int, rng: np.random.Generator) -> pa.Array:
    if feature.kind == "choice":
        places = pa.array(rng.integers(len(feature.choices), size=n_people).astype(np.int32))
        return pa.DictionaryArray.from_arrays(places, list(feature.choices)).cast(pa.string())
    values = float(feature.example) * np.exp(rng.normal(0, SPREAD, n_people))
    bounds = feature.training or feature.plausible
    if bounds:
        values = np.clip(values, *bounds)
    missing = rng.random(n_people) < MISSING_SHARE
    return pa.array(np.round(values, DECIMALS), mask=missing)
