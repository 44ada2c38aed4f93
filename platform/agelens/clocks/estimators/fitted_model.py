"""A fitted pipeline as a function from canonical values to numbers, and the origin of its columns."""

import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from agelens.clocks.base import FloatArray
from agelens.clocks.estimators.columns import PipelineColumn, frame_of
from agelens.clocks.estimators.native_structures import parts, type_name
from agelens.clocks.estimators.trusted_types import TREES

# Each of their columns comes out as one column, in the same place.
_COLUMNWISE = {
    f"sklearn.preprocessing._data.{name}"
    for name in ("MaxAbsScaler", "MinMaxScaler", "PowerTransformer", "QuantileTransformer")
} | {
    "sklearn.preprocessing._data.RobustScaler",
    "sklearn.preprocessing._data.StandardScaler",
    "sklearn.preprocessing._encoders.OrdinalEncoder",
}
PIPELINE = "sklearn.pipeline.Pipeline"
COLUMN_TRANSFORMER = "sklearn.compose._column_transformer.ColumnTransformer"

Origins = list[int]  # the place of the input column that each transformed column comes from


class FittedModel:
    """A fitted pipeline with the columns that it reads.

    Parameters
    ----------
    pipeline : estimator
        Of scikit-learn, with `predict`.
    columns : sequence of PipelineColumn
    """

    def __init__(self, pipeline: Any, columns: Sequence[PipelineColumn]) -> None:
        self.pipeline = _one_thread(pipeline)
        self.columns = tuple(columns)

    @cached_property
    def _threads(self) -> Any:
        from threadpoolctl import ThreadpoolController

        return ThreadpoolController()

    def one_thread(self) -> Any:
        """A context in which compiled code uses one thread: workers share the processors.

        A team of OpenMP threads would not survive a fork, either.
        """
        return self._threads.limit(limits=1)

    def frame(self, canonical: FloatArray) -> Any:
        """The frame that the pipeline reads."""
        return frame_of(self.columns, canonical)

    def predict(self, canonical: FloatArray) -> FloatArray:
        """The pipeline's number for every person.

        Parameters
        ----------
        canonical : ndarray of float64, shape (n_people, n_columns)
            NaN is missing.

        Returns
        -------
        ndarray of float64, shape (n_people,)

        Raises
        ------
        ValueError
            If the pipeline cannot read one of the rows.
        """
        with self.one_thread(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = np.asarray(self.pipeline.predict(self.frame(canonical)), dtype=float)
        if found.shape not in ((len(canonical),), (len(canonical), 1)):
            raise ValueError("the pipeline must predict one number for each person")
        return found.ravel()

    @cached_property
    def final(self) -> Any:
        """The last step: the model itself."""
        return self.pipeline.steps[-1][1] if type_name(self.pipeline) == PIPELINE else self.pipeline

    @property
    def is_tree(self) -> bool:
        """Whether the last step is a tree or a sum of trees."""
        return type_name(self.final) in TREES

    @cached_property
    def origins(self) -> Origins | None:
        """The input column of each column that the last step reads; None where one has several."""
        every = list(range(len(self.columns)))
        if type_name(self.pipeline) != PIPELINE:
            return every
        names = [column.name for column in self.columns]
        return _through_steps(self.pipeline.steps[:-1], every, names)

    def transformed(self, canonical: FloatArray) -> FloatArray:
        """What the last step reads, shape (n_people, n_transformed)."""
        frame = self.frame(canonical)
        if type_name(self.pipeline) != PIPELINE or len(self.pipeline.steps) == 1:
            found = frame
        else:
            with self.one_thread(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = self.pipeline[:-1].transform(frame)
        dense = found.toarray() if hasattr(found, "toarray") else found
        return np.asarray(dense, dtype=float)


def _one_thread(pipeline: Any) -> Any:
    """The same pipeline, told to start no threads or processes of its own."""
    waiting, seen = [pipeline], set()
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if hasattr(thing, "get_params") and "n_jobs" in vars(thing):
            thing.n_jobs = None
        waiting.extend(part for part in parts(thing) if not isinstance(part, str | int | float))
    return pipeline


def _through_steps(
    steps: Sequence[tuple[str, Any]], origins: Origins, names: Sequence[str]
) -> Origins | None:
    found: Origins | None = origins
    for place, (_, step) in enumerate(steps):
        if found is None:
            return None
        # only the first step sees the frame's own names
        found = _through(step, found, names if place == 0 else ())
    return found


def _through(step: Any, origins: Origins, names: Sequence[str] = ()) -> Origins | None:
    """The origins of what a transformer makes of columns with these origins."""
    name = type_name(step)
    if isinstance(step, str) or name in _COLUMNWISE:
        return origins if not isinstance(step, str) or step == "passthrough" else []
    if name == PIPELINE:
        return _through_steps(step.steps, origins, names)
    if name == COLUMN_TRANSFORMER:
        return _through_columns(step, origins, names)
    if name.endswith("impute._base.SimpleImputer"):
        statistics = np.asarray(step.statistics_)
        kept = statistics.dtype == object or not np.isnan(statistics.astype(float)).any()
        return origins if kept and not step.add_indicator else None
    if name.endswith("_encoders.OneHotEncoder"):
        return [o for o, n in zip(origins, step._n_features_outs, strict=True) for _ in range(n)]
    if name.endswith("_polynomial.SplineTransformer"):
        each = step.n_features_out_ // len(origins)
        return [origin for origin in origins for _ in range(each)]
    if name.endswith("_function_transformer.FunctionTransformer"):
        return origins if step.func is None or isinstance(step.func, np.ufunc) else None
    return None


def _through_columns(step: Any, origins: Origins, names: Sequence[str]) -> Origins | None:
    found: dict[int, int] = {}
    for name, transformer, chosen in step.transformers_:
        where = step.output_indices_[name]
        places = _places(chosen, names, len(origins))
        inside = None if places is None else [origins[place] for place in places]
        # the choice of columns was by name, so what is inside sees the names of its own columns
        inner = [names[place] for place in places] if places is not None and names else ()
        after = _through(transformer, inside, inner) if inside is not None else None
        width = where.stop - where.start
        if width and (after is None or len(after) != width):
            return None
        found |= dict(zip(range(where.start, where.stop), after or (), strict=False))
    return [found[place] for place in range(len(found))]


def _places(chosen: Any, names: Sequence[str], n_columns: int) -> list[int] | None:
    """The places of the columns that a part of a ColumnTransformer reads."""
    every = list(range(n_columns))
    if isinstance(chosen, slice) and all(
        each is None or isinstance(each, int) for each in (chosen.start, chosen.stop)
    ):
        return every[chosen]
    if isinstance(chosen, str | int):
        chosen = [chosen]
    try:
        listed = np.asarray(list(chosen))
        if listed.dtype == bool:
            return [place for place in every if listed[place]]
        by_name = {name: place for place, name in enumerate(names)}
        return [by_name[each] if isinstance(each, str) else every[each] for each in listed.tolist()]
    except (TypeError, KeyError, IndexError):
        return None
