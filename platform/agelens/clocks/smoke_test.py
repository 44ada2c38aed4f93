"""Smoke test: score a made-up person before a clock is published."""

import json

import numpy as np

from agelens.clocks.base import Clock
from agelens.clocks.scoring import predict
from agelens.domain.errors import InvalidBundle, ScoringError
from agelens.domain.features import Feature
from agelens.domain.panel import Panel


def try_out(clock: Clock) -> None:
    """Score a made-up person, to refuse a clock that cannot.

    Raises
    ------
    InvalidBundle
        If there is no result, or something in it is not a finite number.
    """
    panel = Panel({f.key: _ordinary(f) for f in clock.manifest.features}, chronological_age=50)
    try:
        with np.errstate(all="ignore"):
            json.dumps(predict(clock, panel), allow_nan=False)
    except (ScoringError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise InvalidBundle.at("bundle", f"cannot score: {error}") from error


def _ordinary(feature: Feature) -> float | str:
    bounds = feature.typical or feature.plausible
    return sum(bounds) / 2 if bounds else feature.choices[0]
