"""Convert answers into what other packages draw; each is loaded when it is asked for.

All of them come with the `notebook` extra; `needs_notebook` names the one that is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agelens import wire
from agelens.client.errors import MissingExtra

if TYPE_CHECKING:
    from agelens.client.frames import DataFrame

CONTRIBUTION = "contribution:"


@contextmanager
def needs_notebook(feature: str) -> Iterator[None]:
    """Import within what only the `notebook` extra brings; MissingExtra where a package is not there."""
    try:
        yield
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "agelens"):
            raise
        raise MissingExtra(
            f"{feature} needs {package}, which is not installed: pip install 'agelens[notebook]'",
            name=package,
        ) from error


def frame_to_shap(frame: DataFrame, data: DataFrame | None = None) -> Any:
    """Contributions of many people as a `shap.Explanation`: `shap.plots.beeswarm(frame_to_shap(frame))`.

    Values have the shape (n_scored, n_features), base values the shape (n_scored,).

    Parameters
    ----------
    frame : DataFrame
        What `Client.predict_frame` or `Cohort.results` answers; rows with an error are left out.
    data : DataFrame, optional
        The people as they were submitted, in the same order, to colour by their values; a feature
        without a column of its name is NaN.

    Raises
    ------
    ValueError
        If the frame has no contributions, or `data` has another number of rows.
    """
    with needs_notebook("A shap.Explanation"):
        import numpy as np
        import shap
    names = [name for name in frame.columns if str(name).startswith(CONTRIBUTION)]
    if not names:
        raise ValueError("the frame has no contributions: ask for it with contributions=True")
    if data is not None and len(data) != len(frame):
        raise ValueError(f"data has {len(data)} rows, the frame has {len(frame)}")
    features = [name.removeprefix(CONTRIBUTION) for name in names]
    scored = frame["prediction"].notna().to_numpy()
    values = None if data is None else data.reset_index(drop=True).reindex(columns=features)
    return shap.Explanation(
        values=frame.loc[scored, names].to_numpy(dtype=np.float64),
        base_values=frame.loc[scored, "base_value"].to_numpy(dtype=np.float64),
        data=None if values is None else values.loc[scored].to_numpy(),
        feature_names=features,
    )


def result_to_shap(result: wire.Result) -> Any:
    """Contributions of one person as a `shap.Explanation`, values of the shape (n_features,)."""
    with needs_notebook("A shap.Explanation"):
        import numpy as np
        import shap
    parts = result["contributions"]
    values = [np.nan if each["value"] is None else each["value"] for each in parts]
    return shap.Explanation(
        values=np.array([each["years"] for each in parts]),
        base_values=result["base_value"],
        data=np.array(values, dtype=object),
        feature_names=[each["label"] for each in parts],
    )


def contributions_to_frame(contributions: Sequence[wire.Contribution]) -> DataFrame:
    """Contributions of one person as a frame, one row each."""
    with needs_notebook("A frame"):
        from agelens.client import frames
    return frames.contributions_frame(contributions)


def outcomes_to_frame(clocks: Sequence[str], outcomes: Sequence[Mapping[str, object]]) -> DataFrame:
    """What became of tasks as a frame, a row for each, by clock."""
    with needs_notebook("A frame"):
        from agelens.client import frames
    return frames.outcomes_frame(clocks, outcomes)


def result_to_waterfall(result: wire.Result, most: int) -> Any:
    """From the base value, factor by factor, to the prediction: a Plotly figure."""
    with needs_notebook("A figure"):
        from agelens import charts
    return charts.waterfall(result, most=most)


def results_to_forest(results: Mapping[str, wire.Result], chronological_age: float | None) -> Any:
    """What several clocks say of one panel, by their names: a Plotly figure."""
    with needs_notebook("A figure"):
        from agelens import charts
    return charts.forest(results, chronological_age=chronological_age)


def trend_to_figure(clocks: Sequence[wire.ClockTrend]) -> Any:
    """The results over time of the clocks that answer in the unit of the first: a Plotly figure."""
    with needs_notebook("A figure"):
        from agelens import charts
    unit = clocks[0]["unit"] if clocks else "years"
    return charts.trend([each for each in clocks if each["unit"] == unit], unit=unit)


def results_to_waterfall(
    before: wire.Result,
    after: wire.Result,
    most: int,
    *,
    version: Mapping[str, Any] | None,
    predictions: tuple[float, float],
) -> Any:
    """From one prediction, part by part, to the other: a Plotly figure."""
    with needs_notebook("A figure"):
        from agelens import charts
    return charts.comparison(before, after, most=most, version=version, predictions=predictions)
