"""Area under the ROC curve of death within a horizon, with censored follow-up."""

from typing import Literal

import numpy as np
from agelens.clocks.base import BoolArray, FloatArray

from model_training.survival.kaplan_meier import still_followed

TEN_YEARS = 120.0  # months
Censoring = Literal["known", "weighted"]


def auc_at(
    time_months: FloatArray,
    died: FloatArray | BoolArray,
    risk: FloatArray,
    *,
    censoring: Censoring,
    horizon_months: float = TEN_YEARS,
    weights: FloatArray | None = None,
) -> float:
    """How often somebody who died by the horizon was given a higher risk than a survivor of it.

    Parameters
    ----------
    time_months : ndarray of float64, shape (n_people,)
    died : ndarray of float64 or bool, shape (n_people,)
    risk : ndarray of float64, shape (n_people,)
    censoring : str
        What becomes of people censored before the horizon, who are neither. "known": they are left
        out, and the others count alike. "weighted": they are left out, and a death counts for those
        who would have been seen to die then, had they not been censored before.
    horizon_months : float
    weights : ndarray of float64, shape (n_people,), optional
        How often each person counts.

    Raises
    ------
    ValueError
        If nobody died by the horizon or nobody was followed beyond it.

    Source
    ------
    Cumulative cases, dynamic controls: Uno et al., JASA 2007; Hung & Chiang, 2010.
    """
    weights = np.ones(len(risk)) if weights is None else weights
    dead = np.asarray(died, dtype=bool) & (time_months <= horizon_months)
    alive = time_months > horizon_months
    if weights[dead].sum() == 0 or weights[alive].sum() == 0:
        raise ValueError("there are no deaths before the horizon, or nobody lived beyond it")
    counts = weights[dead]
    if censoring == "weighted":
        counts = counts / still_followed(time_months, died, weights)[dead]
    order = np.argsort(risk[alive], kind="stable")
    cumulative_weight = np.concatenate([[0.0], weights[alive][order].cumsum()])
    controls = risk[alive][order]
    lower = cumulative_weight[np.searchsorted(controls, risk[dead], "left")]
    not_higher = cumulative_weight[np.searchsorted(controls, risk[dead], "right")]
    return float(counts @ (lower + not_higher)) / float(2 * counts.sum() * cumulative_weight[-1])
