"""Choose how a pipeline is explained, and which features somebody may lack."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agelens.bundle.training_frame import TrainingFrame
from agelens.clocks.base import FloatArray
from agelens.clocks.estimators.explanations import (
    GAMES,
    MOST_PLAYERS,
    explainer,
    largest_gap,
)
from agelens.clocks.estimators.fitted_model import FittedModel
from agelens.domain.errors import InvalidInput
from agelens.domain.panel import AGE

ADDS_UP = 1e-7  # in the clock's unit; stricter than the service, which refuses at 1e-6
TRIED = 200  # people on whom an explanation is tried, and as many with values missing
MOST_BACKGROUND = 100
# Predictions that an exact explanation may cost, about: bounds the time of a cohort.
MOST_PREDICTIONS = 2**13


@dataclass(frozen=True)
class Chosen:
    """How a pipeline is explained.

    Attributes
    ----------
    method : str
        A key of `GAMES`.
    background : ndarray of float64, shape (n_background, n_columns)
        Canonical values.
    optional : tuple of str
        The features that the pipeline can do without.
    """

    method: str
    background: FloatArray
    optional: tuple[str, ...]


def choose(
    model: FittedModel,
    training: TrainingFrame,
    requested: str,
    n_background: int | None,
    seed: int,
) -> Chosen:
    """The first explanation that adds up on training people, also with values missing.

    Raises
    ------
    InvalidInput
        At "explanation", if none does, or not the one that is requested.
    """
    if requested not in ("auto", *GAMES):
        raise InvalidInput.at("explanation", f"must be auto or one of {', '.join(GAMES)}")
    if n_background is not None and n_background < 1:
        raise InvalidInput.at("background", "must be a number of people above 0")
    random = np.random.default_rng(seed)
    order = random.permutation(len(training.canonical))
    people = training.canonical[order]
    optional = _optional(model, people[:MOST_BACKGROUND])
    tried = _with_gaps(model, people[:TRIED], optional, random)
    reasons = []
    for method in _candidates(model, requested):
        size = n_background or _background_size(method, len(model.columns))
        background = people[:size]
        reason = _objection(method, model, background, _fewer(method, tried))
        if reason is None:
            return Chosen(method, background, optional)
        reasons.append(f"{method}: {reason}")
    raise InvalidInput.at("explanation", "; ".join(reasons))


def _candidates(model: FittedModel, requested: str) -> Sequence[str]:
    if requested != "auto":
        return (requested,)
    return ("tree", "exact") if model.is_tree else ("additive", "exact")


def _background_size(method: str, n_columns: int) -> int:
    if method != "exact":
        return MOST_BACKGROUND
    n_coalitions: int = 2 ** min(n_columns, MOST_PLAYERS)
    return max(1, min(MOST_BACKGROUND, MOST_PREDICTIONS // n_coalitions))


def _fewer(method: str, people: FloatArray) -> FloatArray:
    """The exact game adds up by its formula, and is slow: a few people show that it runs."""
    return people[:: len(people) // 10 or 1] if method == "exact" else people


def _objection(
    method: str, model: FittedModel, background: FloatArray, people: FloatArray
) -> str | None:
    """Why this explanation is not for this pipeline; None if it is."""
    try:
        explanation = explainer(method, model, background)(people)
        gap = largest_gap(explanation, model.predict(people))
    except (ValueError, TypeError, NotImplementedError) as error:
        return str(error).splitlines()[0][:200]
    except Exception as error:
        if type(error).__module__.startswith("shap"):  # shap has errors of its own
            return str(error).splitlines()[0][:200]
        raise
    return None if gap <= ADDS_UP else f"does not add up, by {gap:.2g}"


def _optional(model: FittedModel, people: FloatArray) -> tuple[str, ...]:
    """The features without which the pipeline still gives everybody a number."""
    return tuple(
        column.key
        for index, column in enumerate(model.columns)
        if column.key != AGE and _copes_without(model, people, index)
    )


def _copes_without(model: FittedModel, people: FloatArray, index: int) -> bool:
    lacking = people.copy()
    lacking[:, index] = np.nan
    try:
        return bool(np.isfinite(model.predict(lacking)).all())
    except (ValueError, TypeError):
        return False


def _with_gaps(
    model: FittedModel, people: FloatArray, optional: Sequence[str], random: np.random.Generator
) -> FloatArray:
    """These people, and the same with optional values missing; everybody keeps one at least."""
    indices = [index for index, column in enumerate(model.columns) if column.key in optional]
    if not indices:
        return people
    lacking = people.copy()
    missing = random.random((len(people), len(indices))) < 0.5
    missing[missing.all(axis=1), 0] = False
    for number, index in enumerate(indices):
        lacking[missing[:, number], index] = np.nan
    return np.concatenate([people, lacking])
