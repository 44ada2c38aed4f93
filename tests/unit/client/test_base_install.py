"""The client on the base installation: what works, and what says which extra it needs."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from agelens.client import ClientError, Cohort, MissingExtra
from unit.client.cohort_wire import SUCCEEDED
from unit.client.stub import RESULT, TASK, Stub, client_of

HEAVY = (
    "numpy", "pandas", "pyarrow", "plotly", "shap", "matplotlib", "ipywidgets",
    "flask", "sqlalchemy", "redis", "rq", "pydantic_settings", "marshmallow", "psycopg", "fsspec",
    "agelens.domain", "agelens.clocks", "agelens.settings",
)  # fmt: skip
BLOCKED = f"""
import importlib.abc, sys
class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == heavy or name.startswith(heavy + ".") for heavy in {HEAVY!r}):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
"""
USED = """
import json, httpx
from agelens.client import Client, MissingExtra
wires = {"/api/cohorts": COHORT, "/api/cohorts/c1": COHORT, "/api/tasks/t1": TASK}
client = Client("http://agelens.test", transport=httpx.MockTransport(
    lambda request: httpx.Response(200, json=wires[request.url.path])))
cohort = client.cohorts.submit([{"glucose": 5.1}]).wait()
result = client.wait("t1")
assert "51.0" in result._repr_html_() and "people.csv" in cohort._repr_html_()
for call in (cohort.results, result.to_frame, result.to_shap, result.waterfall,
             lambda: client.predict_frame(None)):
    try:
        call()
    except MissingExtra as error:
        print(error)
"""


def test_importing_and_using_it_needs_the_base_installation_only() -> None:
    succeeded = TASK | {"status": "succeeded", "result": RESULT}
    code = f"{BLOCKED}\nCOHORT, TASK = {SUCCEEDED!r}, {succeeded!r}\n{USED}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == 5
    assert all("pip install 'agelens[notebook]'" in words for words in told), told


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("pandas", lambda result, cohort: cohort.results()),
        ("pyarrow", lambda result, cohort: result.to_frame()),
        ("shap", lambda result, cohort: result.to_shap()),
        ("plotly", lambda result, cohort: result.waterfall()),
    ],
)
def test_the_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, package: str, call: Callable[[Any, Cohort], object]
) -> None:
    loaded = ("frames",)
    for name in [*sys.modules]:
        ours = name in {f"agelens.client.{each}" for each in loaded} or name.startswith(
            "agelens.charts"
        )
        if ours or name == package or name.startswith(f"{package}."):
            monkeypatch.delitem(sys.modules, name)
    for name in loaded:
        monkeypatch.delattr(f"agelens.client.{name}", raising=False)
    monkeypatch.delattr("agelens.charts", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    answers = [TASK | {"status": "succeeded", "result": RESULT}, SUCCEEDED]
    client = client_of(Stub(*(httpx.Response(200, json=answer) for answer in answers)))
    result, cohort = client.wait("t1"), client.cohorts["c1"]
    with pytest.raises(MissingExtra, match=package) as caught:
        call(result, cohort)
    assert isinstance(caught.value, ClientError)
    assert isinstance(caught.value, ImportError)
    assert caught.value.name == package
