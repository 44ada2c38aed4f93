"""Whether people bring other values to a clock than before, and others than it was trained on.

The latest results of a clock's active version are compared with those before them by the population
stability index (PSI) over the deciles of the earlier values: sum of (p - q) ln(p / q), p and q being
the shares of recent and earlier values in a bin. By a common rule of thumb below 0.1 is stable and
above 0.25 is a shift [1]_. Of each side at most 1,000 results are read, whatever there is.

.. [1] Siddiqi N. Credit Risk Scorecards. Wiley, 2006.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from agelens import wire
from agelens.services import model_registry
from agelens.storage import Task

MOST_RESULTS = 1_000  # on each side
LEAST_VALUES = 100  # on each side, for ten bins that mean something
BINS = 10
SMALLEST_SHARE = 0.5  # of one value, where a bin is empty

Values = Mapping[str, Sequence[float]]
Results = Sequence[tuple[datetime, list[dict[str, Any]]]]


def drift(session: Session, name: str) -> wire.Drift:
    """How the inputs of a clock's active version have moved.

    Raises
    ------
    NotFound
        If there is no such clock.
    """
    version = model_registry.resolve(session, name)
    results = _latest(session, version.id)
    middle = min(MOST_RESULTS, (len(results) + 1) // 2)
    recent, earlier = results[:middle], results[middle : middle + MOST_RESULTS]
    now, before = _values(recent), _values(earlier)
    features = model_registry.describe(session, version)["features"]
    return {
        "model": {"name": version.name, "version": version.version},
        "recent_from": _since(recent),
        "earlier_from": _since(earlier),
        "features": [
            _feature(feature, now.get(feature["key"], ()), before.get(feature["key"], ()))
            for feature in features
            if feature["kind"] != "choice"
        ],
    }


def population_stability_index(recent: Sequence[float], earlier: Sequence[float]) -> float | None:
    """PSI of two samples over the deciles of the earlier one; None where either is too small.

    Values that are all alike have no deciles: their bins are those that differ.
    """
    if min(len(recent), len(earlier)) < LEAST_VALUES:
        return None
    edges = np.unique(np.quantile(earlier, np.arange(1, BINS) / BINS))
    shares = []
    for values in (recent, earlier):
        counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
        shares.append(np.maximum(counts, SMALLEST_SHARE) / len(values))
    now, before = shares
    return float(np.sum((now - before) * np.log(now / before)))


def _latest(session: Session, version_id: uuid.UUID) -> Results:
    """The factors of the latest results of a version, newest first."""
    rows = session.execute(
        select(Task.created_at, Task.result["contributions"])
        .where(Task.model_version_id == version_id, Task.status == "succeeded")
        .order_by(Task.created_at.desc(), Task.id.desc())
        .limit(2 * MOST_RESULTS)
    )
    return [(row[0], row[1]) for row in rows]


def _values(results: Results) -> Values:
    """The measured numbers by biomarker, in canonical units."""
    values: dict[str, list[float]] = {}
    for _, factors in results:
        for factor in factors:
            if not factor["imputed"] and isinstance(factor["value"], int | float):
                values.setdefault(factor["feature"], []).append(float(factor["value"]))
    return values


def _feature(
    feature: Mapping[str, Any], recent: Sequence[float], earlier: Sequence[float]
) -> wire.InputDrift:
    training = feature["training"]
    outside = None
    if training and recent:
        low, high = training
        outside = sum(not low <= value <= high for value in recent) / len(recent)
    return {
        "feature": feature["key"],
        "label": feature["label"],
        "unit": feature["unit"],
        "recent": len(recent),
        "earlier": len(earlier),
        "recent_median": median(recent) if recent else None,
        "earlier_median": median(earlier) if earlier else None,
        "training": list(training) if training else None,
        "outside_training": outside,
        "psi": population_stability_index(recent, earlier),
    }


def _since(results: Results) -> str | None:
    if not results:
        return None
    return results[-1][0].astimezone(UTC).isoformat().replace("+00:00", "Z")
