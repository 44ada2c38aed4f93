"""Files between a browser and the API, through the web app."""

import io
import tempfile
from pathlib import Path
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


class Browser(io.RawIOBase):
    """What a browser sends, of so many bytes; how much of it was read."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.n_read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size = min(len(buffer), self.length - self.n_read)
        buffer[:size] = b"x" * size
        self.n_read += size
        return size


class Unread(httpx.BaseTransport):
    """An API that gets requests as they come; `httpx.MockTransport` reads them first."""

    def __init__(self, take: Handle) -> None:
        self.take = take

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self.take(request) if request.url.path == "/api/cohorts" else api()(request)


def browser_before(take: Handle) -> FlaskClient:
    server = app_with(api())
    server.extensions["agelens_transport"] = Unread(take)
    browser = server.test_client()
    log_in(browser)
    return browser


def send_from(browser: FlaskClient, source: Browser, **headers: str) -> TestResponse:
    """Send what is read only when somebody asks for it."""
    return browser.post(
        "/cohorts/upload?name=people.csv",
        content_type=headers.pop("content_type", "application/octet-stream"),
        environ_overrides={"wsgi.input": source, "CONTENT_LENGTH": str(source.length)},
        headers={"X-CSRFToken": csrf(browser), **ORIGIN} | headers,
    )


def test_a_file_is_passed_on_as_a_draft_and_the_answer_says_where_to_go_on() -> None:
    service = Service()
    answer = send(browser_of(service))
    assert (answer.status_code, answer.get_json()) == (201, {"place": PLACE})
    (request,) = service.asked
    assert request.content == FILE
    assert request.headers["Content-Type"] == "text/csv"
    assert request.headers["Content-Length"] == str(len(FILE))
    assert dict(request.url.params) == {
        "draft": "true",
        "name": "people.csv",
        "model": "mortality-age",  # and no columns: the preview guesses
    }


def test_a_file_larger_than_a_page_may_be_is_passed_on_piece_by_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Browser(9 * 1024 * 1024)
    held = []

    def take(request: httpx.Request) -> httpx.Response:
        n_received = 0
        for piece in request.stream:  # type: ignore[union-attr]
            n_received += len(piece)
            held.append(source.n_read - n_received)
        assert n_received == source.length
        return httpx.Response(201, json=COHORT | {"id": COHORT_ID, "status": "draft"})

    browser = browser_before(take)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))  # no file can be made
    assert send_from(browser, source).status_code == 201
    assert len(held) > 100
    assert max(held) <= 64 * 1024


def test_a_file_as_large_as_the_limit_is_passed_on() -> None:
    service = Service()
    answer = send(browser_of(service, max_cohort_bytes=1024), body=b"x" * 1024)
    assert answer.status_code == 201
    assert len(service.asked[0].content) == 1024


def test_of_an_upload_that_is_stopped_nothing_is_kept() -> None:
    service = Service()
    browser = browser_of(service)
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
    assert "limit of 1,024 bytes" in answer.get_json()["message"]
    assert service.asked == []


def test_so_is_one_that_does_not_say_its_length() -> None:
    service = Service()
    browser = browser_of(service, max_cohort_bytes=1024)
    answer = browser.post(
        "/cohorts/upload?name=people.csv",
        input_stream=io.BytesIO(b"x" * 100_000),
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        headers={"X-CSRFToken": csrf(browser), **ORIGIN},
    )
    assert answer.status_code == 413
    assert "limit of 1,024 bytes" in answer.get_json()["message"]
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


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
    ],
)
def test_nothing_is_read_before_it_is_known_whose_page_sends_it(kind: str) -> None:
    source = Browser(1_000_000)
    answer = send_from(browser_of(Service()), source, content_type=kind, **{"X-CSRFToken": "none"})
    assert answer.status_code in (400, 415)
    assert source.n_read == 0


def test_a_server_that_has_not_received_the_file_does_so_before_the_api_is_asked() -> None:
    class Wanted(BaseException):
        """As agelens.wsgi_server.event_loop raises it."""

    class NotReceived:
        def read(self, _size: int = -1) -> bytes:
            raise Wanted

    service = Service()
    browser = browser_of(service)
    with pytest.raises(Wanted):
        browser.post(
            "/cohorts/upload?name=people.csv",
            environ_overrides={"wsgi.input": NotReceived(), "CONTENT_LENGTH": "1000000"},
            headers={"X-CSRFToken": csrf(browser), **ORIGIN},
        )
    assert service.asked == []


@pytest.mark.parametrize("name", ["people.docx", "people", "", "..%2Fpeople"])
def test_a_file_of_another_kind_is_refused_in_words(name: str) -> None:
    service = Service()
    answer = send(browser_of(service), name=name)
    assert answer.status_code == 415
    assert ".csv" in answer.get_json()["message"]
    assert service.asked == []


def test_of_a_name_with_folders_the_last_part_is_kept() -> None:
    service = Service()
    send(browser_of(service), name="C:%5Cdata%5Cpeople.CSV")
    assert service.asked[0].url.params["name"] == "people.CSV"


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
    assert "can't reach AgeLens" in answer.get_json()["message"]
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
    slots = server.extensions["agelens_file_slots"]
    assert slots.acquire(blocking=False)
    answer = send(browser)
    assert answer.status_code == 503
    assert "Too many files" in answer.get_json()["message"]
    slots.release()
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
