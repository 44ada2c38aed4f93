"""Bundles of the kind additive-mortality that nobody trained: tables from the formulas of mortality-age 1.0.0.

What missing markers add is made up: one factor behind all the markers, and years that go along with
the deviations.
"""

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from agelens.clocks.bundles import find_bundle, read_bundle
from agelens.clocks.manifests import finish_manifest, json_bytes
from forged_bundles import HASHES
from mortality_by_hand import base_years, marker_years

AGE_KNOTS, N_VALUES = list(range(20, 91, 10)), 9
GROUPS = [20, 40, 60, 90]
LEFT_OUT = "waist"
RISK = {"at_50": -3.0, "per_decade": 0.85, "sd": 0.05}


@cache
def _source() -> dict[str, bytes]:
    return read_bundle(find_bundle("mortality-age", "1.0.0"))


def additive_parameters(**changes: object) -> dict[str, Any]:
    """Parameters of 21 markers; with a risk."""
    return json.loads(_document()) | changes


@cache
def _document() -> str:
    source = json.loads(_source()["parameters.json"])
    markers = [marker for marker in source["markers"] if marker["feature"] != LEFT_OUT]
    sexes = (0, 1)
    document = {
        "ages": [20, 90],
        "age_knots": AGE_KNOTS,
        "n_value_knots": N_VALUES,
        "markers": [_entry(marker) for marker in markers],
        "base": [[base_years(source, age, male) for age in AGE_KNOTS] for male in sexes],
        "base_variance": [[0.02 + 0.001 * abs(age - 50) for age in AGE_KNOTS] for _ in sexes],
        "missing": {
            "ages": GROUPS,
            "covariance": [
                [_triangle(len(markers), 10 * male + group) for group in range(3)] for male in sexes
            ],
            "ridge": 0.05,
            "widening": [1.1, 1.05, 1.2],
            "degrees": 8.0,
        },
        "risk": RISK,
        "may_miss": 15,
    }
    return json.dumps(document)


def _entry(marker: Mapping[str, Any]) -> dict[str, Any]:
    def value(place: int) -> float:
        low, high = (
            math.log(marker[end]) if marker["logarithm"] else marker[end] for end in ("low", "high")
        )
        at = low + (high - low) * place / (N_VALUES - 1)
        return math.exp(at) if marker["logarithm"] else at

    values = [value(place) for place in range(N_VALUES)]

    def table(height) -> list[list[list[float]]]:
        return [[[height(v, age, male) for v in values] for age in AGE_KNOTS] for male in (0, 1)]

    def deviation(value: float, age: float, male: int) -> float:
        at = math.log(value) if marker["logarithm"] else value
        return (at - marker["centre"]) / marker["scale"] - 0.01 * (age - 50) - 0.1 * male

    return {
        **{key: marker[key] for key in ("feature", "logarithm", "low", "high", "floor")},
        "years": table(lambda value, age, male: marker_years(marker, value, age, male)),
        "deviation": table(deviation),
        "variance": table(lambda value, age, male: 0.01 * deviation(value, age, male) ** 2 + 0.001),
    }


def _triangle(n_markers: int, seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    loading, slope = rng.uniform(-0.7, 0.7, n_markers), rng.uniform(-2, 2, n_markers)
    own = np.diag(1 - loading**2)
    deviations = np.outer(loading, loading) + own
    years = slope[:, np.newaxis] * deviations * slope + 0.1 * np.diag(slope**2)
    both = slope[:, np.newaxis] * deviations
    matrix = np.block([[years, both], [both.T, deviations]])
    return [float(f"{value:.6g}") for value in matrix[np.tril_indices(2 * n_markers)]]


def additive_bundle(
    parameters: object = None, manifest: Mapping[str, object] | None = None
) -> dict[str, bytes]:
    """A bundle mortality-age 9.0.0 of this kind; with other parameters or manifest entries if given."""
    files = dict(_source())
    stated = json.loads(files.pop("manifest.json"))
    document = {key: stated[key] for key in stated if key not in HASHES}
    document |= {
        "kind": "additive-mortality",
        "version": "9.0.0",
        "features": [entry for entry in stated["features"] if entry["key"] != LEFT_OUT],
        **(manifest or {}),
    }
    files["parameters.json"] = json_bytes(
        additive_parameters() if parameters is None else parameters
    )
    return {**files, "manifest.json": finish_manifest(document, files)}
