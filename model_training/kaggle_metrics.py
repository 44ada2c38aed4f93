"""The metrics of `kaggle-age`, rounded as they are published."""

from collections.abc import Mapping

import numpy as np
from agelens.clocks.age_likelihoods import AgePosteriorParameters
from agelens.clocks.base import FloatArray

from model_training import evaluation
from model_training.candidates import Candidate
from model_training.datasets.kaggle import SIGNALS, Dataset
from model_training.evaluation import HeldOut, MissingnessScenario
from model_training.folds import Protocol
from model_training.kaggle_plan import DROPPED_SHARE, FEW_MARKERS, NAME, describe
from model_training.selection import Choice, Nested

ALL, HALF = "all", "half"


def missingness_scenarios(seed: int) -> dict[str, MissingnessScenario]:
    """The panels that held-out people are asked with: whole, half, a few markers."""
    few_markers = {str(n): evaluation.answers_kept(SIGNALS, n, seed) for n in FEW_MARKERS}
    half = evaluation.answers_left_out(SIGNALS, DROPPED_SHARE, seed)
    return {ALL: evaluation.all_answers, HALF: half, **few_markers}


def measured(
    data: Dataset, protocol: Protocol, nested: Nested, held_out: Mapping[str, HeldOut]
) -> dict[str, object]:
    """The metrics of cross-validation."""
    return {
        "protocol": describe(protocol),
        "n_people": len(data),
        "mae_years": {name: round(error, 3) for name, error in nested.mae_years.items()},
        "selection": selection(nested),
        "interval": _interval(held_out[ALL], data.age),
        "half_of_the_markers_missing": {
            "mae_years": round(
                evaluation.mean_absolute_error(held_out[HALF].prediction, data.age), 3
            ),
            **_interval(held_out[HALF], data.age),
        },
        "few_markers": {str(n): _few_markers(held_out[str(n)], data.age) for n in FEW_MARKERS},
    }


def selection(nested: Nested) -> dict[str, object]:
    """How the winner was chosen, and what choosing is worth on people who had no part in it."""
    winners = [choice.winner for choice in nested.choices]
    other_names = [name for name in nested.predictions if name != NAME]
    ahead = {name: nested.ahead_years(NAME, name) for name in other_names}
    return {
        "mae_years": round(nested.selected_mae_years, 3),
        "won_folds": {name: winners.count(name) for name in nested.predictions},
        "ahead_years": {
            name: {"mean": round(mean, 3), "standard_error": round(error, 3)}
            for name, (mean, error) in ahead.items()
        },
    }


def on_unseen(
    clock: AgePosteriorParameters,
    candidates: tuple[Candidate, ...],
    choice: Choice,
    learned: Dataset,
    unseen: Dataset,
) -> dict[str, object]:
    """The metrics of a file that took no part in training: the final clock and every candidate."""
    held_out = HeldOut(
        *(ends[np.newaxis] for ends in evaluation.predict_with_intervals(clock, unseen.table))
    )
    predictions = {
        candidate.name: candidate.fit(choice.settings[candidate.name], learned.table, learned.age)(
            unseen.table
        )
        for candidate in candidates
        if candidate.name != NAME
    }
    errors = {NAME: held_out.prediction, **predictions}
    return {
        "n_people": len(unseen),
        "sha256": unseen.sha256,
        "mae_years": {
            name: round(evaluation.mean_absolute_error(prediction, unseen.age), 3)
            for name, prediction in errors.items()
        },
        "interval": _interval(held_out, unseen.age),
    }


def _few_markers(held_out: HeldOut, age: FloatArray) -> dict[str, object]:
    shares = evaluation.coverage_by_prediction(held_out, age)
    return {
        "coverage_by_predicted_age": {
            ages: None if share is None else round(share, 4) for ages, share in shares.items()
        },
        "mean_width_years": round(evaluation.mean_width(held_out), 2),
    }


def _interval(held_out: HeldOut, age: FloatArray) -> dict[str, object]:
    return {
        "coverage": {k: round(v, 4) for k, v in evaluation.coverage(held_out, age).items()},
        "mean_width_years": round(evaluation.mean_width(held_out), 2),
    }
