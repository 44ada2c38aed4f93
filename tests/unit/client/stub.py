"""A service of canned answers behind the client's transport."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from agelens.client import Client

Answer = httpx.Response | Exception


class Stub:
    """Gives its answers in turn, the last one for ever, and keeps the requests."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=answer.content, request=request
        )

    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.requests]

    def sent_keys(self) -> list[str | None]:
        return [request.headers.get("Idempotency-Key") for request in self.requests]


def client_of(answer: Callable[[httpx.Request], httpx.Response], **options: Any) -> Client:
    return Client("http://agelens.test", transport=httpx.MockTransport(answer), **options)


def problem(
    status: int, code: str, headers: dict[str, str] | None = None, **members: Any
) -> httpx.Response:
    body = {
        "type": f"urn:agelens:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": f"about {code}",
        "code": code,
        "request_id": "r-1",
        **members,
    }
    content_type = {"Content-Type": "application/problem+json"}
    return httpx.Response(status, json=body, headers={**content_type, **(headers or {})})


TRANSACTION = {
    "id": "e1",
    "kind": "topup",
    "amount": 5,
    "held_change": 0,
    "balance_after": 5,
    "held_after": 0,
    "task_id": None,
    "created_at": "2026-11-23T10:00:00+00:00",
}
TASK = {
    "id": "t1",
    "status": "queued",
    "model": {"name": "kaggle-age", "version": "1.0.0"},
    "answers": {"glucose": 5.4},
    "units": {},
    "chronological_age": None,
    "price": 10,
    "charged": 0,
    "attempts": 0,
    "created_at": "2026-11-23T10:00:00+00:00",
    "started_at": None,
    "finished_at": None,
    "validation_errors": [],
    "error": None,
    "result": None,
}
RESULT = {
    "prediction": 51.0,
    "unit": "years",
    "interval": {"low": 42.0, "high": 60.0, "level": 0.9, "method": "conformal"},
    "interval_reason": None,
    "base_value": 53.5,
    "base_meaning": "nothing known",
    "contributions": [
        {
            "feature": "glucose",
            "label": "Blood glucose",
            "value": 5.4,
            "unit": "mmol/L",
            "years": -2.5,
            "imputed": False,
            "clipped": False,
            "reference_range": None,
            "modifiable": True,
        }
    ],
    "additivity_gap": 0.0,
    "age_gap": {"raw": 1.0, "adjusted": None, "percentile": None, "reference": None},
    "missing": ["hearing_ability"],
    "clipped": [],
    "warnings": [],
    "model": {"name": "kaggle-age", "version": "1.0.0", "sha256": "a", "data_sha256": "b"},
}
