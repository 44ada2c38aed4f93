"""A real answer of every route, asked for as people and programs ask."""

import json
import threading
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
    for part in ("", "/example", "/reference-curve"):
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
    answers.ask(one, "GET", "/api/auth/options")
    answers.ask(one, "POST", "/api/auth/logout")
    one.log_in()
    same = {"current": PASSWORD, "new": PASSWORD}
    answers.ask(one, "POST", "/api/auth/password", json=same)
    answers.ask(one, "POST", "/api/auth/logout-everywhere")
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
    who, waits = one.elsewhere(), {"Prefer": "wait=20"}
    waiting = threading.Thread(
        target=lambda: answers.ask(who, "POST", "/api/tasks/predict", json=sent, headers=waits)
    )
    waiting.start()
    while waiting.is_alive():
        run_jobs()
        waiting.join(0.05)
    assert answers.ask(one, "GET", path, of_task)["status"] == "succeeded"
    changes = {"changes": [{"systolic_bp": 120}, {"bone_density": None}]}
    answers.ask(one, "POST", f"{path}/what-if", of_task, json=changes)
    both = {**of_task, "other_id": of_task["task_id"]}
    assert answers.ask(one, "POST", f"{path}/compare/{{other_id}}", both)["markers"]
    answers.ask(one, "GET", "/api/tasks")
    answers.ask(one, "GET", "/api/tasks/history")
    answers.ask(one, "DELETE", path, of_draft)


def ask_about_the_timeline(answers: RouteAnswers, one: Person) -> None:
    """With the tasks and assessments that are there."""
    path = "/api/timeline"
    first, second, *_ = answers.ask(one, "GET", path)["items"]
    assert answers.ask(one, "GET", f"{path}/trend")["clocks"]
    pair = {"panel_id": first["id"], "other_id": second["id"]}
    answers.ask(one, "POST", f"{path}/{{panel_id}}/compare/{{other_id}}", pair)


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


def ask_about_links(answers: RouteAnswers, one: Person, run_jobs: Callable[[], None]) -> None:
    asked = {"answers": PANEL, "models": "ready", "chronological_age": 50}
    made = one.post("/api/assessments", asked).json
    run_jobs()
    places = {
        "/api/tasks/{task_id}/links": {"task_id": made["task_ids"][0]},
        "/api/assessments/{assessment_id}/links": {"assessment_id": made["assessment_id"]},
    }
    for path, parts in places.items():
        link = answers.ask(one, "POST", path, parts, json={"days": 1})
        answers.ask(one, "GET", "/api/shared/{token}", {"token": link["token"]})
        answers.ask(one, "GET", "/api/links")
        assert answers.ask(one, "GET", path, parts)["items"][0]["last_opened_at"]
        of_link = {**parts, "link_id": link["id"]}
        answers.ask(one, "POST", path, parts, json={"days": 1})
        answers.ask(one, "DELETE", f"{path}/{{link_id}}", of_link)


def ask_for_passwords(answers: RouteAnswers, admin: Person, mailing: Person, one: Person) -> None:
    answers.ask(mailing, "POST", "/api/auth/forgot-password", json={"email": new_email()})
    path = "/api/admin/users/{user}/reset-link"
    link = answers.ask(admin, "POST", path, {"user": one.email})
    body = {"token": link["url"].rpartition("/")[2], "password": PASSWORD}
    answers.ask(mailing, "POST", "/api/auth/reset-password", json=body)


def ask_about_cohorts(answers: RouteAnswers, one: Person, run_jobs: Callable[[], None]) -> None:
    path = "/api/cohorts/{cohort_id}"
    bad = {"systolic_bp": "high"}, {"person": "P\t5"}  # a warning, and an error
    rows = [*people(3), *({**people(1)[0], **each} for each in bad)]
    header = {"header": [*rows[0], "note"], "model": "kaggle-age"}
    answers.ask(one, "POST", "/api/cohorts/match", json=header)
    answers.ask(one, "GET", "/api/cohorts/template")
    sent = {"data": as_csv(rows), "content_type": CSV}
    draft = {"query_string": {"draft": "true", "id_column": "person"}}
    first = {"cohort_id": answers.ask(one, "POST", "/api/cohorts", **sent, **draft)["id"]}
    assert answers.ask(one, "GET", f"{path}/layout", first)["first_rows"]
    answers.ask(one, "POST", f"{path}/layout", first, json={"header_row": 1})
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
    assert answers.ask(one, "GET", f"{path}/scatter", of_draft)
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
    answers.ask(admin, "GET", f"{path}/{{name}}/drift", {"name": "kaggle-age"})
    answers.ask(admin, "GET", path)


def ask_about_everybody(answers: RouteAnswers, admin: Person, one: Person) -> None:
    path = "/api/admin/wallets/{user}/topup"
    answers.ask(admin, "POST", path, {"user": one.email}, json={"amount": 1})
    of_user = {"user": one.email}
    answers.ask(admin, "GET", "/api/admin/users/{user}", of_user)
    answers.ask(admin, "PATCH", "/api/admin/users/{user}", of_user, json={"role": "user"})
    for change in ("block", "unblock"):
        answers.ask(admin, "POST", f"/api/admin/users/{{user}}/{change}", of_user)
    for what in ("users", "transactions", "tasks", "cohorts", "queues", "activity"):
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
