"""`name@version`: an analysis is repeated to the last byte after an activation."""

import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow.parquet
import pytest
from agelens import __version__
from agelens.clocks.bundles import pack, read_bundle, shipped
from integration.api.bundles import bundle, bundle_files, new_name
from integration.api.problem_shape import expect_problem
from integration.api.sent_cohorts import PATH, accepted, as_csv, cohort, people, send
from integration.conftest import PersonFactory
from integration.people import Person
from python_calamine import CalamineWorkbook

RunJobs = Callable[[], None]
ADMIN = "/api/admin/ml-models"
FILES = ("csv", "parquet", "json", "xlsx")


def another(name: str, version: str) -> bytes:
    """The clock, with bones that lose their density later."""
    directory = shipped("kaggle-age")
    assert directory is not None
    parameters = json.loads(read_bundle(directory)["parameters.json"])
    parameters["linear"][0]["intercept"] += 0.05
    contents = {"parameters.json": json.dumps(parameters).encode()}
    return pack(bundle_files({"name": name, "version": version, "price": 1}, contents))


def publish(admin: Person, blob: bytes) -> None:
    sent = admin.post(f"{ADMIN}?force=true", data=blob, content_type="application/zip")
    assert sent.status_code == 201, sent.text


def activate(admin: Person, name: str, version: str) -> None:
    assert admin.post(f"{ADMIN}/{name}/activate", {"version": version}).status_code == 200


@pytest.fixture
def name(admin: Person) -> str:
    """A clock with two versions that differ; the first is active."""
    found = new_name()
    publish(admin, bundle(found, "1.0.0"))
    publish(admin, another(found, "2.0.0"))
    return found


def result_of(one: Person, run_jobs: RunJobs, model: str) -> dict[str, Any]:
    sent = one.predict(model=model, chronological_age=50)
    assert sent.status_code == 202, sent.text
    run_jobs()
    result: dict[str, Any] = one.task(sent.json["task_id"])["result"]
    return result


def files_of(one: Person, run_jobs: RunJobs, model: str) -> dict[str, bytes]:
    made = accepted(send(one, as_csv(people(5)), query={"model": model, "id_column": "person"}))
    run_jobs()
    assert cohort(one, made["id"])["status"] == "succeeded"
    return {f: one.get(f"{PATH}/{made['id']}/results?format={f}").data for f in FILES}


def test_a_pinned_prediction_is_the_same_bytes_after_an_activation(
    admin: Person, person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(10)
    before = result_of(one, run_jobs, f"{name}@1.0.0")
    assert before["model"]["version"] == "1.0.0"
    assert before["model"]["code_version"] == __version__
    activate(admin, name, "2.0.0")
    assert json.dumps(result_of(one, run_jobs, f"{name}@1.0.0")) == json.dumps(before)
    newest = result_of(one, run_jobs, name)
    assert newest["model"]["version"] == "2.0.0"
    assert abs(newest["prediction"] - before["prediction"]) > 0.1


def test_a_pinned_cohort_gives_the_same_files_after_an_activation(
    admin: Person, person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(100)
    before = files_of(one, run_jobs, f"{name}@1.0.0")
    activate(admin, name, "2.0.0")
    assert files_of(one, run_jobs, f"{name}@1.0.0") == before
    assert files_of(one, run_jobs, name)["csv"] != before["csv"]


def test_a_result_file_names_clock_hashes_and_code(
    person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(100)
    files = files_of(one, run_jobs, f"{name}@2.0.0")
    table = pyarrow.parquet.read_table(pyarrow.py_buffer(files["parquet"]))
    shown = one.get(f"/api/ml-models/{name}@2.0.0").json
    said = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    assert said == {
        "agelens": __version__,
        f"{name}.version": "2.0.0",
        f"{name}.sha256": shown["sha256"],
        f"{name}.data_sha256": shown["data_sha256"],
    }
    assert set(table["clock_version"].to_pylist()) == {"2.0.0"}
    book = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"]))
    assert dict(book.get_sheet_by_name("Method").to_python()) == {"name": "value", **said}


def test_a_pinned_draft_keeps_its_version_and_another_one_follows(
    admin: Person, person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(10)
    pinned, plain, freed = (one.draft(model=m) for m in (f"{name}@1.0.0", name, f"{name}@1.0.0"))
    assert pinned["model"] == {"name": name, "version": "1.0.0"}
    activate(admin, name, "2.0.0")
    one.patch(f"/api/tasks/{freed['id']}", {"model": name})
    for draft in (pinned, plain, freed):
        assert one.post(f"/api/tasks/{draft['id']}/run").status_code == 202
    run_jobs()
    versions = [
        one.task(draft["id"])["result"]["model"]["version"] for draft in (pinned, plain, freed)
    ]
    assert versions == ["1.0.0", "2.0.0", "2.0.0"]


def test_a_pinned_draft_of_a_cohort_keeps_its_version(
    admin: Person, person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(100)
    query = {"model": f"{name}@1.0.0", "draft": "true"}
    draft = accepted(send(one, as_csv(people(2)), query=query), 201)
    activate(admin, name, "2.0.0")
    preview = one.post(f"{PATH}/{draft['id']}/preview", {}).json
    assert preview["model"] == {"name": name, "version": "1.0.0"}
    other = one.post(f"{PATH}/{draft['id']}/preview", {"model": name}).json
    assert other["model"]["version"] == "2.0.0"
    assert one.post(f"{PATH}/{draft['id']}/run", {}).status_code == 202
    run_jobs()
    assert cohort(one, draft["id"])["model"] == {"name": name, "version": "1.0.0"}


def test_a_what_if_is_of_the_version_that_was_asked(
    admin: Person, person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(10)
    task_id = one.predict(model=f"{name}@1.0.0").json["task_id"]
    run_jobs()
    activate(admin, name, "2.0.0")
    varied = one.post(f"/api/tasks/{task_id}/what-if", {"changes": [{"systolic_bp": 150}]}).json
    assert varied["results"][0]["model"]["version"] == "1.0.0"


def test_every_version_is_shown_and_has_an_example_and_a_template(
    person: PersonFactory, name: str
) -> None:
    one = person()
    for asked, version in ((name, "1.0.0"), (f"{name}@1.0.0", "1.0.0"), (f"{name}@2.0.0", "2.0.0")):
        shown = one.get(f"/api/ml-models/{asked}").json
        assert (shown["name"], shown["version"]) == (name, version)
        assert shown["versions"] == ["2.0.0", "1.0.0"]
        assert f"({name} {version}), AgeLens {__version__}" in shown["citation"]
        assert shown["sha256"] in shown["citation"]
        example = one.get(f"/api/ml-models/{asked}/example").json
        assert example["result"]["model"]["version"] == version
    assert one.get(f"{PATH}/template", query_string={"model": f"{name}@2.0.0"}).status_code == 200
    matched = one.post(f"{PATH}/match", {"model": f"{name}@2.0.0", "header": ["systolic_bp"]}).json
    assert matched["model"]["version"] == "2.0.0"


def test_a_version_costs_what_its_clock_costs(
    admin: Person, person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(10)
    assert one.predict(model=f"{name}@2.0.0").status_code == 202
    run_jobs()
    assert one.wallet()["balance"] == 9


@pytest.mark.parametrize("version", ["1.0", "3.0.0", "1.0.0@1.0.0"])
def test_a_version_that_is_not_published_is_told_with_those_that_are(
    person: PersonFactory, name: str, version: str
) -> None:
    one = person(10)
    problem = expect_problem(one.predict(model=f"{name}@{version}"), 404, "not_found")
    assert problem["detail"] == f"{name} has no version {version}; published: 2.0.0, 1.0.0."
    problem = expect_problem(one.get(f"/api/ml-models/no-clock@{version}"), 404, "not_found")
    assert problem["detail"] == "There is no clock called no-clock."


def test_half_of_a_name_and_version_is_told_what_it_lacks(person: PersonFactory, name: str) -> None:
    one = person(10)
    problem = expect_problem(one.predict(model=f"{name}@"), 404, "not_found")
    assert problem["detail"] == f"{name}@ names no version; published: 2.0.0, 1.0.0."
    for asked in ("@", "@1.0.0"):
        problem = expect_problem(one.get(f"/api/ml-models/{asked}"), 404, "not_found")
        assert problem["detail"] == f'"{asked}" names no clock.'


def test_the_history_is_told_by_clock_or_by_version(
    person: PersonFactory, run_jobs: RunJobs, name: str
) -> None:
    one = person(10)
    for model in (f"{name}@1.0.0", f"{name}@2.0.0"):
        result_of(one, run_jobs, model)
    for model, versions in ((name, ["2.0.0", "1.0.0"]), (f"{name}@1.0.0", ["1.0.0"])):
        items = one.get("/api/tasks/history", query_string={"model": model}).json["items"]
        assert [task["model"]["version"] for task in items] == versions
