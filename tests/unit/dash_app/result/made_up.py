"""A finished task as the client reads it, with whatever a test wants to be different."""

from typing import Any

from agelens.client import Task
from agelens.client.decoding import decode

RANGE = {"low": 3.9, "high": 5.6, "source": "made up"}
GLUCOSE = {
    "key": "glucose",
    "label": "Blood glucose",
    "kind": "number",
    "unit": "mmol/L",
    "units": [
        {"unit": "mmol/L", "factor": 1.0, "offset": 0.0},
        {"unit": "mg/dL", "factor": 0.05551, "offset": 0.0},
    ],
    "aliases": [{"name": "Glucose Level (mg/dL)", "columns": "kaggle", "unit": "mg/dL"}],
    "choices": [],
    "plausible": [1.5, 40.0],
    "training": [4.0, 10.0],
    "decimals": 1,
}
SMOKING = {
    "key": "smoking_status",
    "label": "Smoking",
    "kind": "choice",
    "unit": "",
    "units": [],
    "aliases": [],
    "choices": ["never", "former", "current"],
    "plausible": None,
    "training": None,
    "decimals": None,
}


def row(feature: str = "glucose", years: float = 2.0, **other: Any) -> dict[str, Any]:
    """One contribution."""
    plain = {
        "feature": feature,
        "label": "Blood glucose",
        "value": 6.1,
        "unit": "mmol/L",
        "years": years,
        "imputed": False,
        "clipped": False,
        "reference_range": RANGE,
        "modifiable": True,
    }
    return plain | other


def result(**other: Any) -> dict[str, Any]:
    """The wire shape of a result."""
    plain = {
        "prediction": 52.0,
        "unit": "years",
        "interval": {"low": 45.0, "high": 59.0, "level": 0.9, "method": "made up"},
        "interval_reason": None,
        "base_value": 50.0,
        "base_meaning": "a start",
        "contributions": [row()],
        "additivity_gap": 3e-14,
        "age_gap": {"raw": 2.0, "adjusted": 1.5, "percentile": 70.0, "reference": "some people"},
        "derived": {},
        "missing": [],
        "clipped": [],
        "warnings": [],
        "narrowing": None,
        "model": {"name": "a-clock", "version": "1.0.0", "sha256": "aa", "data_sha256": "bb"},
    }
    return plain | other


def wire(**other: Any) -> dict[str, Any]:
    """The wire shape of a task."""
    plain = {
        "id": "00000000-0000-0000-0000-000000000001",
        "status": "succeeded",
        "model": {"name": "a-clock", "version": "1.0.0"},
        "answers": {"glucose": 6.1},
        "units": {},
        "chronological_age": 50,
        "context": [],
        "baseline": None,
        "measured_on": None,
        "age_from_profile": False,
        "assessment_id": None,
        "price": 5,
        "charged": 5,
        "attempts": 1,
        "created_at": "2026-11-23T18:00:00.000001+00:00",
        "started_at": "2026-11-23T18:00:01+00:00",
        "finished_at": "2026-11-23T18:00:02+00:00",
        "validation_errors": [],
        "error": None,
        "result": result(),
    }
    return plain | other


def task(**other: Any) -> Task:
    """The same as the client reads it."""
    return decode(Task, wire(**other))
