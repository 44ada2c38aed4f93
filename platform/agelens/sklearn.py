"""scikit-learn estimator around a clock, for pipelines. Needs scikit-learn."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from pandas import DataFrame

from agelens.clocks.base import FloatArray
from agelens.domain.panel import AGE
from agelens.local_clock import LocalClock, load
from agelens.tables.batch_reader import ColumnOptions
from agelens.tables.frame_scorer import FrameScorer
from agelens.tables.frames import ARROW_STREAM, Frame, open_frame

try:
    from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin
    from sklearn.utils.validation import (
        check_consistent_length,
        check_is_fitted,
        validate_data,
    )
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "sklearn":
        raise
    words = (
        "agelens.sklearn needs scikit-learn, which is not installed: pip install 'agelens[train]'"
    )
    raise ModuleNotFoundError(words, name="sklearn") from error


class ClockRegressor(RegressorMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A clock as a regressor that is trained already, and as a transformer into ages.

    Frames are read by the names of their columns, as `agelens.LocalClock.predict` reads them. An array
    has no names: fitted on an array, its columns are all of `inputs`, in that order; fitted on a
    frame, those of the frame.

    Parameters
    ----------
    clock : str, path or LocalClock
        What `agelens.load` takes, or gives.
    units : mapping of str to str, optional
        A biomarker's key to the unit of its column; canonical when absent.
    mapping : mapping of str to str, optional
        A column's name to what it answers: a biomarker's key, chronological_age, or ignored.
    columns : str
        Whose names the other columns have: agelens, kaggle or bioage-r.
    values : mapping of str to mapping of str to str, optional
        What codes stand for, by key or column: {"sex": {"1": "male", "2": "female"}}.
    censored : str, optional
        `limit`: cells such as "<0.3" are read as their limit; else their rows are not scored.

    Attributes
    ----------
    clock_ : LocalClock
    n_features_in_ : int
    feature_names_in_ : ndarray of str, shape (n_features,)
        Only when it was fitted on a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> from agelens.sklearn import ClockRegressor
    >>> people = pd.DataFrame({"systolic_bp": [121, 150], "smoking_status": ["never", "current"]})
    >>> ClockRegressor("kaggle-age").fit(people).predict(people).round(1)
    array([37.9, 68.6])
    """

    def __init__(
        self,
        clock: Any = "kaggle-age",
        *,
        units: Mapping[str, str] | None = None,
        mapping: Mapping[str, str] | None = None,
        columns: str = "agelens",
        values: Mapping[str, Mapping[str, str]] | None = None,
        censored: str | None = None,
    ) -> None:
        self.clock = clock
        self.units = units
        self.mapping = mapping
        self.columns = columns
        self.values = values
        self.censored = censored

    @property
    def inputs(self) -> tuple[str, ...]:
        """What the columns of an array answer: the age where the clock needs it, then its biomarkers."""
        manifest = self._opened().manifest
        return (*([AGE] if manifest.needs_age else []), *manifest.informative)

    def fit(self, X: Any, y: Any = None) -> Self:
        """Check that the clock can read the columns; nothing is learned.

        Parameters
        ----------
        X : frame or array of shape (n_people, n_features)
        y : array of shape (n_people,), optional
            Only counted.

        Returns
        -------
        self

        Raises
        ------
        InvalidInput
            If the columns of a frame cannot be read so, or one is missing that every row needs.
        ValueError
            If an array has another number of columns than `inputs`, or `y` another number of rows.
        """
        self.clock_ = self._opened()
        if y is not None:
            check_consistent_length(X, y)
        self._scorer(self._people(X, reset=True)).warn_of_unread(stacklevel=2)
        return self

    def predict(self, X: Any) -> FloatArray:
        """The clock's number of every row.

        Parameters
        ----------
        X : frame or array of shape (n_people, n_features)

        Returns
        -------
        ndarray of float64, shape (n_people,)
            In the clock's unit; NaN where a row cannot be scored. `LocalClock.predict` says why.
        """
        return self._answers(X, ["prediction"])[:, 0]

    def transform(self, X: Any) -> Any:
        """The clock's number, and how far it is ahead of the age, as features of another model.

        Parameters
        ----------
        X : frame or array of shape (n_people, n_features)

        Returns
        -------
        ndarray of float64, shape (n_people, n_out)
            Columns as `get_feature_names_out` has them; a frame where `set_output` says so.
        """
        return self._answers(X, ["prediction", *self._gap()])

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The clock's name and, where it tells an age and reads one, `<name>_age_gap`."""
        check_is_fitted(self)
        name = self.clock_.name
        return np.array([name, *(f"{name}_{gap}" for gap in self._gap())], dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.regressor_tags.poor_score = True  # it does not learn from what it is tried on
        return tags

    def _opened(self) -> LocalClock:
        return self.clock if isinstance(self.clock, LocalClock) else load(self.clock)

    def _gap(self) -> list[str]:
        manifest = self.clock_.manifest
        return ["age_gap"] if manifest.needs_age and manifest.unit == "years" else []

    def _answers(self, X: Any, columns: list[str]) -> FloatArray:
        check_is_fitted(self)
        frame = self._people(X, reset=False)
        table = self._scorer(frame).table(frame, contributions=False)
        return np.column_stack([table[name].to_numpy() for name in columns])

    def _people(self, X: Any, *, reset: bool) -> Frame:
        if hasattr(X, ARROW_STREAM):
            validate_data(self, X, reset=reset, skip_check_array=True)
            if hasattr(self, "feature_names_in_"):
                return open_frame(X)
        X = validate_data(self, X, reset=reset, dtype=None, ensure_all_finite="allow-nan")
        names = getattr(self, "feature_names_in_", None)
        if names is None:
            names = self._names_of_array(X.shape[1])
        return open_frame(DataFrame(X, columns=list(names)))

    def _names_of_array(self, n_features: int) -> tuple[str, ...]:
        names = self.inputs
        if n_features != len(names):
            words = f"X has {n_features} feature(s), but of an array {self.clock_.name} reads "
            raise ValueError(f"{words}{len(names)}: {', '.join(names)}")
        return names

    def _scorer(self, frame: Frame) -> FrameScorer:
        reading_options = (
            self.mapping or {},
            self.units or {},
            None,
            self.values or {},
            self.censored,
        )
        options = ColumnOptions(self.columns, *reading_options)
        return FrameScorer(self.clock_.clock, frame.header, options)
