"""Files between a browser and the API, through the web app."""

import io
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from unit.client.cohort_wire import COHORT, SUCCEEDED
from unit.dash_app.web_app import ORIGIN, Handle, api, app_with, csrf, log_in, problem
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

COHORT_ID = "5f8f6d1c-0000-4000-8000-00000000000c"
PLACE = f"/cohorts/{COHORT_ID}"
FILE = b"glucose,sex\r\n5.1,female\r\n"


class Service:
    """An API that keeps what it is sent, and answers to a path with what is given for it."""

    def __init__(self, **answers: httpx.Response) -> None:
        self.answers = answers
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.startswith("/api/cohorts"):
            return api()(request)
        request.read()
        self.asked.append(request)
        last = request.url.path.rsplit("/", 1)[-1]
        draft = httpx.Response(201, json=COHORT | {"id": COHORT_ID, "status": "draft"})
        known = httpx.Response(200, json=SUCCEEDED | {"id": COHORT_ID, "name": "my =people.csv"})
        return self.answers.get(last, draft if request.method == "POST" else known)


def browser_of(handle: Handle, *, logged_in: bool = True, **settings: Any) -> FlaskClient:
    browser = app_with(handle, **settings).test_client()
    if logged_in:
        log_in(browser)
    return browser


def send(browser: FlaskClient, name: str = "people.csv", body: Any = FILE) -> TestResponse:
    return browser.post(
        f"/cohorts/upload?name={name}&model=mortality-age",
        data=body,
        content_type="application/octet-stream",
        headers={"X-CSRFToken": csrf(browser), **ORIGIN},
    )


def form_of(request: httpx.Request) -> dict[str, bytes]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    parts = BytesParser(policy=HTTP).parsebytes(head + request.content).get_payload()
    return {
        part.get_param("name", header="Content-Disposition"): part.get_payload(decode=True)
        for part in parts
    }  # type: ignore[misc,union-attr]


def test_a_file_is_passed_on_as_a_draft_and_the_answer_says_where_to_go_on() -> None:
    service = Service()
    answer = send(browser_of(service))
    assert (answer.status_code, answer.get_json()) == (201, {"place": PLACE})
    (request,) = service.asked
    sent = form_of(request)
    assert sent["file"] == FILE
    assert sent["draft"] == b"true"
    assert sent["name"] == b"people.csv"
    assert sent["model"] == b"mortality-age"
    assert "columns" not in sent  # the preview guesses


@pytest.mark.slow
def test_a_file_larger_than_a_page_may_be_is_passed_on() -> None:
    service = Service()
    body = b"glucose\r\n" + b"5.1\r\n" * 2_000_000
    assert len(body) > 8 * 1024 * 1024
    assert send(browser_of(service), body=io.BytesIO(body)).status_code == 201
    assert len(form_of(service.asked[0])["file"]) == len(body)


def test_of_an_upload_that_is_stopped_nothing_is_kept() -> None:
    service = Service()
    browser = browser_of(service)
    # as gunicorn tells it
    told = {"CONTENT_LENGTH": str(len(FILE) + 1), "wsgi.input_terminated": True}
    answer = browser.post(
        "/cohorts/upload?name=people.csv",
        input_stream=io.BytesIO(FILE),
        environ_overrides=told,
        headers={"X-CSRFToken": csrf(browser), **ORIGIN},
    )
    assert answer.status_code == 400
    assert service.asked == []


def test_a_file_beyond_the_limit_is_refused_in_words() -> None:
    service = Service()
    answer = send(browser_of(service, max_cohort_bytes=1024), body=b"x" * 1025)
    assert answer.status_code == 413
    assert "more than 1,024 bytes" in answer.get_json()["message"]
    assert service.asked == []


def test_nobody_else_sends_or_gets_files() -> None:
    service = Service()
    browser = browser_of(service, logged_in=False)
    assert (send(browser).status_code, send(browser).get_json()) == (401, {"login": True})
    answer = browser.get(f"{PLACE}/results")
    assert answer.status_code == 303
    assert service.asked == []


def test_a_page_of_somebody_else_cannot_have_a_file_sent() -> None:
    service = Service()
    browser = browser_of(service)
    answer = browser.post("/cohorts/upload?name=people.csv", data=FILE, headers=ORIGIN)
    assert answer.status_code == 400
    assert "Reload it" in answer.get_json()["message"]
    assert service.asked == []


@pytest.mark.parametrize("name", ["people.xlsx", "people", "", "..%2Fpeople"])
def test_a_file_of_another_kind_is_refused_in_words(name: str) -> None:
    service = Service()
    answer = send(browser_of(service), name=name)
    assert answer.status_code == 415
    assert ".csv" in answer.get_json()["message"]
    assert service.asked == []


def test_of_a_name_with_folders_the_last_part_is_kept() -> None:
    service = Service()
    send(browser_of(service), name="C:%5Cdata%5Cpeople.CSV")
    assert form_of(service.asked[0])["name"] == b"people.CSV"


def test_what_the_api_says_of_a_file_reaches_the_person() -> None:
    errors = [{"pointer": "/file", "field": "file", "message": "line 3 has no end"}]
    service = Service(cohorts=problem(422, errors=errors))
    answer = send(browser_of(service))
    assert (answer.status_code, answer.get_json()) == (422, {"message": "Line 3 has no end"})


def test_an_api_that_is_away_is_said() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/cohorts"):
            raise httpx.ConnectError("no")
        return api()(request)

    answer = send(browser_of(handle))
    assert answer.status_code == 503
    assert "does not answer" in answer.get_json()["message"]
    assert browser_of(handle).get(f"{PLACE}/results").status_code == 503


def test_results_come_as_a_file_in_the_format_that_was_asked_for() -> None:
    service = Service(results=httpx.Response(200, content=b"[{}]"))
    answer = browser_of(service).get(f"{PLACE}/results?format=json&contributions=false")
    assert (answer.status_code, answer.data) == (200, b"[{}]")
    name = parse_options_header(answer.headers["Content-Disposition"])
    assert name == ("attachment", {"filename": "my-people-results.json"})
    asked = service.asked[-1]
    assert dict(asked.url.params) == {"format": "json", "contributions": "false"}
    assert asked.headers["Authorization"] == "Bearer its-token"


def test_a_name_in_other_letters_stays_as_it_is() -> None:
    named = SUCCEEDED | {"id": COHORT_ID, "name": "Größe 研究.csv"}
    service = Service(results=httpx.Response(200, content=b"[]"))
    service.answers[COHORT_ID] = httpx.Response(200, json=named)
    answer = browser_of(service).get(f"{PLACE}/results?format=csv")
    told = answer.headers["Content-Disposition"]
    assert told.isascii()
    assert "filename=Gr-e-results.csv;" in told
    assert parse_options_header(told)[1]["filename"] == "Größe-研究-results.csv"


def test_without_results_the_way_leads_to_the_page_that_says_why() -> None:
    for status in (404, 409):
        answer = browser_of(Service(results=problem(status))).get(f"{PLACE}/results")
        assert (answer.status_code, answer.location) == (303, PLACE)
    answer = browser_of(Service()).get(f"{PLACE}/results?format=exe")
    assert (answer.status_code, answer.location) == (303, PLACE)


def test_whose_login_has_ended_logs_in_and_comes_back() -> None:
    answer = browser_of(Service(results=problem(401))).get(f"{PLACE}/results")
    assert (answer.status_code, answer.location) == (303, f"/login?next=%2Fcohorts%2F{COHORT_ID}")
    upload = send(browser_of(Service(cohorts=problem(401))))
    assert (upload.status_code, upload.get_json()) == (401, {"login": True})


def test_only_some_of_the_threads_are_busy_with_files() -> None:
    server = app_with(Service(), web_threads=4)
    browser = server.test_client()
    log_in(browser)
    seats = server.extensions["agelens_file_seats"]
    assert seats.acquire(blocking=False)
    answer = send(browser)
    assert answer.status_code == 503
    assert "Many files" in answer.get_json()["message"]
    seats.release()
    for _ in range(2):
        assert send(browser).status_code == 201  # the seat is free again


def test_a_download_has_its_seat_until_it_ends() -> None:
    service = Service(results=httpx.Response(200, content=b"row\r\n"))
    server = app_with(service, web_threads=4)
    browser = server.test_client()
    log_in(browser)
    open_one = browser.get(f"{PLACE}/results", buffered=False)
    assert browser.get(f"{PLACE}/results").status_code == 503
    open_one.close()
    assert browser.get(f"{PLACE}/results").status_code == 200


def test_the_template_is_a_file_of_the_clock() -> None:
    service = Service(template=httpx.Response(200, text="glucose\r\n5.1\r\n"))
    answer = browser_of(service).get("/cohorts/template?model=phenoage&columns=kaggle")
    assert answer.text == "glucose\r\n5.1\r\n"
    assert "phenoage-template-kaggle.csv" in answer.headers["Content-Disposition"]
    assert dict(service.asked[0].url.params) == {"model": "phenoage", "columns": "kaggle"}


def test_a_clock_without_a_template_is_said() -> None:
    answer = browser_of(Service(template=problem(404, detail="No such clock."))).get(
        "/cohorts/template?model=none"
    )
    assert (answer.status_code, answer.text) == (404, "No such clock.\n")
