"""Two finished predictions compared: what changed, and whether it is more than noise."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from agelens.clocks.bundles import pack, read_bundle, shipped
from agelens.clocks.manifests import MANIFEST, PARAMETERS, finish_manifest, json_bytes
from integration.api.bundles import new_name
from integration.api.problem_shape import expect_problem
from integration.api.test_what_if import answers_for, finished
from integration.conftest import PersonFactory
from integration.people import Person
from werkzeug.test import TestResponse

RunJobs = Callable[[], None]
ZIP = "application/zip"


def ask(person: Person, before: str, after: str) -> TestResponse:
    return person.post(f"/api/tasks/{before}/compare/{after}")


def compared(person: Person, before: str, after: str) -> dict[str, Any]:
    response = ask(person, before, after)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json
    assert parts_of(answer) == pytest.approx(answer["change"], abs=1e-9)
    return answer


def parts_of(answer: dict[str, Any]) -> float:
    """The sum of all parts of a change."""
    version = answer["version"]["change"] if answer["version"] else 0.0
    markers = math.fsum(each["change"] for each in answer["markers"])
    return float(markers + answer["time"]["change"] + version)


@pytest.mark.parametrize("model", ["phenoage", "kdm", "mortality-age", "dysregulation"])
def test_a_small_change_is_within_noise_and_a_large_one_is_not(
    person: PersonFactory, run_jobs: RunJobs, model: str
) -> None:
    one = person(200)
    answers = answers_for(one, model)
    small, large = {"albumin": answers["albumin"] - 0.4}, {"albumin": 25, "creatinine": 320}
    before, after, much = (
        finished(one, run_jobs, model=model, answers={**answers, **changed})
        for changed in ({}, small, large)
    )
    little, lot = compared(one, before, after), compared(one, before, much)
    assert (little["real"], lot["real"]) == (False, True)
    assert "within noise" in little["sentence"]
    assert "larger than chance" in lot["sentence"]
    if model != "dysregulation":  # a distance, to which markers add together
        assert [m["feature"] for m in little["markers"] if m["change"]] == ["albumin"]
    assert {m["feature"] for m in lot["markers"] if m["change"]} >= {"albumin", "creatinine"}
    assert "What moved most: " in lot["sentence"]
    first, second = (one.task(each)["result"]["prediction"] for each in (before, much))
    assert lot["change"] == second - first
    assert lot["measurement"]["minimum_detectable_change"] < abs(lot["change"])
    assert little["version"] is None
    assert one.get("/api/wallet").json["balance"] == compared_price(one, [before, after, much])


def compared_price(person: Person, task_ids: list[str]) -> int:
    """What is left when nothing but the tasks was paid."""
    return 200 - sum(person.task(each)["charged"] for each in task_ids)


def test_the_other_way_round_everything_has_the_other_sign(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    answers = answers_for(one, "phenoage")
    before = finished(one, run_jobs, model="phenoage", answers=answers)
    after = finished(one, run_jobs, model="phenoage", answers={**answers, "crp": 4})
    there, back = compared(one, before, after), compared(one, after, before)
    assert there["change"] == -back["change"]
    assert there["measurement"]["sd"] == pytest.approx(back["measurement"]["sd"])
    assert there["before"] == back["after"]


def test_time_that_passed_is_a_part_of_its_own(person: PersonFactory, run_jobs: RunJobs) -> None:
    one = person(200)
    answers = answers_for(one, "phenoage")
    said = {"answers": answers, "model": "phenoage"}
    ids = []
    for age in (50, 53.5):
        response = one.post("/api/tasks/predict", {**said, "chronological_age": age})
        run_jobs()
        ids.append(response.json["task_id"])
    answer = compared(one, *ids)
    bases = [one.task(each)["result"]["base_value"] for each in ids]
    assert answer["time"] == {"change": bases[1] - bases[0], "years_passed": 3.5}
    # no value changed, so nothing else moved, although peers of another age shift what values count
    assert any(each["change"] for each in answer["markers"])
    assert re.search(r"What moved most: time passed \+\d\.\d years\.$", answer["sentence"])


def test_markers_of_one_panel_only_and_an_illness_are_said(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    answers = answers_for(one, "mortality-age")
    lacking = {key: value for key, value in answers.items() if key not in ("hdl", "urea_nitrogen")}
    before = finished(one, run_jobs, model="mortality-age", answers=lacking)
    after = finished(one, run_jobs, model="mortality-age", answers=answers)
    ill = finished(one, run_jobs, model="mortality-age", answers=answers, context=["acutely_ill"])
    said = compared(one, before, after)["sentence"]
    assert re.search(r"one of the two panels only: (Blood urea nitrogen|HDL chol.*); ", said)
    assert "HDL cholesterol" in said
    assert "illness" not in said
    assert compared(one, before, before)["sentence"].count("only") == 0
    said = compared(one, after, ill)["sentence"]
    assert said.endswith(
        "Pregnancy or acute illness was stated, which changes biomarkers for a while."
    )
    assert "panels only" not in said


def test_without_sourced_variations_it_says_that_it_cannot_tell(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one = person(200)
    answers = answers_for(one, "kaggle-age")
    before = finished(one, run_jobs, answers=answers)
    after = finished(one, run_jobs, answers={**answers, "bone_density": 0.3})
    answer = compared(one, before, after)
    assert answer["real"] is None
    assert answer["measurement"]["sd"] is None
    assert "cannot be said: only 3 of the 8 markers" in answer["sentence"]


def publish(admin: Person, name: str, version: str, albumin_counts: float) -> None:
    """PhenoAge under another name, in which albumin counts more or less, as the active version."""
    directory = shipped("phenoage")
    assert directory is not None
    files = read_bundle(directory)
    document = json.loads(files.pop(MANIFEST)) | {"name": name, "version": version, "price": 1}
    parameters = json.loads(files[PARAMETERS])
    parameters["markers"][0]["coefficient"] *= albumin_counts
    files[PARAMETERS] = json_bytes(parameters)
    for stated in ("sha256", "files", "format"):
        document.pop(stated, None)
    packed = pack({**files, MANIFEST: finish_manifest(document, files)})
    path = "/api/admin/ml-models"
    sent = admin.request("POST", path, data=packed, content_type=ZIP)
    assert sent.status_code == 201, sent.text
    assert admin.post(f"{path}/{name}/activate", {"version": version}).status_code == 200


def test_what_a_newer_version_does_is_a_part_of_its_own(
    person: PersonFactory, admin: Person, run_jobs: RunJobs
) -> None:
    one, name = person(200), new_name()
    answers = answers_for(one, "phenoage")
    ids = []
    for version, counts in (("1.9.0", 1.0), ("1.10.0", 0.5)):
        publish(admin, name, version, counts)
        changed = {**answers, "albumin": 41} if ids else answers
        ids.append(finished(one, run_jobs, model=name, answers=changed))
    answer = compared(one, *ids)
    assert answer["model"] == {"name": name, "version": "1.10.0"}
    again = answer["before"]["result"]
    assert again["model"]["version"] == "1.10.0"
    kept = one.task(ids[0])["result"]["prediction"]
    assert (answer["before"]["version"], answer["before"]["prediction"]) == ("1.9.0", kept)
    assert answer["version"]["change"] == again["prediction"] - kept != 0
    back = compared(one, ids[1], ids[0])
    assert back["model"]["version"] == "1.10.0"
    assert back["version"]["change"] == pytest.approx(-answer["version"]["change"])
    assert (back["version"]["before"], back["version"]["after"]) == ("1.10.0", "1.9.0")
    assert back["real"] == answer["real"]


def test_different_clocks_unfinished_tasks_and_those_of_others_are_refused(
    person: PersonFactory, run_jobs: RunJobs
) -> None:
    one, stranger = person(200), person(200)
    pheno = finished(one, run_jobs, model="phenoage")
    other = finished(one, run_jobs, model="kdm")
    draft = one.post("/api/tasks", {"answers": {"glucose": 5}}).json["id"]
    problem = expect_problem(ask(one, pheno, other), 409, "different_clocks")
    assert "phenoage" in problem["detail"]
    assert "draft" in expect_problem(ask(one, pheno, draft), 409, "conflict")["detail"]
    theirs = finished(stranger, run_jobs, model="phenoage")
    expect_problem(ask(one, pheno, theirs), 404, "not_found")
    expect_problem(ask(stranger, pheno, theirs), 404, "not_found")
    nobody = Person(one.http, "nobody@example.org")
    expect_problem(ask(nobody, pheno, pheno), 401)
