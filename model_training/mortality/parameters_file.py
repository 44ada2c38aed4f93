"""Parameters of the clock as compact JSON, rounded."""

import json

import numpy as np
from agelens.clocks.additive_parameters import AdditiveParameters
from agelens.clocks.base import FloatArray

YEARS_DECIMALS, DEVIATION_DECIMALS = 4, 4
VARIANCE_DIGITS, COVARIANCE_DIGITS = 3, 5


def parameters_to_json(parameters: AdditiveParameters) -> dict[str, object]:
    """Parameters as plain JSON types, as `additive_parameters` reads them."""
    value_knots = parameters.knots
    return {
        "ages": list(parameters.ages),
        "age_knots": value_knots.ages.tolist(),
        "n_value_knots": value_knots.n_values,
        "markers": [_entry(parameters, marker) for marker in range(len(value_knots.features))],
        "base": np.round(parameters.base, YEARS_DECIMALS).tolist(),
        "base_variance": _digits(parameters.base_variance, VARIANCE_DIGITS).tolist(),
        "missing": _missing(parameters),
        "risk": _risk(parameters),
        "may_miss": parameters.may_miss,
    }


def parameters_bytes(parameters: AdditiveParameters) -> bytes:
    """One spelling for the same parameters, without the spaces that make up half of a file of numbers."""
    document = parameters_to_json(parameters)
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _entry(parameters: AdditiveParameters, marker: int) -> dict[str, object]:
    value_knots, floor = parameters.knots, float(parameters.knots.floor[marker])
    return {
        "feature": value_knots.features[marker],
        "logarithm": bool(value_knots.logarithm[marker]),
        "low": float(value_knots.low[marker]),
        "high": float(value_knots.high[marker]),
        "floor": None if np.isnan(floor) else floor,
        "years": np.round(parameters.years[marker], YEARS_DECIMALS).tolist(),
        "deviation": np.round(parameters.deviation[marker], DEVIATION_DECIMALS).tolist(),
        "variance": _digits(parameters.variance[marker], VARIANCE_DIGITS).tolist(),
    }


def _missing(parameters: AdditiveParameters) -> dict[str, object]:
    imputation = parameters.imputation
    n_groups = len(imputation.ages) - 1
    lower = np.tril_indices(imputation.covariance.shape[1])
    triangles = [
        _digits(matrix[lower], COVARIANCE_DIGITS).tolist() for matrix in imputation.covariance
    ]
    return {
        "ages": imputation.ages.tolist(),
        "covariance": [triangles[:n_groups], triangles[n_groups:]],
        "ridge": imputation.ridge,
        "degrees": imputation.degrees,
        "widening": _digits(imputation.widening, COVARIANCE_DIGITS).reshape(-1, n_groups).tolist(),
    }


def _risk(parameters: AdditiveParameters) -> dict[str, float] | None:
    if parameters.risk is None:
        return None
    return {name: float(f"{value:.6g}") for name, value in vars(parameters.risk).items()}


def _digits(values: FloatArray, digits: int) -> FloatArray:
    """To so many significant digits."""
    numbers = [float(f"{value:.{digits}g}") for value in values.ravel().tolist()]
    return np.array(numbers).reshape(values.shape)
