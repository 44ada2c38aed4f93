"""What is taken away is what the API said."""

import ast
import csv
import json

import pytest
from agelens.client import Assessment
from agelens.client.decoding import decode
from unit.dash_app.result.made_up import GLUCOSE, result, row, task, wire

from dash_app import copied_code, exports

SCHEMA = {"glucose": GLUCOSE}


def test_the_json_is_what_the_api_said():
    assert json.loads(exports.as_json(task())) == wire()


def test_the_json_has_nothing_that_only_a_draft_or_an_administrator_is_told():
    told = wire(models=None, user_id="someone", user_email="someone@example.org")
    assert json.loads(exports.as_json(task(**told))) == wire()


def test_the_json_of_a_failed_task_keeps_its_reason():
    told = wire(status="failed", result=None, error={"code": "scoring", "message": "Too odd."})
    assert json.loads(exports.as_json(task(**told))) == told


def test_the_csv_adds_up_to_the_prediction():
    rows = [row(years=1.25), row("bmi", -0.75), row("hdl", 0.1 + 0.2)]
    of = task(result=result(base_value=50.0, prediction=50.8, contributions=rows))
    lines = list(csv.reader(exports.as_csv([(of, SCHEMA)]).splitlines()))
    head = dict(line for line in lines[: lines.index([])] if line)
    table = lines[lines.index([]) + 1 :]
    years = table[0].index("years")
    total = float(head["base_value"]) + sum(float(line[years]) for line in table[1:])
    assert total == pytest.approx(float(head["prediction"]), abs=1e-3)
    assert [line[0] for line in table[1:]] == ["glucose", "bmi", "hdl"]


def test_the_csv_of_a_clock_without_an_interval_leaves_it_empty():
    lines = exports.as_csv([(task(result=result(interval=None)), SCHEMA)]).splitlines()
    assert "interval_low," in lines


def test_the_program_is_python_and_has_the_answers_in_it():
    answers = {f"a_long_name_of_a_biomarker_{n}": n + 0.5 for n in range(9)} | {
        "note": "a \"quote'"
    }
    code = copied_code.of_task(
        task(answers=answers, units={"bmi": "kg/m²"}), "https://clock.example.org"
    )
    values = {
        node.targets[0].id: node.value
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign)
    }
    assert ast.literal_eval(values["answers"]) == answers
    assert ast.literal_eval(values["given"]) == {
        "model": "a-clock@1.0.0",
        "units": {"bmi": "kg/m²"},
        "chronological_age": 50,
    }
    assert "https://clock.example.org" in ast.unparse(values["client"])


def test_the_file_names_say_which_clock_and_when():
    assert exports.file_name([task()], "csv") == "agelens-a-clock-2026-11-23-00000000.csv"
    assert exports.file_name([task(), task()], "csv") == "agelens-2-clocks-2026-11-23-00000000.csv"
    drawn = task(measured_on="2026-11-02")
    assert exports.file_name([drawn], "json") == "agelens-a-clock-2026-11-02-00000000.json"


def rows_of(*tasks):
    lines = list(csv.reader(exports.as_csv([(of, SCHEMA) for of in tasks]).splitlines()))
    heads = [n for n, line in enumerate(lines) if line[:1] == ["feature"]]
    return [dict(zip(lines[head], lines[head + 1], strict=True)) for head in heads]


@pytest.mark.parametrize("typed", [97.24187, 106.5, 98, 110.25])
def test_values_are_in_the_unit_and_with_the_digits_that_were_typed(typed):
    canonical = typed * 0.05551
    of = task(
        answers={"glucose": typed},
        units={"glucose": "mg/dL"},
        result=result(contributions=[row(value=canonical, years=1 / 3)]),
    )
    (found,) = rows_of(of)
    assert (found["value"], found["unit"]) == (
        f"{typed:g}" if typed != 97.24187 else "97.24187",
        "mg/dL",
    )
    assert (found["reference_low"], found["reference_high"]) == ("70", "101")
    assert found["years"] == "0.3333"


def test_a_text_that_was_typed_comes_back_as_it_was():
    of = task(answers={"glucose": "6,10"}, result=result(contributions=[row(value=6.1)]))
    assert rows_of(of)[0]["value"] == "6.10"


def test_several_clocks_are_parts_of_one_file():
    one, other = task(), task(model={"name": "b-clock", "version": "2.0.0"})
    assert len(rows_of(one, other)) == 2
    text = exports.as_csv([(one, SCHEMA), (other, SCHEMA)])
    assert text.index("a-clock 1.0.0") < text.index("b-clock 2.0.0")


def test_the_program_says_whatever_was_said_of_the_panel():
    said = {"baseline": "own_age", "measured_on": "2026-11-02", "context": ["pregnant"]}
    code = copied_code.of_task(task(**said), "https://clock.example.org")
    (given,) = (
        ast.literal_eval(node.value)
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign) and node.targets[0].id == "given"
    )
    assert given == {"model": "a-clock@1.0.0", "chronological_age": 50, **said}


def assessment():
    told = {
        "id": "00000000-0000-0000-0000-00000000000a", "answers": {"glucose": 6.1}, "units": {},
        "measured_on": "2026-11-02", "chronological_age": 50, "age_from_profile": False,
        "context": [], "baseline": None, "price": 10, "charged": 10,
        "created_at": "2026-11-23T18:00:00.000001+00:00", "not_run": [],
        "tasks": [wire(), wire(model={"name": "b-clock", "version": "2.0.0"})],
    }  # fmt: skip
    return told, decode(Assessment, told)


def test_the_json_of_an_assessment_is_what_the_api_said():
    told, read = assessment()
    assert json.loads(exports.as_json(read)) == told


def test_the_program_of_an_assessment_names_every_clock_in_its_version():
    _told, read = assessment()
    code = copied_code.of_assessment(read, "https://clock.example.org")
    ast.parse(code)
    assert "a-clock@1.0.0" in code
    assert "b-clock@2.0.0" in code
    assert "client.assessments['00000000-0000-0000-0000-00000000000a']" in code
