"""Contributions as `shap.Explanation`, for the plots of the package shap. Needs the `notebook` extra."""

from __future__ import annotations

import numpy as np
import shap

from agelens.client.frames import DataFrame
from agelens.client.results import Result

PREFIX = "contribution:"


def of_result(result: Result) -> shap.Explanation:
    """One person: values, shape (n_features,), and the base value add up to the prediction."""
    told = result.contributions
    return shap.Explanation(
        values=np.array([each.years for each in told]),
        base_values=result.base_value,
        data=np.array([_shown(each.value) for each in told], dtype=object),
        feature_names=[each.label for each in told],
    )


def of_frame(frame: DataFrame, data: DataFrame | None) -> shap.Explanation:
    """Many people: values, shape (n_scored, n_features), base values, shape (n_scored,).

    Parameters
    ----------
    frame : DataFrame
        What `predict_frame` or `Cohort.results` answers; rows with an error are left out.
    data : DataFrame, optional
        The people as they were submitted, in the same order; a feature without a column of its
        name is NaN.

    Raises
    ------
    ValueError
        If the frame has no contributions, or `data` has another number of rows.
    """
    names = [name for name in frame.columns if str(name).startswith(PREFIX)]
    if not names:
        raise ValueError("the frame has no contributions: ask for it with contributions=True")
    if data is not None and len(data) != len(frame):
        raise ValueError(f"data has {len(data)} rows, the frame has {len(frame)}")
    features = [name.removeprefix(PREFIX) for name in names]
    scored = frame["prediction"].notna().to_numpy()
    known = None if data is None else data.reset_index(drop=True).reindex(columns=features)
    return shap.Explanation(
        values=frame.loc[scored, names].to_numpy(dtype=np.float64),
        base_values=frame.loc[scored, "base_value"].to_numpy(dtype=np.float64),
        data=None if known is None else known.loc[scored].to_numpy(),
        feature_names=features,
    )


def _shown(value: float | str | None) -> float | str:
    return np.nan if value is None else value
