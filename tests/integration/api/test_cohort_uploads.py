"""What POST /api/cohorts takes, in which form, and what it refuses and why."""

import io
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ijson
import pytest
from agelens.settings import Settings
from agelens.storage.files import Files
from agelens.web import uploads
from flask import Flask
from integration.api.problem_shape import expect_field, expect_problem
from integration.api.sent_cohorts import (
    CSV,
    NDJSON,
    PARQUET,
    PATH,
    Row,
    accepted,
    as_csv,
    as_json,
    as_ndjson,
    as_parquet,
    cohort,
    people,
    result_rows,
    send,
    send_form,
)
from integration.conftest import PersonFactory
from integration.people import Person

RunJobs = Callable[[], None]


def as_tsv(rows: list[Row]) -> bytes:
    return as_csv(rows).replace(b",", b"\t")


BODIES = [
    pytest.param(CSV, as_csv, "csv", id="csv"),
    pytest.param(PARQUET, as_parquet, "parquet", id="parquet"),
    pytest.param(NDJSON, as_ndjson, "json", id="ndjson"),
    pytest.param("application/ndjson", as_ndjson, "json", id="ndjson, registered"),
    pytest.param("application/jsonl", as_ndjson, "json", id="jsonl"),
    pytest.param("text/tab-separated-values", as_tsv, "csv", id="tsv"),
    pytest.param("application/json", as_json, "json", id="json"),
]
FILES = [
    ("people.csv", as_csv),
    ("PEOPLE.CSV", as_csv),
    ("people.tsv", as_tsv),
    ("people.parquet", as_parquet),
    ("people.json", as_json),
    ("people.ndjson", as_ndjson),
    ("people.jsonl", as_ndjson),
]


@pytest.mark.parametrize(("kind", "write", "format"), BODIES)
def test_a_body_of_each_kind_gives_the_same_results(
    person: PersonFactory,
    run_jobs: RunJobs,
    kind: str,
    write: Callable[[list[Row]], bytes],
    format: str,
) -> None:
    one = person(100)
    made = accepted(send(one, write(people(3)), kind, query={"id_column": "person"}))
    assert (made["format"], made["rows"], made["name"]) == (format, 3, "cohort")
    usual = accepted(send_form(one, as_csv(people(3)), id_column="person"))
    run_jobs()
    assert cohort(one, made["id"])["rows_scored"] == 3
    assert result_rows(one, made["id"]) == result_rows(one, usual["id"])


@pytest.mark.parametrize(("name", "write"), FILES)
def test_a_file_in_a_form_is_read_by_the_ending_of_its_name(
    person: PersonFactory, name: str, write: Callable[[list[Row]], bytes]
) -> None:
    made = accepted(send_form(person(100), write(people(2)), name))
    assert (made["rows"], made["name"]) == (2, name)


@pytest.fixture
def spools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The temporary files that are made, whoever makes them and whether or not they have a name."""
    made: list[str] = []
    really_open = os.open

    def opened(path: Any, *args: Any, **options: Any) -> int:
        number = really_open(path, *args, **options)
        if str(path).startswith(str(tmp_path)):
            made.append(str(path))
        return number

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "open", opened)
    return made


@pytest.mark.parametrize("count", [2, 20_000])
@pytest.mark.parametrize(("kind", "write", "format"), BODIES[:3])
def test_a_body_is_written_to_one_temporary_file(
    person: PersonFactory,
    spools: list[str],
    kind: str,
    write: Callable[[list[Row]], bytes],
    format: str,
    count: int,
) -> None:
    accepted(send(person(), write(people(count)), kind, query={"draft": "true"}), 201)
    assert len(spools) == 1


@pytest.mark.parametrize(
    ("name", "write", "count", "n_spools"),
    [
        pytest.param("people.csv", as_csv, 2, 0, id="a few kilobytes stay in memory"),
        pytest.param("people.csv", as_csv, 20_000, 1, id="csv"),
        pytest.param("people.parquet", as_parquet, 2, 1, id="its process needs a real file"),
        pytest.param("people.parquet", as_parquet, 200_000, 1, id="parquet"),
    ],
)
def test_so_is_a_form(
    person: PersonFactory,
    spools: list[str],
    name: str,
    write: Callable[[list[Row]], bytes],
    count: int,
    n_spools: int,
) -> None:
    content = write(people(count))
    assert (len(content) > 500_000) == (count > 2)
    spools.clear()
    accepted(send_form(person(), content, name, draft="true"), 201)
    assert len(spools) == n_spools


def test_options_beside_the_rows_of_a_json_body(person: PersonFactory) -> None:
    one = person(100)
    body = {
        "rows": people(2),
        "model": "phenoage",
        "mapping": {"hearing_ability": "crp"},
        "units": {"crp": "mg/dL"},
        "id_column": "person",
        "name": "from a program",
        "draft": True,
    }
    made = accepted(one.post(PATH, body), 201)
    assert (made["status"], made["name"], made["rows"]) == ("draft", "from a program", 2)
    assert (made["mapping"], made["units"]) == (body["mapping"], body["units"])
    assert made["id_column"] == "person"


@pytest.mark.parametrize("how", [send, send_form])
def test_json_is_parsed_once_wherever_its_options_stand(
    person: PersonFactory, monkeypatch: pytest.MonkeyPatch, how: Callable[..., Any]
) -> None:
    parsers = []
    make = ijson.basic_parse_coro

    def counted(*args: Any, **options: Any) -> Any:
        parsers.append(args)
        return make(*args, **options)

    monkeypatch.setattr(ijson, "basic_parse_coro", counted)
    one, rows = person(), json.dumps(people(2))
    options = '"id_column": "person", "name": "ours", "draft": true'
    kind = "application/json" if how is send else "people.json"
    for content in (f'{{{options}, "rows": {rows}}}', f'{{"rows": {rows}, {options}}}'):
        made = accepted(how(one, content.encode(), kind), 201)
        assert (made["id_column"], made["name"], made["rows"]) == ("person", "ours", 2)
    assert len(parsers) == 2


@pytest.mark.parametrize(
    ("option", "pointer", "words"),
    [
        ('"columns": "nonsense"', "/columns", "must be one of"),
        ('"units": {"glucose": "furlong"}', "/units/glucose", ""),
        ('"id_column": "no such column"', "/id_column", "no column"),
        ('"nonsense": [[{"a": 1}]]', "/nonsense", ""),
        ('"name": "a", "name": "b"', "/name", "more than once"),
        (f'"mapping": [{"1," * 10_000}1]', "/mapping", "is too long"),
    ],
)
@pytest.mark.parametrize("around", ['{"rows": %s, %s}', '{%s, "rows": %s}'])
def test_a_wrong_option_leaves_nothing_of_rows_that_were_read(
    settings: Settings, person: PersonFactory, option: str, pointer: str, words: str, around: str
) -> None:
    rows = json.dumps(people(20, glucose=5))
    first, second = (rows, option) if around.startswith('{"rows"') else (option, rows)
    one = person(1000)
    before = Files(settings.storage_url).folders("cohorts")
    expect_field(send(one, (around % (first, second)).encode(), "application/json"), pointer, words)
    assert one.get(PATH).json["items"] == []
    assert one.wallet()["held"] == 0
    assert Files(settings.storage_url).folders("cohorts") == before


def test_what_stands_beside_the_rows_has_a_limit_of_its_own(person: PersonFactory) -> None:
    rows, long = json.dumps(people(2)), "x" * 3_000_000
    for content in (f'{{"name": "{long}", "rows": {rows}}}', f'{{"rows": {rows}, "a": "{long}"}}'):
        answer = send(person(), content.encode(), "application/json")
        expect_field(answer, "/file", "what stands beside its rows is longer than a mebibyte")


def test_options_count_although_a_row_has_a_number_of_twenty_digits(person: PersonFactory) -> None:
    rows = json.dumps([{**people(1)[0], "person": 123456789012345678901}])
    body = f'{{"rows": {rows}, "id_column": "person", "draft": true}}'.encode()
    made = accepted(send(person(100), body, "application/json"), 201)
    assert made["id_column"] == "person"


def test_the_name_of_a_file_is_only_its_last_part(person: PersonFactory) -> None:
    made = accepted(send_form(person(100), as_csv(people(1)), "C:\\secret\\../people\t.csv"))
    assert made["name"] == "people.csv"


def test_an_empty_file_and_one_without_rows_are_refused_at_the_file(person: PersonFactory) -> None:
    one = person(100)
    header = as_csv(people(1)).splitlines()[0]
    for content, kind in ((b"", CSV), (header, CSV), (b"[]", "application/json")):
        expect_field(send(one, content, kind), "/file")
    expect_field(send(one, b'{"rows": []}', "application/json"), "/file")
    assert one.get(PATH).json["items"] == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PAR1 is how it begins", PARQUET),
        (b"[{", "application/json"),
        (b'{"rows": [1, 2]}', "application/json"),
        (b'"rows"', "application/json"),
        (b"[{}] and more", "application/json"),
        (b'{"glucose"\n{"glucose": 5}\n', NDJSON),
        (b"\xff\xfe\x00glucose\n5\n", CSV),
        (b"a\x00b,glucose\n1,5\n", CSV),
        (b'[{"a\\u0000b": 1, "glucose": 5}]', "application/json"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_the_file(
    person: PersonFactory, content: bytes, kind: str
) -> None:
    one = person(1000)
    problem = expect_problem(send(one, content, kind), 422)
    assert problem["errors"][0]["field"] in {"file", "rows"}
    assert one.get(PATH).json["items"] == []
    assert one.wallet()["held"] == 0


def test_a_row_that_is_none_costs_itself_alone(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(100)
    rows = people(3)
    lines = as_csv(rows).splitlines()
    lines[2] += b",1,2,3"
    nested = as_json([rows[0], 5, rows[2]])
    broken = as_ndjson(rows).splitlines()
    broken[1] = b"{"
    files = [
        (b"\n".join(lines), CSV),
        (nested, "application/json"),
        (b"\n".join(broken), NDJSON),
    ]
    made = [accepted(send(one, content, kind)) for content, kind in files]
    run_jobs()
    for each in made:
        assert cohort(one, each["id"])["rows_scored"] == 2
        assert [bool(row["error"]) for row in result_rows(one, each["id"])] == [False, True, False]


def test_two_columns_of_one_name_are_refused(person: PersonFactory) -> None:
    content = b"systolic_bp,diastolic_bp,systolic_bp\n120,80,121\n"
    expect_field(send(person(100), content), "/columns", "systolic_bp")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"model": "no-such-clock"}, None),
        ({"columns": "nonsense"}, "/columns"),
        ({"mapping": {"no such column": "glucose"}}, "/mapping"),
        ({"mapping": {"systolic_bp": "no_such_key"}}, "/mapping"),
        ({"units": {"glucose": "furlong"}}, "/units"),
        ({"id_column": "no such column"}, "/id_column"),
        ({"mapping": "{not json"}, "/mapping"),
        ({"mapping": "[1]"}, "/mapping"),
        ({"mapping": '{"a": 1}'}, "/mapping"),
        ({"draft": "perhaps"}, "/draft"),
        ({"nonsense": "1"}, "/nonsense"),
        ({"name": "x" * 201}, "/name"),
    ],
)
@pytest.mark.parametrize("how", [send, send_form])
def test_each_option_that_is_wrong_is_named(
    person: PersonFactory, said: Row, pointer: str | None, how: Callable[..., Any]
) -> None:
    one, content = person(1000), as_csv(people(2, glucose=5))
    response = how(one, content, query=said) if how is send else how(one, content, **said)
    if pointer is None:
        expect_problem(response, 404, "not_found")
    else:
        problem = expect_problem(response, 422)
        assert problem["errors"][0]["pointer"].startswith(pointer)
    assert one.get(PATH).json["items"] == []
    assert one.wallet()["held"] == 0


def test_a_file_that_no_column_of_which_is_known_says_what_it_may_be(
    person: PersonFactory,
) -> None:
    response = send(person(100), b"Cholesterol Level (mg/dL),Stress Levels\n200,5\n")
    problem = expect_problem(response, 422)
    assert "kaggle" in problem["errors"][0]["message"]


@pytest.mark.parametrize("model", ["", "mortality-age"])
def test_every_documented_body_is_scored_as_it_is(
    person: PersonFactory, run_jobs: RunJobs, model: str
) -> None:
    one = person(1000)
    document = one.get("/api/openapi.json").get_json(force=True)
    bodies = document["paths"][PATH]["post"]["requestBody"]["content"]
    examples = {kind: body["example"] for kind, body in bodies.items() if "example" in body}
    assert set(examples) == {"text/csv", "application/x-ndjson", "application/json"}
    for kind, example in examples.items():
        text = example if isinstance(example, str) else json.dumps(example)
        query = {"model": model} if model and isinstance(example, str) else {}
        made = accepted(send(one, text.encode(), kind, query=query))
        run_jobs()
        done = cohort(one, made["id"])
        assert (done["rows"], done["rows_scored"]) == (2, 2), kind


def test_options_in_two_places_are_refused(person: PersonFactory) -> None:
    one = person(100)
    body = json.dumps({"rows": people(1), "model": "kaggle-age"}).encode()
    response = send(one, body, "application/json", query={"model": "phenoage"})
    expect_field(response, "/model", "more than once")
    twice = one.post(f"{PATH}?model=a&model=b", data=as_csv(people(1)), content_type=CSV)
    expect_field(twice, "/model", "more than once")
    both = b'{"rows": [{"systolic_bp": 120}], "model": "kaggle-age", "model": "phenoage"}'
    expect_field(send(one, both, "application/json"), "/model", "more than once")


def test_a_form_needs_one_file_called_file(person: PersonFactory) -> None:
    one = person(100)
    expect_field(send_form(one, b"x", "people.docx"), "/file", ".csv")
    data = {"people": (io.BytesIO(as_csv(people(1))), "people.csv")}
    response = one.post(PATH, data=data, content_type="multipart/form-data")
    expect_field(response, "/people", "is not a file of this request")
    expect_field(response, "/file", "needed")


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("text/plain", {}),
        ("application/octet-stream", {}),
        ("application/xml", {}),
        ("text/csv; charset=latin-1", {}),
        (CSV, {"Content-Encoding": "gzip"}),
        ("", {}),
    ],
)
def test_other_kinds_of_bodies_are_refused(
    person: PersonFactory, kind: str, headers: dict[str, str]
) -> None:
    response = send(person(100), as_csv(people(1)), kind, headers=headers)
    problem = expect_problem(response, 415, "unsupported_media_type")
    assert (
        "Send text/csv, " in problem["detail"] or "without a Content-Encoding" in problem["detail"]
    )


def test_a_text_that_would_fill_the_memory_is_refused(person: PersonFactory) -> None:
    body = b'{"rows": [{"systolic_bp": "' + b"x" * 3_000_000 + b'"}]}'
    expect_field(send(person(100), body, "application/json"), "/file", "mebibyte")


def test_json_nested_deeply_is_refused(person: PersonFactory) -> None:
    one = person(100)
    for body in (b"[" * 100_000, b'{"model": ' + b"[" * 100_000, b'{"a":' * 100_000):
        expect_problem(send(one, body, "application/json"), 422)


@pytest.fixture
def small(
    settings: Settings, make_app: Callable[[Settings], Flask], person: PersonFactory
) -> Person:
    limits = {"max_cohort_bytes": 10_000, "max_cohort_rows": 50}
    one = person(1000)
    app = make_app(settings.model_copy(update=limits))
    return Person(app.test_client(), one.email, one.token)


@pytest.mark.parametrize("kind", [CSV, PARQUET, NDJSON, "application/json"])
def test_a_body_that_announces_more_than_the_limit_is_refused(small: Person, kind: str) -> None:
    problem = expect_problem(send(small, b" " * 10_001, kind), 413, "too_large")
    assert "10000" in problem["detail"]


@pytest.mark.parametrize("kind", [CSV, "application/json"])
def test_a_body_without_a_length_is_read_as_far_as_the_limit(small: Person, kind: str) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    content = io.BytesIO(b" " * 10_000_000)
    response = small.post(PATH, input_stream=content, content_type=kind, environ_overrides=chunked)
    problem = expect_problem(response, 413, "too_large")
    assert "10000" in problem["detail"]


def test_a_form_beyond_the_limit_is_refused(small: Person) -> None:
    expect_problem(send_form(small, b" " * 10_001), 413, "too_large")


def test_a_body_as_large_as_the_limit_is_taken(small: Person) -> None:
    content = as_csv(people(2))
    assert accepted(send(small, content + b"\n" * (10_000 - len(content))))["rows"] >= 2


def test_more_rows_than_the_limit_are_refused(small: Person) -> None:
    assert accepted(send(small, as_csv(people(50))))["rows"] == 50
    expect_field(send(small, as_csv(people(51))), "/file", "50")


def test_a_body_that_ends_before_its_announced_length_is_not_taken(person: PersonFactory) -> None:
    one, content = person(100), as_csv(people(3))
    response = one.post(
        PATH,
        input_stream=io.BytesIO(content),
        content_type=CSV,
        environ_overrides={
            "CONTENT_LENGTH": str(len(content) + 1),
            "wsgi.input_terminated": True,
        },
    )
    expect_problem(response, 400, "bad_request")
    assert one.get(PATH).json["items"] == []


def test_while_many_files_are_taken_in_the_next_is_told_to_come_back(
    settings: Settings,
    make_app: Callable[[Settings], Flask],
    person: PersonFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "SECONDS_FOR_A_SLOT", 0.1)
    one, app = person(100), make_app(settings.model_copy(update={"api_threads": 4}))
    one.http = app.test_client()
    slots = app.extensions["agelens_upload_slots"]
    with slots:
        response = send(one, as_csv(people(1)))
        expect_problem(response, 503, "unavailable")
        assert response.headers["Retry-After"]
    assert accepted(send(one, as_csv(people(1))))["rows"] == 1


def test_json_may_begin_with_a_byte_order_mark(person: PersonFactory) -> None:
    one = person(100)
    for body in (as_json(people(2)), json.dumps({"rows": people(2)}).encode()):
        made = accepted(send(one, b"\xef\xbb\xbf" + body, "application/json"))
        assert made["rows"] == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("[]".encode("utf-16")[:-1], "is no whole UTF-16 text"),
        (b"\xef\xbb\xbf", "is not JSON: "),
        (b"[\xff]", "is not JSON: "),
    ],
)
def test_what_is_wrong_with_json_is_said_in_one_line_of_words(
    person: PersonFactory, body: bytes, words: str
) -> None:
    said = expect_field(send(person(), body, "application/json"), "/file", words)
    assert "\\" not in said
    assert "\n" not in said


@pytest.mark.parametrize("wrong", ['{"glucose": 1e400}', '{"glucose" 5}', '{"glucose": NaN}'])
@pytest.mark.parametrize("around", ["[%s]", '{"model": "kaggle-age", "rows": [%s]}'])
def test_json_that_is_none_is_told_by_its_row(
    person: PersonFactory, around: str, wrong: str
) -> None:
    body = around % f'{{"glucose": 5}}, {wrong}, {{"glucose": 6}}'
    answer = send(person(100), body.encode(), "application/json")
    expect_field(answer, "/file", "near row 2: is not JSON: ")
