"""Cohorts of the made-up service: three rows, one of which cannot be scored."""

import json
import re
from typing import Any

import httpx
from unit.notebook.service import NOW, PRICE, Gate, Service

COHORT = "4ebd0208-8328-5d69-8c44-ec50939c0967"
FACTOR = {"feature": "systolic_bp", "label": "Systolic BP", "mean_absolute": 2.0, "mean": 1.0}
SUMMARY = {
    "rows": 3, "scored": 2, "failed": 1, "warned": 0, "unit": "years",
    "prediction": {"mean": 50.0, "sd": 1.0, "min": 49.0, "p5": 49.1, "p25": 49.5, "median": 50.0,
                   "p75": 50.5, "p95": 50.9, "max": 51.0},
    "histogram": {"start": 49.0, "width": 1.0, "counts": [1, 1]},
    "age_gap": None, "top_factors": [FACTOR], "missing": [],
    "errors": [{"reason": "glucose is required", "rows": 1}],
}  # fmt: skip
SCATTER = {
    "unit": "years", "level": None, "rows": 2, "bands": [],
    "points": [
        {"row": 1, "id": None, "age": 50.0, "prediction": 49.0, "low": None, "high": None},
        {"row": 3, "id": None, "age": 40.0, "prediction": 51.0, "low": None, "high": None},
    ],
}  # fmt: skip
DRAFT = {
    "id": COHORT, "status": "draft", "name": "frame", "format": "parquet", "model": None,
    "header": ["systolic_bp", "glucose", "note"], "columns": "agelens", "mapping": {}, "units": {},
    "values": {}, "censored": None, "sheet": None, "header_row": None, "notes": [],
    "id_column": None, "rows": 3, "rows_done": 0, "rows_scored": 0, "rows_failed": 0,
    "price_per_row": PRICE, "price": 0, "charged": 0, "created_at": NOW, "started_at": None,
    "finished_at": None, "error": None, "summary": None,
}  # fmt: skip
MODEL = {"name": "made-up", "version": "1.0.0"}
PROBLEM = {"row": 2, "message": "glucose is <required>", "id": None}
PREVIEW = {
    "cohort_id": COHORT, "model": MODEL, "columns": "agelens", "rows": 3, "price_per_row": PRICE,
    "price": 3 * PRICE, "sample": [], "checked_rows": 3, "problems": [PROBLEM], "readable_rows": 2,
    "header": [], "notes": ["read as Windows-1252"], "suggestions": [], "codes": [],
    "grouped": [{"reason": "1 row lacks <glucose>", "n_rows": 1, "first_rows": [2]}],
    "warned_rows": 0, "warnings": [],
    "hints": [], "missing": [{"feature": "height", "label": "Height", "required": False}],
    "matches": [
        {"column": "systolic_bp", "features": [{"feature": "systolic_bp", "label": "SBP"}], "unit": "mmHg"},
        {"column": "glucose", "features": [{"feature": "glucose", "label": "Glucose"}], "unit": "mmol/L"},
        {"column": "note", "features": [], "unit": None},
    ],
}  # fmt: skip


class CohortService(Service):
    """One cohort that takes three looks to be done, unless `fate` is another status.

    It answers looks at once although it is asked to wait. `sent` has what was uploaded. Refusals:
    `away` of looks, `gone` of whatever is asked of a draft, `full` of files.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cohort: dict[str, Any] = dict(DRAFT)
        self.sent: list[bytes] = []
        self.previews: list[dict[str, Any]] = []
        self.deleted = 0
        self.run_keys: list[str | None] = []
        self.looks = 0
        self.preview_gate = Gate()
        self.gone: httpx.Response | None = None
        self.full: httpx.Response | None = None
        self.away: httpx.Response | None = None

    @property
    def submitted(self) -> int:
        """How many files were sent."""
        return len(self.sent)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        found = re.fullmatch(rf"/api/cohorts(?:/{COHORT})?(/\w+)?", request.url.path)
        if found is None:
            return super().__call__(request)
        match found[1]:
            case "/preview":
                return self._preview(request)
            case "/run":
                return self._run(request)
            case "/errors":
                return httpx.Response(200, json={"items": [PROBLEM], "next_cursor": None})
            case "/scatter":
                return httpx.Response(200, json=SCATTER)
            case "/cancel":
                self.fate = "canceled"
                return httpx.Response(200, json=self.cohort)
        match request.method:
            case "POST":
                return self._submitted(request)
            case "DELETE":
                self.deleted += 1
                return self.gone or httpx.Response(204)
        return self.away or httpx.Response(200, json=self._looked_at())

    def _submitted(self, request: httpx.Request) -> httpx.Response:
        """Another draft, which nobody has run, nor taken away."""
        if self.full is not None:
            return self.full
        self.sent.append(request.read())
        self.gone = None
        self.cohort = dict(DRAFT)
        return httpx.Response(201, json=self.cohort)

    def _preview(self, request: httpx.Request) -> httpx.Response:
        if self.gone is not None:
            return self.gone
        self.preview_gate.pass_through()
        asked = json.loads(request.content or b"{}")
        self.previews.append(asked)
        columns = asked.get("columns", "agelens")
        return httpx.Response(200, json=PREVIEW | {"columns": columns})

    def _run(self, request: httpx.Request) -> httpx.Response:
        if self.refusal is not None:
            return self.refusal
        self.run_keys.append(request.headers.get("Idempotency-Key"))
        self.looks = 0
        self.cohort |= {"status": "running", "model": MODEL, "price": 3 * PRICE}
        return httpx.Response(202, json=self.cohort)

    def _looked_at(self) -> dict[str, Any]:
        if self.cohort["status"] != "running":
            return self.cohort
        self.looks += 1
        self.cohort["rows_done"] = min(self.looks, 3)
        if self.looks >= 3 and self.fate == "succeeded":
            self.cohort |= {
                "status": "succeeded", "rows_scored": 2, "rows_failed": 1, "charged": 2 * PRICE,
                "summary": SUMMARY,
            }  # fmt: skip
        elif self.looks >= 3 and self.fate != "running":
            self.cohort["status"] = self.fate
        return self.cohort
