"""Split conformal intervals, and the figures of people whom a pipeline was not fitted on."""

import hashlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from agelens.bundle.choice_of_explanation import Chosen
from agelens.bundle.training_frame import (
    TrainingFrame,
    canonical_values,
    frame_with,
    target_of,
)
from agelens.clocks.base import FloatArray
from agelens.clocks.estimators.fitted_model import FittedModel
from agelens.domain.errors import InvalidInput

MOST_SHARED = 0.05  # of the calibration people, who may look like one of the training people


@dataclass(frozen=True)
class Calibration:
    """What held-out people say of a pipeline.

    Attributes
    ----------
    level : float
    half_width, mae, rmse, r2 : float
        In the clock's unit, but for r2.
    n_people : int
    may_lack : tuple of str
        The features that some of them lacked.
    sha256 : str
        Over the people and what they should get.
    """

    level: float
    half_width: float
    mae: float
    rmse: float
    r2: float
    n_people: int
    may_lack: tuple[str, ...]
    sha256: str


def calibrate(
    model: FittedModel,
    training: TrainingFrame,
    chosen: Chosen,
    people: Any,
    targets: Any,
    level: float,
) -> Calibration | None:
    """The interval's half width, and errors, of held-out people; None when there are none.

    Raises
    ------
    InvalidInput
        If they are too few for the level, or are the training people.
    """
    if (people is None) != (targets is None):
        raise InvalidInput.at("y_calibration", "X_calibration and y_calibration go together")
    if people is None:
        return None
    if not isinstance(level, float) or not 0 < level < 1:
        raise InvalidInput.at("level", "must be a number between 0 and 1, such as 0.9")
    frame = frame_with(people, [column.name for column in training.columns], "X_calibration")
    target = target_of(targets, len(frame), "y_calibration")
    canonical = canonical_values(training.columns, frame, "X_calibration")
    _check_held_out(canonical, training.canonical)
    try:
        errors = target - model.predict(canonical)
    except ValueError as error:
        raise InvalidInput.at("X_calibration", f"cannot be predicted: {error}") from error
    return Calibration(
        level,
        half_width(np.abs(errors), level),
        float(np.abs(errors).mean()),
        float(np.sqrt((errors**2).mean())),
        _r2(target, errors),
        len(target),
        tuple(c.key for i, c in enumerate(training.columns) if np.isnan(canonical[:, i]).any()),
        hash_of(frame, target),
    )


def half_width(residuals: FloatArray, level: float) -> float:
    """The residual that a new person's stays below with probability `level` or a little more.

    Parameters
    ----------
    residuals : ndarray of float64, shape (n_people,)
        Absolute ones, of people whom the pipeline was not fitted on.
    level : float

    Raises
    ------
    InvalidInput
        With too few people for that level.

    Source
    ------
    Lei et al., JASA 2018: the ceil((n + 1) * level)-th smallest. It holds for people who are
    exchangeable with these, on average over them, not for each group of them.
    """
    index = math.ceil((len(residuals) + 1) * level - 1e-9)
    if index > len(residuals):
        needed = math.ceil(level / (1 - level) - 1e-9)
        words = f"{len(residuals)} people are too few for a {level:.0%} interval: {needed} at least"
        raise InvalidInput.at("X_calibration", words)
    return float(np.sort(residuals)[index - 1])


def hash_of(frame: pd.DataFrame, target: FloatArray | None) -> str:
    """The SHA-256 of a frame, and of what its people should get, as CSV."""
    with_target = frame if target is None else frame.assign(**{"(target)": target})
    return hashlib.sha256(with_target.to_csv(index=False).encode("utf-8")).hexdigest()


def _check_held_out(people: FloatArray, training: FloatArray) -> None:
    training_rows = {row.tobytes() for row in np.nan_to_num(training, nan=-1e300)}
    shared = sum(row.tobytes() in training_rows for row in np.nan_to_num(people, nan=-1e300))
    if shared > MOST_SHARED * len(people):
        words = (
            f"{shared} of {len(people)} people are in X too: residuals of people that the estimator "
            "was fitted on are too small for an honest interval"
        )
        raise InvalidInput.at("X_calibration", words)


def _r2(target: FloatArray, errors: FloatArray) -> float:
    spread = float(((target - target.mean()) ** 2).sum())
    return 1 - float((errors**2).sum()) / spread if spread else 0.0
