"""Training `kaggle-age`: cross-validate, compare, fit on everyone, write the bundle."""

import math
import platform
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from agelens.clocks import bayes
from agelens.clocks.bundles import check_room, write_bundle
from agelens.clocks.manifests import (
    CARD,
    MANIFEST,
    PARAMETERS,
    REFERENCE,
    finish_manifest,
    json_bytes,
    word,
)
from agelens.clocks.markers import Parameters
from agelens.clocks.parameters import parameters_to_json
from agelens.domain.errors import InvalidInput

from model_training import age_posterior, evaluation
from model_training.age_posterior import Plan
from model_training.card import card, comparison_table
from model_training.evaluation import HeldOut, Protocol
from model_training.gap_reference import summarise
from model_training.datasets.kaggle import AGES, SIGNALS, Dataset, kaggle_features, load

NAME = "kaggle-age"
VERSION = "1.0.0"
CHOICES = {f.key: f.choices for f in kaggle_features() if f.kind == "choice"}
PLAN = Plan(
    ages=AGES,
    linear=tuple(key for key in SIGNALS if key not in CHOICES),
    floors={"vision_sharpness": 0.2},  # the data set records nothing below
    choices={key: len(CHOICES[key]) for key in SIGNALS if key in CHOICES},
)
PROTOCOL = Protocol()
DROPPED_SHARE = 0.5
FEW_MARKERS = (1, 2, 3)
REFERENCE_NAME = "out-of-fold predictions for the Kaggle training data, same sex, within 5 years"


def train(
    data_file: Path,
    out: Path,
    say: Callable[[str], None] = print,
    version: str = VERSION,
    *,
    validation: Path | None = None,
) -> dict[str, bytes]:
    """Train on a copy of the Kaggle file and write the bundle directory.

    Raises
    ------
    InvalidInput
        If the file is not a copy of the Kaggle data, the version cannot be one, or the directory
        holds something else than a bundle.
    """
    _check_version(version)
    check_room(out)
    data = load(data_file)
    say(
        f"{len(data):,} people, {len(kaggle_features())} features, {len(SIGNALS)} of them informative"
    )
    say(
        f"Cross-validating, {PROTOCOL.repeats} x {PROTOCOL.folds} folds, calibration inside each ..."
    )
    told = evaluation.cross_validate_clock(PLAN, data, PROTOCOL)
    metrics = measure(data, told)
    say("Fitting on everyone ...")
    parameters = age_posterior.fit(PLAN, data.table, data.age, PROTOCOL.seed)
    files = bundle_files(data, parameters, told, metrics, version)
    write_bundle(files, out)
    say(f"Wrote {NAME} {version} to {out}")
    say("")
    say(comparison_table(metrics))
    return files


def measure(data: Dataset, told: HeldOut) -> dict[str, object]:
    """Everything the manifest, the card and the table say, rounded as they say it."""
    few = evaluation.cross_validate_clock(
        PLAN, data, PROTOCOL, evaluation.answers_left_out(SIGNALS, DROPPED_SHARE, PROTOCOL.seed)
    )
    candidates = evaluation.cross_validate_candidates(data, PROTOCOL)
    errors = {NAME: told.prediction, **candidates}
    return {
        "protocol": (
            f"{PROTOCOL.repeats} x {PROTOCOL.folds}-fold cross-validation on the training file, "
            f"seed {PROTOCOL.seed}, interval calibrated inside each training part"
        ),
        "n_people": len(data),
        "mae_years": {
            name: round(evaluation.mean_absolute_error(p, data.age), 3)
            for name, p in errors.items()
        },
        "interval": _interval_metrics(told, data),
        "half_of_the_markers_missing": {
            "mae_years": round(evaluation.mean_absolute_error(few.prediction, data.age), 3),
            **_interval_metrics(few, data),
        },
        "few_markers": {str(count): _few_markers(data, count) for count in FEW_MARKERS},
    }


def bundle_files(
    data: Dataset,
    parameters: Parameters,
    told: HeldOut,
    metrics: dict[str, object],
    version: str,
) -> dict[str, bytes]:
    """The files of the bundle; the same data, seed and versions always give the same bytes."""
    sex = data.table.column("sex")
    sexes = {choice: sex == place for place, choice in enumerate(CHOICES["sex"])}
    files = {
        PARAMETERS: json_bytes(parameters_to_json(parameters, CHOICES)),
        REFERENCE: json_bytes(summarise(REFERENCE_NAME, told.prediction, data.age, sexes)),
        CARD: card(parameters, metrics, data).encode("utf-8"),
    }
    return {**files, MANIFEST: finish_manifest(manifest(data, metrics, version), files)}


def manifest(data: Dataset, metrics: dict[str, object], version: str) -> dict[str, object]:
    """What the bundle says of itself, without the hashes."""
    return {
        "name": NAME,
        "version": version,
        "title": "Age from general health markers",
        "kind": bayes.KIND,
        "unit": "years",
        "price": 10,
        "needs_age": False,
        "features": [
            {"key": f.key, "required": f.required, "informative": f.informative}
            for f in kaggle_features()
        ],
        "explanation": {
            "game": (
                "The value of a set of markers is the posterior mean of age given those markers "
                "alone, under the same flat prior as the prediction; exact Shapley values."
            ),
            "base_meaning": (
                f"the age expected of somebody of whom nothing is known: the middle of "
                f"{AGES[0]} to {AGES[1]}"
            ),
        },
        "interval": {
            "level": PLAN.level,
            "method": "conformal, calibrated out of fold: the shortest stretch of ages that holds a mass of the posterior",
        },
        "training_data": {
            "title": "Kaggle, Precision Health: Predicting Human Age with Biomarkers (synthetic)",
            "n_people": len(data),
            "sha256": data.sha256,
        },
        "seed": PROTOCOL.seed,
        "metrics": metrics,
        "libraries": {
            "python": ".".join(platform.python_version_tuple()[:2]),
            **{name: metadata.version(name) for name in ("numpy", "scipy", "scikit-learn")},
        },
    }


def _check_version(version: str) -> None:
    try:
        word(version)
    except ValueError as error:
        raise InvalidInput.at("version", str(error)) from error


def _few_markers(data: Dataset, count: int) -> dict[str, object]:
    kept = evaluation.answers_kept(SIGNALS, count, PROTOCOL.seed)
    told = evaluation.cross_validate_clock(PLAN, data, PROTOCOL, kept)
    shares = evaluation.coverage_by_prediction(told, data.age)
    return {
        "coverage_by_predicted_age": {
            ages: None if math.isnan(share) else round(share, 4) for ages, share in shares.items()
        },
        "mean_width_years": round(evaluation.mean_width(told), 2),
    }


def _interval_metrics(told: HeldOut, data: Dataset) -> dict[str, object]:
    return {
        "coverage": {k: round(v, 4) for k, v in evaluation.coverage(told, data.age).items()},
        "mean_width_years": round(evaluation.mean_width(told), 2),
    }
