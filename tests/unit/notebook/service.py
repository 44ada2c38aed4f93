"""A made-up AgeLens behind the client's transport: one clock whose age is a sum done by hand."""

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from agelens.client import Client

NOW = "2026-11-23T10:00:00+00:00"
PRICE = 10
GATE_SECONDS = 60.0


def number(
    key: str, units: dict[str, float], plausible: list[float], **more: Any
) -> dict[str, Any]:
    listed = [{"unit": u, "factor": f, "offset": 0.0, "countries": []} for u, f in units.items()]
    plain = {
        "key": key, "label": key.replace("_", " ").capitalize(), "kind": "number", "choices": [],
        "unit": listed[0]["unit"], "units": listed, "plausible": plausible, "reference": None,
        "modifiable": True, "group": "Blood", "source": "", "aliases": [], "example": None,
        "decimals": 0, "required": False, "informative": True, "training": None,
    }  # fmt: skip
    return plain | more


FEATURES = [
    number("systolic_bp", {"mmHg": 1.0, "kPa": 7.50062}, [50, 300], training=[97, 193]),
    number("glucose", {"mmol/L": 1.0, "mg/dL": 0.0555}, [1.5, 40], decimals=1, required=True),
    number("smoking_status", {"": 1.0}, []) | {
        "kind": "choice", "units": [], "choices": ["never", "former", "current"],
        "plausible": None, "group": "Way of life",
    },
    number("height", {"cm": 1.0}, [100, 250], informative=False, group="Body"),
]  # fmt: skip
ANSWERS = {"systolic_bp": 150.0, "glucose": 5.5, "smoking_status": "former", "height": 166.0}


def age_of(answers: Mapping[str, Any]) -> float:
    """50, and a tenth of a year per mmHg above 120; without a pressure exactly 50."""
    pressure = answers.get("systolic_bp")
    return 50.0 if pressure is None else 50.0 + 0.1 * (pressure - 120.0)


def result_of(answers: Mapping[str, Any]) -> dict[str, Any]:
    prediction = age_of(answers)
    factor = {
        "feature": "systolic_bp", "label": "Systolic blood pressure", "unit": "mmHg",
        "value": answers.get("systolic_bp"), "years": prediction - 50.0, "imputed": False,
        "clipped": False, "reference_range": None, "modifiable": True,
    }  # fmt: skip
    return {
        "prediction": prediction, "unit": "years", "base_value": 50.0, "base_meaning": "nobody",
        "interval": {"low": prediction - 5, "high": prediction + 5, "level": 0.9, "method": "m"},
        "interval_reason": None, "contributions": [factor], "additivity_gap": 0.0,
        "age_gap": None, "missing": [], "clipped": [], "warnings": [], "narrowing": [],
        "model": {"name": "made-up", "version": "1.0.0", "sha256": "a", "data_sha256": "b"},
    }  # fmt: skip


MODEL = {
    "name": "made-up", "version": "1.0.0", "title": "Made up", "unit": "years", "price": PRICE,
    "default": True, "features": FEATURES, "metrics": {}, "card": "", "needs_age": True,
    "ages": [20.0, 90.0], "needs": "", "base_meaning": "", "explanation": "",
    "interval": {"level": 0.9, "method": "m"}, "note": "There are two forms of it.",
}  # fmt: skip


class Gate:
    """Where requests of one kind wait while it is shut."""

    def __init__(self) -> None:
        self._open, self._reached = threading.Event(), threading.Event()
        self._open.set()

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Keep whoever comes waiting for as long as the block runs."""
        self._reached.clear()
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def reached(self) -> bool:
        """Wait until somebody stands before it."""
        return self._reached.wait(GATE_SECONDS)

    def pass_through(self) -> None:
        """Go on once it is open."""
        self._reached.set()
        assert self._open.wait(GATE_SECONDS), "the gate was never opened"


class Service:
    """Answers at once, or when its gate is opened; `refusal` is what Predict is told instead, `fate`
    what becomes of a task. A key that was used before is that task again."""

    def __init__(self) -> None:
        self.what_if_gate, self.predict_gate, self.example_gate = Gate(), Gate(), Gate()
        self.refusal: httpx.Response | None = None
        self.what_if_refusal: httpx.Response | None = None
        self.no_example: httpx.Response | None = None
        self.fate = "succeeded"
        self.clocks = [MODEL]
        self.tasks: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.keys: list[str | None] = []
        self.assessments: dict[str, dict[str, Any]] = {}
        self.varied: list[dict[str, Any]] = []
        self.at_once = 0
        self._under_way = 0
        self._lock = threading.Lock()

    def client(self) -> Client:
        transport = httpx.MockTransport(self)
        return Client("http://agelens.test", "t", transport=transport, patience=0)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/api/ml-models":
            return httpx.Response(200, json={"items": self.clocks, "next_cursor": None})
        if path.endswith("/example"):
            return self._example(path.split("/")[3])
        if path.startswith("/api/ml-models/"):
            return httpx.Response(200, json=MODEL)
        if path == "/api/tasks/predict":
            return self._predict(request)
        if path.endswith("/what-if"):
            return self._what_if(path, json.loads(request.content))
        if path == "/api/assessments/check":
            return httpx.Response(200, json=check_of(json.loads(request.content), self.clocks))
        if path.startswith("/api/assessments"):
            return self._assessment(request)
        if path == "/api/timeline":
            entries = [timeline_entry(task) for task in self.tasks[::-1]]
            return httpx.Response(200, json={"items": entries, "next_cursor": None})
        if path == "/api/timeline/trend":
            return httpx.Response(200, json=trend_of(self.tasks))
        if path == "/api/tasks/history":
            newest_first = self.tasks[::-1]
            return httpx.Response(200, json={"items": newest_first, "next_cursor": None})
        if found := re.fullmatch(r"/api/tasks/(\w+)", path):
            return httpx.Response(200, json=self._task(found[1]))
        return httpx.Response(404, json={"detail": path})

    def _example(self, name: str) -> httpx.Response:
        self.example_gate.pass_through()
        if self.no_example is not None:
            return self.no_example
        model = {"name": name.partition("@")[0], "version": "1.0.0"}
        return httpx.Response(200, json=EXAMPLE | {"model": model})

    def _predict(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(json.loads(request.content)["model"])
        key = request.headers.get("Idempotency-Key")
        known = self.keys.index(key) if key in self.keys else None
        self.predict_gate.pass_through()
        if self.refusal is not None:
            return self.refusal
        if known is None:
            known = len(self.tasks)
            self.keys.append(key)
            self.tasks.append(self._made(json.loads(request.content), f"t{known}"))
        return httpx.Response(202, json={"task_id": f"t{known}"})

    def _assessment(self, request: httpx.Request) -> httpx.Response:
        """A task for each clock; a key that was used before is that assessment again."""
        if request.method == "GET":
            found = self.assessments[request.url.path.rsplit("/", 1)[-1]]
            return httpx.Response(200, json=found)
        if self.refusal is not None:
            return self.refusal
        key, body = str(request.headers["Idempotency-Key"]), json.loads(request.content)
        if key not in self.assessments:
            made = [self._made(body | {"model": n}, f"{n}-of-panel") for n in body["models"]]
            self.assessments[key] = {
                "id": key, "answers": body["answers"], "units": body["units"], "tasks": made,
                "chronological_age": body["chronological_age"], "age_from_profile": False,
                "measured_on": NOW[:10], "context": [], "baseline": None, "not_run": [],
                "price": PRICE * len(made), "charged": sum(t["charged"] for t in made),
                "created_at": NOW,
            }  # fmt: skip
        return httpx.Response(202, json={"assessment_id": key, "task_ids": []})

    def _made(self, body: Mapping[str, Any], task_id: str) -> dict[str, Any]:
        good = self.fate == "succeeded"
        error = {"code": "internal_error", "message": "it broke"} if self.fate == "failed" else None
        return {
            "id": task_id, "status": self.fate, "price": PRICE, "charged": PRICE if good else 0,
            "model": {"name": body["model"].partition("@")[0], "version": "1.0.0"}, "answers": body["answers"],
            "units": body["units"], "chronological_age": body["chronological_age"],
            "attempts": 1, "created_at": NOW, "started_at": NOW, "finished_at": NOW,
            "validation_errors": [], "error": error,
            "result": result_of(body["answers"]) if good else None,
        }  # fmt: skip

    def _what_if(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        with self._lock:
            self._under_way += 1
            self.at_once = max(self.at_once, self._under_way)
            self.varied.append(body["changes"][0])
        self.what_if_gate.pass_through()
        with self._lock:
            self._under_way -= 1
        if self.what_if_refusal is not None:
            return self.what_if_refusal
        answers = self._task(path.split("/")[3])["answers"]
        results = [result_of(answers | change) for change in body["changes"]]
        return httpx.Response(200, json={"results": results})

    def _task(self, task_id: str) -> dict[str, Any]:
        return next(task for task in self.tasks if task["id"] == task_id)


def check_of(body: Mapping[str, Any], clocks: list[dict[str, Any]]) -> dict[str, Any]:
    """Every clock is ready once there are a glucose and an age."""
    lacks = [] if "glucose" in body["answers"] else ["glucose"]
    lacks += [] if body["chronological_age"] is not None else ["chronological_age"]
    found = [
        {
            "model": {"name": clock["name"], "version": "1.0.0"}, "price": clock["price"],
            "ready": not lacks, "lacks": lacks, "at_least": len(lacks), "errors": [],
            "reason": f"needs {' and '.join(lacks)}" if lacks else "", "warnings": [],
        }
        for clock in clocks
    ]  # fmt: skip
    age = body["chronological_age"]
    return {"clocks": found, "chronological_age": age, "age_from_profile": False}


def timeline_entry(task: Mapping[str, Any]) -> dict[str, Any]:
    """A task of its own, measured on the day when it was made."""
    result = task["result"] or {}
    told = {name: task[name] for name in ("status", "model", "price", "charged", "error")}
    short = {
        "task_id": task["id"], "unit": "years", "prediction": result.get("prediction"),
        "interval": result.get("interval"), "age_gap": None, "validation_errors": [],
    }  # fmt: skip
    return {
        "id": task["id"], "assessment_id": None, "measured_on": NOW[:10], "created_at": NOW,
        "chronological_age": task["chronological_age"], "results": [told | short],
    }  # fmt: skip


def trend_of(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """Of one clock, without a word on what is noise."""
    points = [
        {
            "task_id": task["id"], "assessment_id": None, "measured_on": NOW[:10],
            "created_at": NOW, "version": "1.0.0", "chronological_age": task["chronological_age"],
            "prediction": task["result"]["prediction"], "interval": task["result"]["interval"],
            "change": None,
        }
        for task in tasks if task["result"]
    ]  # fmt: skip
    clock = {"model": "made-up", "unit": "years", "points": points, "overall": None}
    return {"clocks": [clock] if points else [], "complete": True}


EXAMPLE = {
    "model": {"name": "made-up", "version": "1.0.0"}, "answers": ANSWERS,
    "units": {"systolic_bp": "mmHg", "glucose": "mmol/L", "height": "cm"},
    "chronological_age": 52.0, "result": result_of(ANSWERS),
}  # fmt: skip


def problem(status: int, code: str, detail: str, **more: Any) -> httpx.Response:
    body = {"title": detail, "status": status, "detail": detail, "code": code, **more}
    return httpx.Response(status, json=body)
