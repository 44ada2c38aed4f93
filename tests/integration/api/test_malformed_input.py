"""Whatever is sent: a 4xx problem at worst, never a 5xx."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from integration.api.problem_shape import expect_field, expect_problem
from integration.conftest import PersonFactory
from integration.people import PASSWORD, Person
from werkzeug.test import TestResponse

ROUTES = [
    ("POST", "/api/tasks/predict"),
    ("POST", "/api/tasks"),
    ("POST", "/api/wallet/topup"),
    ("POST", "/api/auth/tokens"),
    ("POST", "/api/auth/register"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/admin/wallets/nobody/topup"),
    ("POST", "/api/admin/ml-models/kaggle-age/activate"),
]
NO_JSON = {
    "nothing": b"",
    "half": b'{"answers": {"systolic_bp": ',
    "NaN": b'{"answers": {"systolic_bp": NaN}}',
    "Infinity": b'{"answers": {"systolic_bp": -Infinity}}',
    "beyond every float": b'{"answers": {"systolic_bp": 1e999}}',
    "5000 digits": b'{"answers": {"systolic_bp": ' + b"9" * 5000 + b"}}",
    "100,000 lists": b"[" * 100_000,
    "100,000 lists, closed": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"a":' * 100_000,
    "NUL in a value": rb'{"answers": {"sex": "\u0000"}}',
    "NUL in a key": rb'{"answers": {"a\u0000b": 1}}',
    "NUL in an address": rb'{"email": "a\u0000@b.org", "password": "x"}',
    "NUL far down": b"[" * 900 + rb'"\u0000"' + b"]" * 900,
    "a bare NUL": b'{"answers": {"sex": "\x00"}}',
    "half a surrogate": rb'{"answers": {"\ud800": 1}}',
    "the other half": rb'{"email": "\udfff@b.org"}',
    "no UTF-8": b'{"answers": {"\xff\xfe": 1}}',
    "UTF-16": '{"answers": {}}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"answers": {}}',
    "single quotes": b"{'answers': {}}",
    "a comment": b'{"answers": {} /* none */}',
}
NO_OBJECT = [b"null", b"true", b"5", b'"text"', b"[]", b"[" * 900 + b"]" * 900]


def send(who: Person, method: str, path: str, raw: bytes) -> TestResponse:
    return who.request(method, path, data=raw, content_type="application/json")


@pytest.mark.parametrize("raw", NO_JSON.values(), ids=NO_JSON.keys())
def test_what_is_no_json_is_400(admin: Person, raw: bytes) -> None:
    for method, path in ROUTES:
        expect_problem(send(admin, method, path, raw), 400, "bad_request")


@pytest.mark.parametrize("raw", NO_OBJECT)
def test_what_is_no_object_is_422(admin: Person, raw: bytes) -> None:
    for method, path in ROUTES:
        expect_field(send(admin, method, path, raw), "", "is not an object")


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda many: many,
        lambda many: {"answers": many},
        lambda many: {"answers": {}, "units": many},
        lambda many: {"answers": {"systolic_bp": many}},
    ],
)
def test_900_kb_with_50_thousand_keys_get_a_short_answer(
    person: PersonFactory, wrapped: Any
) -> None:
    raw = json.dumps(wrapped({f"k{i:09}": 1 for i in range(50_000)})).encode()
    assert 800_000 < len(raw) < 1024 * 1024
    one = person(10)
    for path in ("/api/tasks/predict", "/api/tasks"):
        response = send(one, "POST", path, raw)
        expect_problem(response, 422)
        assert len(response.data) < 50_000


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b'{"answers": {"systolic_bp": 5, "systolic_bp": 121}}', "/answers/systolic_bp"),
        (b'{"answers": {"a/b": 5, "a\\u002fb": 5}}', "/answers/a~1b"),
        (b'{"answers": {}, "model": "kaggle-age", "answers": {}}', "/answers"),
        (b'{"answers": {"x": [0, {"y": 1, "z": 2, "y": 1}]}}', "/answers/x/1/y"),
    ],
)
def test_a_key_that_is_there_twice_is_named(admin: Person, raw: bytes, pointer: str) -> None:
    for method, path in ROUTES:
        expect_field(send(admin, method, path, raw), pointer, "more than once")


@pytest.mark.parametrize("value", [-0.0, 1e308, 5e-324, 2**53, "x" * 500, "\u202e", "💩", False])
def test_a_draft_keeps_what_it_was_given(person: PersonFactory, value: object) -> None:
    one = person()
    draft = one.draft({"systolic_bp": value, "Blood Pressure (s/d)": 1})
    assert one.task(draft["id"])["answers"] == {"systolic_bp": value, "Blood Pressure (s/d)": 1}
    assert {e["pointer"] for e in draft["validation_errors"]} >= {"/answers/Blood Pressure (s~1d)"}


@pytest.mark.parametrize(
    "body",
    [
        b"username=a%00@b.org&password=x",
        b"username=a@b.org&password=%00",
        b"username=%ff%fe&password=" + b"x" * 20_000,
        b"username=a@b.org&username=c@d.org&password=" + b"\x00",
        b"=&=&&&;;%",
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_a_weird_login_form_is_refused(http: FlaskClient, body: bytes) -> None:
    form = "application/x-www-form-urlencoded"
    expect_problem(http.post("/api/auth/login", data=body, content_type=form), 422)


def test_a_form_with_thousands_of_fields_is_refused(http: FlaskClient) -> None:
    body = b"&".join(b"k%d=1" % i for i in range(50_000))
    form = "application/x-www-form-urlencoded"
    response = http.post("/api/auth/login", data=body, content_type=form)
    assert response.status_code in (413, 422)
    expect_problem(response, response.status_code)
    assert len(response.data) < 50_000


@pytest.mark.parametrize(
    "email", ["İ@example.org", "ß" * 250 + "@x.org", "'; drop table users--@x"]
)
def test_logging_in_with_a_weird_address_is_refused(http: FlaskClient, email: str) -> None:
    response = http.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    assert response.status_code in (401, 422)
    expect_problem(response, response.status_code)


@pytest.mark.parametrize(
    "path",
    ["/api/cohorts", "/api/admin/retrainings", "/api/assessments/import"],
)
@pytest.mark.parametrize("disposition", ["form-data", 'form-data; filename="a.csv"'])
def test_a_part_of_a_form_without_a_name_is_refused(
    admin: Person, path: str, disposition: str
) -> None:
    """Also with a key, when forms are compared."""
    lines = ["--edge", f"Content-Disposition: {disposition}", "", "a,b", "--edge"]
    named = ['Content-Disposition: form-data; name="model"', "", "phenoage", "--edge--", ""]
    response = admin.post(
        path,
        data="\r\n".join([*lines, *named]),
        content_type="multipart/form-data; boundary=edge",
        headers={"Idempotency-Key": f"{path} {disposition}"},
    )
    assert response.status_code == 422, response.text
