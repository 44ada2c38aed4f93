"""The manifest and the parameters of a pipeline's bundle."""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from agelens.bundle.calibration import Calibration, hash_of
from agelens.bundle.choice_of_explanation import Chosen
from agelens.bundle.training_frame import TrainingFrame
from agelens.clocks.base import FloatArray
from agelens.clocks.estimators.explanations import GAMES
from agelens.clocks.estimators.fitted_model import FittedModel
from agelens.clocks.kinds.estimator import KIND
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import AGE

LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "skops")
CONFORMAL = (
    "split conformal: the {level:.0%} quantile of the errors of {n:,} people whom the model was not "
    "fitted on, the same width for everybody; whoever lacks a biomarker that all of them had gets none"
)


def parameters_of(
    model: FittedModel, training: TrainingFrame, chosen: Chosen, held_out: Calibration | None
) -> dict[str, object]:
    """What `parameters.json` holds."""
    ages = training.keys.index(AGE) if AGE in training.keys else None
    return {
        "columns": [column.to_json() for column in training.columns],
        "method": chosen.method,
        "background": _rows(chosen.background),
        "answers": model.predict(chosen.background).tolist(),
        "half_width": held_out.half_width if held_out else None,
        "may_lack": list(held_out.may_lack) if held_out else [],
        "age_range": None if ages is None else training.range_of(ages),
    }


def manifest_of(
    training: TrainingFrame,
    chosen: Chosen,
    held_out: Calibration | None,
    *,
    stated: Mapping[str, object],
    no_interval: str,
    data: str | PathLike[str] | None,
    data_title: str | None,
    trusted: Sequence[str],
) -> dict[str, Any]:
    """The manifest, without the hashes of the files."""
    return {
        **stated,
        "kind": KIND,
        "needs_age": AGE in training.keys,
        "features": _features(training, chosen),
        "explanation": {
            "game": GAMES[chosen.method].format(n=len(chosen.background)),
            "base_meaning": _base_meaning(training, chosen),
        },
        "interval": _interval(held_out, no_interval),
        "training_data": {
            "sha256": hash_of(training.frame, training.target) if data is None else _hash(data),
            "title": data_title or "not stated",
            "people": len(training.frame),
        },
        "trusted_types": list(trusted),
        "libraries": _libraries(chosen),
        **_metrics(held_out),
    }


def _features(training: TrainingFrame, chosen: Chosen) -> list[dict[str, object]]:
    return [
        {
            "key": column.key,
            "required": column.key not in chosen.optional,
            "informative": True,
            "training": training.range_of(index),
        }
        for index, column in enumerate(training.columns)
        if column.key != AGE
    ]


def _base_meaning(training: TrainingFrame, chosen: Chosen) -> str:
    aged = AGE in training.keys
    if chosen.method == "tree":
        return "the average answer for the training people" + (
            ", moved by this person's age" if aged else ""
        )
    at_age = " if they were of this person's age" if aged else ""
    return f"the average answer for {len(chosen.background)} of the training people{at_age}"


def _interval(held_out: Calibration | None, no_interval: str) -> dict[str, object]:
    if held_out is None:
        return {"level": None, "method": f"none: {no_interval}"}
    method = CONFORMAL.format(level=held_out.level, n=held_out.n_people)
    return {"level": held_out.level, "method": method}


def _metrics(held_out: Calibration | None) -> dict[str, object]:
    if held_out is None:
        return {"metrics": {}}
    figures = {
        "people": held_out.n_people,
        "mae": held_out.mae,
        "rmse": held_out.rmse,
        "r2": held_out.r2,
        "data_sha256": held_out.sha256,
    }
    protocol = f"{held_out.n_people} held-out people, sha256 {held_out.sha256[:16]}"
    headline = {"metric": ["held_out", "mae"], "better": "lower", "protocol": protocol}
    return {"metrics": {"held_out": figures}, "headline": headline}


def _libraries(chosen: Chosen) -> dict[str, str]:
    names = (*LIBRARIES, "shap") if chosen.method == "tree" else LIBRARIES
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{name: metadata.version(name) for name in names}}


def _hash(data: str | PathLike[str]) -> str:
    try:
        return hashlib.sha256(Path(data).read_bytes()).hexdigest()
    except OSError as error:
        raise InvalidInput.at("data", f"cannot be read: {error}") from error


def _rows(values: FloatArray) -> list[list[float | None]]:
    """Rows of numbers; JSON has no NaN, so what is missing is null."""
    return [[None if np.isnan(cell) else cell for cell in row] for row in values.tolist()]
