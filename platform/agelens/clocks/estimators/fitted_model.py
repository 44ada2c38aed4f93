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

Origins = list[int]  # the index of the input column that each transformed column comes from


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
            numbers = np.asarray(self.pipeline.predict(self.frame(canonical)), dtype=float)
        if numbers.shape not in ((len(canonical),), (len(canonical), 1)):
            raise ValueError("the pipeline must predict one number for each person")
        return numbers.ravel()

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
        all_columns = list(range(len(self.columns)))
        if type_name(self.pipeline) != PIPELINE:
            return all_columns
        names = [column.name for column in self.columns]
        return _through_steps(self.pipeline.steps[:-1], all_columns, names)

    def transformed(self, canonical: FloatArray) -> FloatArray:
        """What the last step reads, shape (n_people, n_transformed)."""
        frame = self.frame(canonical)
        if type_name(self.pipeline) != PIPELINE or len(self.pipeline.steps) == 1:
            columns = frame
        else:
            with self.one_thread(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                columns = self.pipeline[:-1].transform(frame)
        dense = columns.toarray() if hasattr(columns, "toarray") else columns
        return np.asarray(dense, dtype=float)


def _one_thread(pipeline: Any) -> Any:
    """The same pipeline, told to start no threads or processes of its own."""
    pending, visited = [pipeline], set()
    while pending:
        node = pending.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        if hasattr(node, "get_params") and "n_jobs" in vars(node):
            node.n_jobs = None
        pending.extend(part for part in parts(node) if not isinstance(part, str | int | float))
    return pipeline


def _through_steps(
    steps: Sequence[tuple[str, Any]], origins: Origins, names: Sequence[str]
) -> Origins | None:
    current_origins: Origins | None = origins
    for index, (_, step) in enumerate(steps):
        if current_origins is None:
            return None
        # only the first step sees the frame's own names
        current_origins = _through(step, current_origins, names if index == 0 else ())
    return current_origins


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
        keeps_columns = statistics.dtype == object or not np.isnan(statistics.astype(float)).any()
        return origins if keeps_columns and not step.add_indicator else None
    if name.endswith("_encoders.OneHotEncoder"):
        return [o for o, n in zip(origins, step._n_features_outs, strict=True) for _ in range(n)]
    if name.endswith("_polynomial.SplineTransformer"):
        n_curves = step.n_features_out_ // len(origins)
        return [origin for origin in origins for _ in range(n_curves)]
    if name.endswith("_function_transformer.FunctionTransformer"):
        return origins if step.func is None or isinstance(step.func, np.ufunc) else None
    return None


def _through_columns(step: Any, origins: Origins, names: Sequence[str]) -> Origins | None:
    origin_by_output: dict[int, int] = {}
    for name, transformer, selection in step.transformers_:
        outputs = step.output_indices_[name]
        indices = _selected_indices(selection, names, len(origins))
        inner_origins = None if indices is None else [origins[index] for index in indices]
        # the choice of columns was by name, so what is inside sees the names of its own columns
        inner_names = [names[index] for index in indices] if indices is not None and names else ()
        origins_after = (
            _through(transformer, inner_origins, inner_names) if inner_origins is not None else None
        )
        width = outputs.stop - outputs.start
        if width and (origins_after is None or len(origins_after) != width):
            return None
        origin_by_output |= dict(
            zip(range(outputs.start, outputs.stop), origins_after or (), strict=False)
        )
    return [origin_by_output[index] for index in range(len(origin_by_output))]


def _selected_indices(selection: Any, names: Sequence[str], n_columns: int) -> list[int] | None:
    """The indices of the columns that a part of a ColumnTransformer reads."""
    all_indices = list(range(n_columns))
    if isinstance(selection, slice) and all(
        item is None or isinstance(item, int) for item in (selection.start, selection.stop)
    ):
        return all_indices[selection]
    if isinstance(selection, str | int):
        selection = [selection]
    try:
        selected = np.asarray(list(selection))
        if selected.dtype == bool:
            return [index for index in all_indices if selected[index]]
        by_name = {name: index for index, name in enumerate(names)}
        return [
            by_name[item] if isinstance(item, str) else all_indices[item]
            for item in selected.tolist()
        ]
    except (TypeError, KeyError, IndexError):
        return None
