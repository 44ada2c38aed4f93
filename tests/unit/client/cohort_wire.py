"""A cohort as the service tells it, made up."""

from typing import Any

COHORT: dict[str, Any] = {
    "id": "c1",
    "status": "queued",
    "name": "people.csv",
    "format": "csv",
    "model": {"name": "made-up", "version": "1.0.0"},
    "header": ["id", "glucose"],
    "columns": "agelens",
    "mapping": {},
    "units": {},
    "id_column": "id",
    "values": {},
    "censored": None,
    "sheet": None,
    "header_row": None,
    "notes": [],
    "rows": 200,
    "rows_done": 0,
    "rows_scored": 0,
    "rows_failed": 0,
    "price_per_row": 3,
    "price": 600,
    "charged": 0,
    "created_at": "2026-11-23T10:00:00+00:00",
    "started_at": None,
    "finished_at": None,
    "error": None,
    "summary": None,
}
SUMMARY: dict[str, Any] = {
    "rows": 200,
    "scored": 190,
    "failed": 10,
    "warned": 4,
    "unit": "years",
    "prediction": {
        "mean": 51.25, "sd": 9.5, "min": 20.0, "p5": 33.0, "p25": 45.0,
        "median": 51.0, "p75": 58.0, "p95": 66.0, "max": 88.0,
    },
    "histogram": {"start": 20.0, "width": 5.0, "counts": [10, 90, 90]},
    "age_gap": {"mean": -1.5, "sd": 4.0, "groups": []},
    "top_factors": [
        {"feature": "crp", "label": "C-reactive <protein>", "mean_absolute": 2.25, "mean": 0.5}
    ],
    "errors": [{"reason": "glucose must be between 1.5 and 40 mmol/L", "rows": 10}],
    "missing": [{"feature": "crp", "label": "C-reactive <protein>", "rows": 7}],
}  # fmt: skip
MISSINGNESS: dict[str, Any] = {
    "rows": 200,
    "features": [
        {"feature": "crp", "label": "C-reactive <protein>", "rows": 50},
        {"feature": "glucose", "label": "Blood glucose", "rows": 1},
    ],
    "patterns": [
        {"features": [], "rows": 150},
        {"features": ["crp"], "rows": 48},
        {"features": ["crp", "glucose"], "rows": 1},
    ],
    "other_rows": 1,
}
GROUPED: list[dict[str, Any]] = [
    {
        "reason": "10 rows: blood glucose must be between 1.5 and 40 mmol/L",
        "n_rows": 10,
        "first_rows": [3, 1200],
        "advice": "Check the unit.",
    }
]
SCATTER: dict[str, Any] = {
    "unit": "years",
    "level": 0.9,
    "rows": 190,
    "points": [
        {"row": 1, "id": "p1", "age": 50.0, "prediction": 52.5, "low": 45.0, "high": 60.0},
        {"row": 3, "id": None, "age": 31.5, "prediction": 30.0, "low": None, "high": None},
    ],
    "bands": [],
}
RUNNING = COHORT | {"status": "running", "rows_done": 50, "rows_scored": 45, "rows_failed": 5}
SUCCEEDED = COHORT | {
    "status": "succeeded",
    "rows_done": 200,
    "rows_scored": 190,
    "rows_failed": 10,
    "charged": 570,
    "finished_at": "2026-11-23T10:01:00+00:00",
    "summary": SUMMARY,
}
FAILED = COHORT | {"status": "failed", "error": {"code": "given_up", "message": "workers died"}}
PREVIEW: dict[str, Any] = {
    "cohort_id": "c1",
    "model": {"name": "made-up", "version": "1.0.0"},
    "columns": "agelens",
    "header": ["id", "glucose"],
    "notes": [],
    "rows": 200,
    "price_per_row": 3,
    "price": 600,
    "matches": [
        {"column": "id", "features": [], "unit": None},
        {
            "column": "glucose",
            "features": [{"feature": "glucose", "label": "Blood glucose"}],
            "unit": "mmol/L",
        },
    ],
    "missing": [{"feature": "sex", "label": "Sex", "required": True}],
    "sample": [["p1", "5.1"], ["p2", None]],
    "suggestions": [],
    "codes": [],
    "checked_rows": 200,
    "grouped": [{"reason": "1 row lacks blood glucose", "n_rows": 1, "first_rows": [2]}],
    "problems": [{"row": 2, "message": "blood glucose is missing"}],
    "readable_rows": 199,
    "warned_rows": 0,
    "warnings": [],
    "hints": [],
}
