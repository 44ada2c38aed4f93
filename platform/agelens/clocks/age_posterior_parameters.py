"""Parameters of an age posterior: JSON serialisation and validation."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from agelens.clocks.age_likelihoods import AgePosteriorParameters, ChoiceMarker, LinearMarker
from agelens.clocks.base import FloatArray

SMALLEST_LOG = -700.0  # the exponential of less is no longer a normal float


def parameters_from_json(
    document: Mapping[str, Any], choices: Mapping[str, Sequence[str]]
) -> AgePosteriorParameters:
    """Parameters as `parameters_to_json` wrote them; `choices` are each feature's, in order.

    Raises
    ------
    KeyError, TypeError, ValueError
        If something is missing, of the wrong kind or not a number that could have been learned.
    """
    first, last = (float(age) for age in document["ages"])
    if not 0 <= first < last <= 200:
        raise ValueError("the ages must be a range of years")
    ages = np.arange(first, last + 1)
    parameters = AgePosteriorParameters(
        ages=ages,
        linear=tuple(_linear(entry) for entry in document["linear"]),
        choices=tuple(_choice(entry, choices[entry["feature"]]) for entry in document["choices"]),
        interval_mass=_masses(document["interval_mass"], len(ages)),
    )
    _check(parameters)
    return parameters


def parameters_to_json(
    parameters: AgePosteriorParameters, choices: Mapping[str, Sequence[str]]
) -> dict[str, object]:
    """Parameters as plain JSON types."""
    return {
        "ages": list(parameters.age_range),
        "linear": [vars(marker) for marker in parameters.linear],
        "choices": [
            {
                "feature": marker.feature,
                "probabilities": dict(
                    zip(choices[marker.feature], marker.probabilities.tolist(), strict=True)
                ),
            }
            for marker in parameters.choices
        ],
        "interval_mass": parameters.interval_mass.tolist(),
    }


def _masses(entry: float | Sequence[float], n_ages: int) -> FloatArray:
    """One mass per age; a single number is the same for every age."""
    masses = np.array(entry, dtype=float)
    if masses.shape not in ((), (n_ages,)):
        raise ValueError("the interval needs one mass, or one for each age")
    return np.full(n_ages, masses) if masses.ndim == 0 else masses


def _linear(entry: Mapping[str, Any]) -> LinearMarker:
    numbers = {k: float(entry[k]) for k in ("intercept", "slope", "sd", "low", "high")}
    floor = entry.get("floor")
    return LinearMarker(
        str(entry["feature"]), **numbers, floor=None if floor is None else float(floor)
    )


def _choice(entry: Mapping[str, Any], choices: Sequence[str]) -> ChoiceMarker:
    rows = [entry["probabilities"][choice] for choice in choices]
    return ChoiceMarker(str(entry["feature"]), np.array(rows, dtype=float))


def _check(parameters: AgePosteriorParameters) -> None:
    if not 1 <= len(parameters.features) <= 12:
        raise ValueError("a posterior needs 1 to 12 markers")
    if len(set(parameters.features)) < len(parameters.features):
        raise ValueError("a marker is listed twice")
    if not ((parameters.interval_mass > 0) & (parameters.interval_mass < 1)).all():
        raise ValueError("the interval is not usable")
    for linear in parameters.linear:
        _check_linear(linear)
    for choice in parameters.choices:
        _check_probabilities(choice, len(parameters.ages))
    _check_spread(parameters)


def _check_linear(marker: LinearMarker) -> None:
    numbers = (marker.intercept, marker.slope, marker.sd, marker.low, marker.high, marker.floor)
    if not all(math.isfinite(number) for number in numbers if number is not None):
        raise ValueError(f"{marker.feature}: a parameter is not finite")
    if marker.sd <= 0 or marker.low > marker.high:
        raise ValueError(f"{marker.feature}: has no spread or an empty range")


def _check_probabilities(marker: ChoiceMarker, n_ages: int) -> None:
    table = marker.probabilities
    if table.ndim != 2 or table.shape[1] != n_ages:
        raise ValueError(f"{marker.feature}: probabilities are one number per choice and age")
    if not ((table > 0) & (table <= 1)).all():  # NaN is neither
        raise ValueError(f"{marker.feature}: probabilities are above 0 and at most 1")
    if not np.allclose(table.sum(axis=0), 1, rtol=0, atol=1e-6):
        raise ValueError(f"{marker.feature}: probabilities must sum to 1 at every age")


def _check_spread(parameters: AgePosteriorParameters) -> None:
    """Refuse markers so sharp that, contradicting each other, they would leave no age any weight.

    At one age at least, the product of the smallest likelihoods that each marker can have must be a
    number above 0; every panel's posterior then can be normalised.
    """
    with np.errstate(all="ignore"):
        smallest = [m.smallest_log(parameters.ages) for m in parameters.linear]
        smallest += [np.log(m.probabilities.min(axis=0)) for m in parameters.choices]
        best = np.sum(smallest, axis=0).max()
    if not best > SMALLEST_LOG:
        raise ValueError("the spread of the markers is too small to score by")
