"""Answers as what other packages draw; those are loaded when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agelens.client.extras import needs_notebook

if TYPE_CHECKING:
    from agelens.client.frames import DataFrame
    from agelens.client.results import Result


def frame_to_shap(frame: DataFrame, data: DataFrame | None = None) -> Any:
    """Contributions of many people as a `shap.Explanation`: `shap.plots.beeswarm(frame_to_shap(frame))`.

    Parameters
    ----------
    frame : DataFrame
        What `Client.predict_frame` or `Cohort.results` answers; rows with an error are left out.
    data : DataFrame, optional
        The people as they were submitted, in the same order, to colour by their values.
    """
    with needs_notebook("A shap.Explanation"):
        from agelens.client import explanations
    return explanations.of_frame(frame, data)


def result_to_shap(result: Result) -> Any:
    """Contributions of one person as a `shap.Explanation`."""
    with needs_notebook("A shap.Explanation"):
        from agelens.client import explanations
    return explanations.of_result(result)


def result_to_frame(result: Result) -> DataFrame:
    """Contributions of one person as a frame, one row each."""
    with needs_notebook("A frame"):
        from agelens.client import frames
    return frames.of_contributions(result.wire["contributions"])


def result_waterfall(result: Result, most: int) -> Any:
    """Contributions of one person as a figure."""
    with needs_notebook("A figure"):
        from agelens.client import figures
    return figures.waterfall(result.wire, most)
