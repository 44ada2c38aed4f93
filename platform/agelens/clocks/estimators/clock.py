"""A fitted scikit-learn pipeline as a clock."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from typing import Any

import numpy as np

from agelens.clocks.age_gap import reference_of
from agelens.clocks.base import AgeGapReference, BoolArray, FloatArray, Manifest, Scores, Table
from agelens.clocks.estimators.columns import PipelineColumn, canonical_of, column_from_json
from agelens.clocks.estimators.explanations import Explainer, explainer
from agelens.clocks.estimators.fitted_model import FittedModel
from agelens.clocks.estimators.saved_pipeline import PIPELINE_FILE, load
from agelens.clocks.manifests import MANIFEST, PARAMETERS, json_of
from agelens.clocks.marker_transforms import SEX, errors_of_missing_age
from agelens.domain.errors import InvalidBundle, Unavailable
from agelens.domain.panel import AGE

SAME = 1e-6  # in the clock's unit: how far the stored answers may be from those computed here
DECISIVE = ("numpy", "scikit-learn", "scipy", "skops")  # whose version may change a number
NO_NUMBER = "the pipeline gives no number for these values"
NO_ANSWER = "needs at least one biomarker"
ROUNDED = 1e-9  # relative: training ranges went through a unit's factor


@dataclass(frozen=True)
class EstimatorParameters:
    """What `parameters.json` holds beside the pipeline.

    Attributes
    ----------
    columns : tuple of PipelineColumn
    method : str
        How answers are explained: a key of `explanations.GAMES`.
    background : ndarray of float64, shape (n_background, n_columns)
        People of the training data, in canonical units; NaN is missing.
    answers : ndarray of float64, shape (n_background,)
        The pipeline's numbers of the background people where the bundle was made.
    half_width : float, optional
        Of the interval, in the clock's unit.
    may_lack : tuple of str
        The features that somebody may lack and still have the interval.
    age_range : tuple of float, optional
        The ages of the training people.
    """

    columns: tuple[PipelineColumn, ...]
    method: str
    background: FloatArray
    answers: FloatArray
    half_width: float | None
    may_lack: tuple[str, ...]
    age_range: tuple[float, float] | None


class EstimatorClock:
    """A pipeline's prediction, its Shapley values and its conformal interval.

    The pipeline is loaded at once where scikit-learn is installed. Where it is not, or in another
    version that computes other numbers, the clock still says what it needs, and refuses to score.

    Parameters
    ----------
    manifest : Manifest
    parameters : EstimatorParameters
    saved : bytes
        The pipeline, saved with skops.
    trusted : sequence of str
        The types that the manifest names.
    reference : AgeGapReference, optional
    """

    ages: tuple[float, float] | None = None

    def __init__(
        self,
        manifest: Manifest,
        parameters: EstimatorParameters,
        saved: bytes,
        trusted: Sequence[str],
        reference: AgeGapReference | None = None,
    ) -> None:
        self.manifest = manifest
        self.parameters = parameters
        self.reference = reference
        self.validated_ages = parameters.age_range
        self._saved, self._trusted = saved, tuple(trusted)
        try:
            self._loaded  # noqa: B018
        except ModuleNotFoundError:
            pass  # `score` says so
        except ValueError:
            # After an upgrade of scikit-learn the service must still start, with its other clocks;
            # `score` refuses then.
            if self._made_with_these_libraries():
                raise

    @cached_property
    def _loaded(self) -> tuple[FittedModel, Explainer]:
        parameters = self.parameters
        try:
            model = FittedModel(load(self._saved, self._trusted), parameters.columns)
            predictions = model.predict(parameters.background)
            explain = explainer(parameters.method, model, parameters.background)
        except ModuleNotFoundError:
            raise
        except Exception as error:  # whatever a pipeline raises; the bundle is what is wrong
            raise ValueError(f"the pipeline cannot be used: {error}"[:500]) from error
        worst = np.abs(predictions - parameters.answers).max()
        if not worst <= SAME:
            made = self.manifest.libraries.get("scikit-learn", "?")
            raise ValueError(
                f"the pipeline's numbers differ by {worst:g} from where it was made, with "
                f"scikit-learn {made}; install that version, or make the bundle again"
            )
        return model, explain

    def _made_with_these_libraries(self) -> bool:
        stated = self.manifest.libraries
        return all(stated.get(name) == metadata.version(name) for name in DECISIVE)

    @property
    def markers(self) -> tuple[str, ...]:
        """The keys of its biomarkers, in the order of the contributions."""
        return tuple(column.key for column in self.parameters.columns if column.key != AGE)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The keys of the features that everybody must have."""
        return tuple(feature.key for feature in self.manifest.features if feature.required)

    def lacks(self, answered: Collection[str]) -> str | None:
        """A message naming the missing features; None if the panel can be scored."""
        if SEX in self.required and SEX not in answered:
            return f"needs {SEX}"
        needed = [key for key in self.required if key != SEX]
        if lacking := [key for key in needed if key not in answered]:
            return f"needs {', '.join(needed)}; missing: {', '.join(lacking)}"
        return None if any(key in answered for key in self.markers) else NO_ANSWER

    def score(self, table: Table) -> Scores:
        """Score and explain every person.

        Parameters
        ----------
        table : Table

        Returns
        -------
        Scores
            Shapley values of the game that the manifest names; each answer adds up to the last digits
            or the caller refuses it.

        Raises
        ------
        Unavailable
            If scikit-learn, skops or (for trees) shap is not installed.
        InvalidBundle
            If the installed versions cannot read the pipeline, or compute other numbers with it.
        """
        try:
            model, explain = self._loaded
        except ModuleNotFoundError as error:
            raise Unavailable(str(error)) from error
        except ValueError as error:
            raise InvalidBundle.at(PIPELINE_FILE, str(error)) from error
        canonical = canonical_of(self.parameters.columns, table)
        errors = self._errors(table, canonical)
        good = np.ones(len(table), dtype=bool)
        good[list(errors)] = False
        rows = np.flatnonzero(good)
        answers = np.full((len(table), 2 + len(self.markers)), np.nan)
        for row, words in _answer(model, explain, canonical, rows, answers).items():
            errors[row] = words
        return self._scores(table, answers, errors)

    def _errors(self, table: Table, canonical: FloatArray) -> dict[int, str]:
        errors: dict[int, str] = {}
        missing = np.isnan(canonical)
        players = [c.key != AGE for c in self.parameters.columns]
        for row in np.flatnonzero(missing[:, players].all(axis=1)).tolist():
            errors[row] = NO_ANSWER
        for index, column in enumerate(self.parameters.columns):
            for row in np.flatnonzero(column.unknown(canonical[:, index])).tolist():
                errors[row] = f"{column.key}: nobody in the training data had this answer"
            if column.key in self.required:
                for row in np.flatnonzero(missing[:, index]).tolist():
                    errors[row] = f"missing: {column.key}"
        if self.manifest.needs_age:
            errors |= errors_of_missing_age(table.chronological_age)
        return errors

    def _scores(self, table: Table, answers: FloatArray, errors: Mapping[int, str]) -> Scores:
        answers[list(errors)] = np.nan
        prediction, base, contributions = answers[:, 0], answers[:, 1], answers[:, 2:]
        missing = np.column_stack([np.isnan(table.column(key)) for key in self.markers])
        low, high = self._interval(prediction, missing)
        return Scores(
            self.markers,
            prediction,
            low,
            high,
            base,
            np.nan_to_num(contributions),
            missing,
            np.zeros(missing.shape, dtype=bool),
            errors,
            extrapolated=self._beyond_training(table),
        )

    def _interval(
        self, prediction: FloatArray, missing: BoolArray
    ) -> tuple[FloatArray, FloatArray]:
        """The conformal interval of those who lack no more than the calibration people did."""
        half = self.parameters.half_width
        if half is None:
            return np.full(len(prediction), np.nan), np.full(len(prediction), np.nan)
        strange = [key not in self.parameters.may_lack for key in self.markers]
        half_widths = np.where(missing[:, strange].any(axis=1), np.nan, half)
        return prediction - half_widths, prediction + half_widths

    def _beyond_training(self, table: Table) -> BoolArray:
        ranges = {feature.key: feature.training for feature in self.manifest.features}
        beyond = np.zeros((len(table), len(self.markers)), dtype=bool)
        for index, key in enumerate(self.markers):
            if bounds := ranges[key]:
                values = table.column(key)
                low, high = bounds[0] - ROUNDED * abs(bounds[0]), bounds[1]
                beyond[:, index] = (values < low) | (values > high + ROUNDED * abs(high))
        return beyond


def _answer(
    model: FittedModel, explain: Explainer, canonical: FloatArray, rows: Any, answers: FloatArray
) -> dict[int, str]:
    """Fill in prediction, base value and contributions of these rows; what is wrong with others.

    Where the pipeline refuses a row, halves find it: the others are not its victims.
    """
    if not len(rows):
        return {}
    try:
        prediction = model.predict(canonical[rows])
        explanation = explain(canonical[rows])
    except Exception as error:  # whatever a pipeline raises
        if len(rows) == 1:
            first_line = str(error)[:200].partition("\n")[0]
            return {int(rows[0]): f"{NO_NUMBER}: {first_line}"}
        middle = len(rows) // 2
        halves = (rows[:middle], rows[middle:])
        return {
            row: words
            for half in halves
            for row, words in _answer(model, explain, canonical, half, answers).items()
        }
    answers[rows] = np.column_stack([prediction, explanation.base_value, explanation.contributions])
    wrong = ~np.isfinite(answers[rows]).all(axis=1)
    return dict.fromkeys(rows[wrong].tolist(), NO_NUMBER)


def build_clock(manifest: Manifest, files: Mapping[str, bytes]) -> EstimatorClock:
    """The clock of a bundle's files; KeyError, TypeError or ValueError when they are not one's."""
    document, stated = json_of(files, PARAMETERS), json_of(files, MANIFEST)
    columns = tuple(column_from_json(entry) for entry in document["columns"])
    _check_columns(manifest, columns)
    background = np.array(document["background"], dtype=float)
    answers = np.array(document["answers"], dtype=float)
    if background.ndim != 2 or background.shape != (len(answers), len(columns)) or not len(answers):
        raise ValueError("the background is a row of values, and an answer, for each person")
    half = document["half_width"]
    ages = document["age_range"]
    parameters = EstimatorParameters(
        columns,
        str(document["method"]),
        background,
        answers,
        None if half is None else _positive(half),
        tuple(str(key) for key in document["may_lack"]),
        None if ages is None else (float(ages[0]), float(ages[1])),
    )
    if (half is None) != (manifest.interval_level is None):
        raise ValueError("an interval has a level and a width, or neither")
    trusted = [str(name) for name in stated["trusted_types"]]
    return EstimatorClock(manifest, parameters, files[PIPELINE_FILE], trusted, reference_of(files))


def _check_columns(manifest: Manifest, columns: Sequence[PipelineColumn]) -> None:
    keys = [column.key for column in columns]
    if len(set(keys)) < len(keys) or len({c.name for c in columns}) < len(columns):
        raise ValueError("two columns of the pipeline have the same name, or the same answer")
    if [key for key in keys if key != AGE] != [feature.key for feature in manifest.features]:
        raise ValueError("the features are not the columns of the pipeline")
    if not manifest.features or (AGE in keys) != manifest.needs_age:
        raise ValueError("a pipeline reads biomarkers, and needs_age says whether also the age")


def _positive(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e6:
        raise ValueError("the interval's half width is a number of years")
    return float(value)
