"""Panels and trends as the service answers them."""

from typing import Any

NO_NOISE = {"minimum_detectable_change": None, "real": None, "reason": "made up"}


def result(**more: Any) -> dict[str, Any]:
    """A finished task in short."""
    told = {
        "task_id": "t", "status": "succeeded", "model": {"name": "clock", "version": "1.0.0"},
        "unit": "years", "prediction": 50.0, "interval": None, "age_gap": None, "price": 10,
        "charged": 10, "validation_errors": [], "error": None,
    }  # fmt: skip
    return told | more


def draft(**more: Any) -> dict[str, Any]:
    """A draft in short."""
    return result(status="draft", prediction=None, charged=0, **more)


def entry(*results: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A panel; one task of its own if nothing else is said."""
    told = {
        "id": "t", "assessment_id": None, "measured_on": "2025-03-31",
        "created_at": "2026-05-04T21:30:00+00:00", "chronological_age": 52,
        "results": list(results or [result()]),
    }  # fmt: skip
    return told | more


def change(of: float, *, since: str, **more: Any) -> dict[str, Any]:
    """A change that is within noise."""
    told = {"since": since, "change": of, "minimum_detectable_change": 4.0, "real": False}
    return {**told, "reason": None, **more}


def point(day: str, prediction: float = 50.0, **more: Any) -> dict[str, Any]:
    """A result of that day, whose task has the name of the day."""
    told = {
        "task_id": day, "assessment_id": None, "measured_on": day, "version": "1.0.0",
        "created_at": f"{day}T10:00:00+00:00", "chronological_age": 52, "interval": None,
        "change": None,
    }  # fmt: skip
    return {"prediction": prediction, **told, **more}


def clock(*points: dict[str, Any], model: str = "clock", **more: Any) -> dict[str, Any]:
    """A clock's trend."""
    told = {"model": model, "unit": "years", "points": list(points), "overall": None}
    return told | more


def trend(*clocks: dict[str, Any], complete: bool = True) -> dict[str, Any]:
    """Of some clocks."""
    return {"clocks": list(clocks), "complete": complete}
