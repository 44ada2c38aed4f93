"""What is taken away is what the API said."""

import ast
import csv
import json

import pytest
from unit.dash_app.result.made_up import result, row, task, wire

from dash_app.pages.result import exports


def test_the_json_is_what_the_api_said():
    assert json.loads(exports.as_json(task())) == wire()


def test_the_json_of_a_failed_task_keeps_its_reason():
    told = wire(status="failed", result=None, error={"code": "scoring", "message": "Too odd."})
    assert json.loads(exports.as_json(task(**told))) == told


def test_the_csv_adds_up_to_the_prediction():
    rows = [row(years=1.25), row("bmi", -0.75), row("hdl", 0.1 + 0.2)]
    of = task(result=result(base_value=50.0, prediction=50.8, contributions=rows))
    lines = list(csv.reader(exports.as_csv(of).splitlines()))
    head = dict(line for line in lines[: lines.index([])] if line)
    table = lines[lines.index([]) + 1 :]
    years = table[0].index("years")
    total = float(head["base_value"]) + sum(float(line[years]) for line in table[1:])
    assert total == pytest.approx(float(head["prediction"]), abs=1e-12)
    assert [line[0] for line in table[1:]] == ["glucose", "bmi", "hdl"]


def test_the_csv_of_a_clock_without_an_interval_leaves_it_empty():
    lines = exports.as_csv(task(result=result(interval=None))).splitlines()
    assert "interval_low," in lines


def test_the_program_is_python_and_has_the_answers_in_it():
    answers = {f"a_long_name_of_a_biomarker_{n}": n + 0.5 for n in range(9)} | {
        "note": "a \"quote'"
    }
    code = exports.as_python(
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
    assert exports.file_name(task(), "csv") == "agelens-a-clock-2026-11-23-00000000.csv"
