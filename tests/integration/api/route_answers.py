"""A real answer of every route, asked for as people and programs ask."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from agelens.queueing import PREDICT
from agelens.queueing.heartbeat import SCHEDULER, key_of
from integration.api.bundles import bundle, new_name
from integration.api.sent_cohorts import CSV, as_csv, people
from integration.people import PANEL, PASSWORD, Person, new_email
from redis import Redis
from werkzeug.test import TestResponse

Place = tuple[str, str]  # method and path, as the OpenAPI document has them
ZIP = "application/zip"
FORMATS = ("csv", "parquet", "json", "xlsx")


class RouteAnswers:
    """What each route has answered."""

    def __init__(self) -> None:
        self.of: dict[Place, list[TestResponse]] = {}

    def ask(
        self,
        who: Person,
        method: str,
        path: str,
        parts: Mapping[str, str] | None = None,
        **sent: Any,
    ) -> Any:
        """Ask a route, whose path has these parts; its answer, read when it is JSON."""
        response = who.request(method, path.format(**parts or {}), **sent)
        assert response.status_code < 300, (method, path, response.text)
        self.of.setdefault((method, path), []).append(response)
        return response.get_json(silent=True)


def ask_about_the_service(answers: RouteAnswers, nobody: Person, redis: Redis) -> None:
    for name in (PREDICT.queue, SCHEDULER):
        redis.zadd(key_of(name), {"a-process": time.time()})
    for path in ("/healthz", "/readyz", "/metrics", "/api/biomarkers"):
        answers.ask(nobody, "GET", path)
    answers.ask(nobody, "GET", "/api/ml-models")
    answers.ask(nobody, "GET", "/api/ml-models/default")
    for part in ("", "/example"):
        answers.ask(nobody, "GET", f"/api/ml-models/{{name}}{part}", {"name": "mortality-age"})


def ask_about_an_account(answers: RouteAnswers, http: Any) -> None:
    one = Person(http, new_email())
    who = {"email": one.email, "password": PASSWORD}
    answers.ask(one, "POST", "/api/auth/register", json=who)
    one.token = answers.ask(one, "POST", "/api/auth/login", json=who)["access_token"]
    answers.ask(one, "GET", "/api/auth/me")
    profile = {"sex": "female", "birth_date": "1974-02-11", "country": "de"}
    answers.ask(one, "PATCH", "/api/auth/me/profile", json=profile)
    assert answers.ask(one, "GET", "/api/auth/me/profile")["country"] == "DE"
    token = answers.ask(one, "POST", "/api/auth/tokens", json={"name": "notebook"})
    answers.ask(one, "GET", "/api/auth/tokens")
    answers.ask(one, "DELETE", "/api/auth/tokens/{token_id}", {"token_id": token["id"]})
    answers.ask(one, "POST", "/api/wallet/topup", json={"amount": 5})
    for path in ("/api/wallet", "/api/wallet/balance", "/api/wallet/transactions"):
        answers.ask(one, "GET", path)
    answers.ask(one, "POST", "/api/auth/logout")
    one.log_in()
    answers.ask(one, "DELETE", "/api/auth/me")


def ask_about_tasks(answers: RouteAnswers, one: Person, run_jobs: Callable[[], None]) -> None:
    path = "/api/tasks/{task_id}"
    draft = answers.ask(
        one, "POST", "/api/tasks", json={"answers": {"glucose": "high", "sex": False}}
    )
    of_draft = {"task_id": draft["id"]}
    answers.ask(one, "PATCH", path, of_draft, json={"answers": {**PANEL, "glucose": None}})
    answers.ask(one, "POST", f"{path}/run", of_draft)
    answers.ask(one, "POST", f"{path}/cancel", of_draft)
    sent = {"answers": PANEL, "chronological_age": 50}
    of_task = {"task_id": answers.ask(one, "POST", "/api/tasks/predict", json=sent)["task_id"]}
    run_jobs()
    assert answers.ask(one, "GET", path, of_task)["status"] == "succeeded"
    changes = {"changes": [{"systolic_bp": 120}, {"bone_density": None}]}
    answers.ask(one, "POST", f"{path}/what-if", of_task, json=changes)
    both = {**of_task, "other_id": of_task["task_id"]}
    assert answers.ask(one, "POST", f"{path}/compare/{{other_id}}", both)["markers"]
    answers.ask(one, "GET", "/api/tasks")
    answers.ask(one, "GET", "/api/tasks/history")
    answers.ask(one, "DELETE", path, of_draft)


def ask_about_assessments(answers: RouteAnswers, one: Person, run_jobs: Callable[[], None]) -> None:
    path = "/api/assessments"
    check = answers.ask(one, "POST", f"{path}/check", json={"answers": {"albumin": 44, "crp": "x"}})
    assert any(each["errors"] for each in check["clocks"])
    asked = {"answers": PANEL, "models": "ready", "chronological_age": 50}
    made = answers.ask(one, "POST", path, json=asked)
    assert made["not_run"]
    run_jobs()
    of_it = {"assessment_id": made["assessment_id"]}
    assert answers.ask(one, "GET", f"{path}/{{assessment_id}}", of_it)["tasks"]
    assert answers.ask(one, "GET", path)["items"]
    lines = "Albumin 4.2 g/dL\nCRP <0.5 mg/L\nFerritin 80 ug/L\n"
    sent = {"data": lines, "content_type": "text/plain"}
    found = answers.ask(one, "POST", "/api/assessments/import", **sent)
    assert found["found"]
    assert found["not_understood"]


def ask_about_cohorts(answers: RouteAnswers, one: Person, run_jobs: Callable[[], None]) -> None:
    path = "/api/cohorts/{cohort_id}"
    bad = {"systolic_bp": "high"}, {"person": "P\t5"}  # a warning, and an error
    rows = [*people(3), *({**people(1)[0], **each} for each in bad)]
    header = {"header": [*rows[0], "note"], "model": "kaggle-age"}
    answers.ask(one, "POST", "/api/cohorts/match", json=header)
    answers.ask(one, "GET", "/api/cohorts/template")
    sent = {"data": as_csv(rows), "content_type": CSV}
    draft = {"query_string": {"draft": "true", "id_column": "person"}}
    kept = answers.ask(one, "POST", "/api/cohorts", **sent, **draft)
    of_draft = {"cohort_id": kept["id"]}
    answers.ask(one, "GET", f"{path}/sample", of_draft)
    found = answers.ask(one, "POST", f"{path}/preview", of_draft, json={})
    assert found["problems"]
    assert found["grouped"]
    answers.ask(one, "GET", path, of_draft)
    answers.ask(one, "POST", f"{path}/run", of_draft, json={})
    run_jobs()
    assert answers.ask(one, "GET", path, of_draft)["status"] == "succeeded"
    for kind in FORMATS:
        answers.ask(one, "GET", f"{path}/results", of_draft, query_string={"format": kind})
    assert answers.ask(one, "GET", f"{path}/errors", of_draft)["items"]
    answers.ask(one, "GET", f"{path}/warnings", of_draft)
    answers.ask(one, "GET", "/api/cohorts")
    other = answers.ask(one, "POST", "/api/cohorts", **sent)
    answers.ask(one, "POST", f"{path}/cancel", {"cohort_id": other["id"]})
    answers.ask(one, "DELETE", path, {"cohort_id": other["id"]})


def ask_about_clocks(answers: RouteAnswers, admin: Person) -> None:
    path = "/api/admin/ml-models"
    name = new_name()
    for version in ("1.0.0", "2.0.0"):
        made = bundle(name, version)
        answers.ask(admin, "POST", path, data=made, content_type=ZIP)
    of_clock = {"name": name}
    answers.ask(admin, "POST", f"{path}/{{name}}/activate", of_clock, json={"version": "2.0.0"})
    answers.ask(admin, "POST", f"{path}/{{name}}/rollback", of_clock)
    answers.ask(admin, "GET", path)


def ask_about_everybody(answers: RouteAnswers, admin: Person, one: Person) -> None:
    path = "/api/admin/wallets/{user}/topup"
    answers.ask(admin, "POST", path, {"user": one.email}, json={"amount": 1})
    for what in ("users", "transactions", "tasks", "cohorts", "queues"):
        answers.ask(admin, "GET", f"/api/admin/{what}")
    sent = {"data": as_csv(people(2)), "content_type": CSV}
    of_cohort = {"cohort_id": answers.ask(one, "POST", "/api/cohorts", **sent)["id"]}
    waiting = answers.ask(one, "GET", "/api/cohorts/{cohort_id}", of_cohort)["waiting_for"]
    assert waiting["message"]
    answers.ask(admin, "POST", "/api/admin/cohorts/{cohort_id}/cancel", of_cohort)


def ask_about_retrainings(
    answers: RouteAnswers, admin: Person, configured: Person, succeeded: str
) -> None:
    path = "/api/admin/retrainings"
    of_one = {"retraining_id": succeeded}
    assert answers.ask(admin, "GET", f"{path}/{{retraining_id}}", of_one)["candidate"]
    answers.ask(admin, "GET", f"{path}/{{retraining_id}}/notebook", of_one)
    asked = answers.ask(configured, "POST", path, json={"model": "kaggle-age"})
    of_asked = {"retraining_id": asked["id"]}
    answers.ask(admin, "POST", f"{path}/{{retraining_id}}/cancel", of_asked)
    answers.ask(admin, "GET", path)
    of_clock = {"model": "kaggle-age"}
    schedule = f"{path}/schedules/{{model}}"
    answers.ask(configured, "PUT", schedule, of_clock, json={"every_hours": 24})
    answers.ask(admin, "GET", schedule, of_clock)
    answers.ask(admin, "GET", f"{path}/schedules")
    answers.ask(admin, "DELETE", schedule, of_clock)


def as_json(response: TestResponse) -> Any:
    """An answer of any JSON type, read."""
    return json.loads(response.data)
