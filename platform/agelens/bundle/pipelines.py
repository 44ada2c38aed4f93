"""Turn a fitted scikit-learn pipeline into a clock bundle."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import skops.io  # noqa: F401  (said at the import of this package, not in the middle of the work)

from agelens.bundle.calibration import calibrate
from agelens.bundle.card import card_of
from agelens.bundle.choice_of_explanation import choose
from agelens.bundle.documents import manifest_of, parameters_of
from agelens.bundle.training_frame import TrainingFrame, read_training
from agelens.clocks.base import Manifest
from agelens.clocks.bundles import MAX_BYTES, load_clock, write_bundle
from agelens.clocks.estimators.fitted_model import FittedModel
from agelens.clocks.estimators.saved_pipeline import PIPELINE_FILE, load, save
from agelens.clocks.manifests import CARD, MANIFEST, PARAMETERS, finish_manifest, json_bytes
from agelens.clocks.smoke_test import try_out
from agelens.domain.errors import InvalidInput
from agelens.local_clock import LocalClock

LEVEL = 0.9
MOST_BYTES = MAX_BYTES // 2  # half of a bundle; the rest is more than background and card take
SAME = 1e-6  # in the clock's unit
# Histogram boosting splits at the training people's very values, which change sides with the last
# digit of a unit's factor; a column that was mistaken for another changes nearly everybody.
MOST_DIFFERENT = 0.25


@dataclass(frozen=True)
class Bundle:
    """A finished bundle, tried on a made-up person.

    Attributes
    ----------
    files : mapping of str to bytes
        By name, as they stand in the directory.
    """

    files: Mapping[str, bytes]

    @cached_property
    def clock(self) -> LocalClock:
        """The clock, to score in this process: what `agelens.load` gives for the directory."""
        return LocalClock(self.files)

    @property
    def manifest(self) -> Manifest:
        """What the bundle says of itself."""
        return self.clock.manifest

    def write(self, directory: str | PathLike[str]) -> Path:
        """Write the bundle into a directory; a bundle that is in it is replaced.

        Raises
        ------
        InvalidBundle
            If the directory holds anything but a bundle; nothing is changed then.
        """
        write_bundle(self.files, Path(directory))
        return Path(directory)


def from_estimator(
    estimator: Any,
    X: Any,  # noqa: N803
    y: Any = None,
    *,
    name: str,
    title: str,
    version: str = "1.0.0",
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, Any]] | None = None,
    X_calibration: Any = None,  # noqa: N803
    y_calibration: Any = None,
    level: float = LEVEL,
    no_interval: str = "no held-out people were given",
    explanation: str = "auto",
    background: int | None = None,
    seed: int = 0,
    unit: str = "years",
    price: int = 1,
    data: str | PathLike[str] | None = None,
    data_title: str | None = None,
    card: Mapping[str, str] | None = None,
) -> Bundle:
    """Make a bundle of a fitted pipeline: schema, card, explanation and interval.

    Parameters
    ----------
    estimator : estimator
        A fitted pipeline, or model, of scikit-learn; of a search, its best one is taken.
    X : pandas.DataFrame of shape (n_people, n_columns)
        What it was fitted on: training ranges, background people and the data's hash come from it.
    y : array of shape (n_people,), optional
        What it was fitted to.
    name, title, version : str
        `name` and `version` are what tasks ask for; `title` is for people.
    columns : mapping of str to str, optional
        A column's name to what it is: a registry key, or chronological_age. Columns that have such
        a name already need no entry.
    units : mapping of str to str, optional
        A registry key to the unit of its column, where that is not the registry's own.
    values : mapping of str to mapping, optional
        A choice's key to what the column holds for each of its choices:
        `{"sex": {"female": 2, "male": 1}}`.
    X_calibration, y_calibration : DataFrame and array, optional
        People whom the pipeline was not fitted on; they give the interval, and the card its figures.
    level : float
        Of the interval: the share of new people like the calibration people that it covers.
    no_interval : str
        Without calibration people: why there is no interval.
    explanation : {"auto", "additive", "tree", "exact"}
        Which Shapley values; see `agelens.clocks.estimators.explanations`. "auto" takes the first of
        them that adds up for this pipeline.
    background : int, optional
        How many background people; from the kind of explanation when absent. They are rows of X, which
        the bundle holds as they are.
    seed : int
        Of the choice of background people.
    unit : str
        Of the prediction.
    price : int
        In credits; the first one of a new clock.
    data : path, optional
        The file that X comes from, whose bytes are hashed; else X and y are.
    data_title : str, optional
        What the training data are called.
    card : mapping of str to str, optional
        Markdown for the card's headings: answers, is_not, data, measured, limits, source. What is not
        given is "not stated".

    Returns
    -------
    Bundle

    Raises
    ------
    InvalidInput
        Naming the argument, and what to do.

    Source
    ------
    Split conformal prediction: Lei et al., JASA 2018.
    """
    fitted = getattr(estimator, "best_estimator_", estimator)
    training = read_training(fitted, X, y, columns or {}, units or {}, values or {})
    content, trusted = _saved(fitted)
    model = FittedModel(load(content, trusted), training.columns)
    _check_same_numbers(fitted, model, training)
    chosen = choose(model, training, explanation, background, seed)
    held_out = calibrate(model, training, chosen, X_calibration, y_calibration, level)
    parameters = parameters_of(model, training, chosen, held_out)
    document = manifest_of(
        training,
        chosen,
        held_out,
        stated={"name": name, "version": version, "title": title, "unit": unit, "price": price},
        no_interval=no_interval,
        data=data,
        data_title=data_title,
        trusted=trusted,
    )
    text = card_of(document, training, chosen, held_out, card or {}, repr(fitted))
    return _finished(document, content, parameters, text)


def _saved(fitted: Any) -> tuple[bytes, list[str]]:
    try:
        content, trusted = save(fitted)
    except ValueError as error:
        raise InvalidInput.at("estimator", str(error)) from error
    if len(content) > MOST_BYTES:
        words = f"takes {len(content):,} bytes and may take {MOST_BYTES:,}: fewer or smaller trees"
        raise InvalidInput.at("estimator", words)
    return content, trusted


def _check_same_numbers(fitted: Any, model: FittedModel, training: TrainingFrame) -> None:
    """The saved pipeline, fed from canonical units, must say what the given one says of X."""
    people = training.frame.head(200)
    try:
        predictions, ours = fitted.predict(people), model.predict(training.canonical[: len(people)])
    except ValueError as error:
        raise InvalidInput.at("X", f"the estimator cannot predict these people: {error}") from error
    differ = float((abs(predictions.ravel() - ours) > SAME).mean())
    if differ > MOST_DIFFERENT:
        words = f"the saved pipeline differs for {differ:.0%} of X: was it fitted on other columns?"
        raise InvalidInput.at("estimator", words)


def _finished(
    document: Mapping[str, Any], content: bytes, parameters: Mapping[str, Any], text: str
) -> Bundle:
    files = {
        PIPELINE_FILE: content,
        PARAMETERS: json_bytes(parameters),
        CARD: text.encode("utf-8"),
    }
    bundle = Bundle({**files, MANIFEST: finish_manifest(document, files)})
    try_out(load_clock(bundle.files))
    return bundle
