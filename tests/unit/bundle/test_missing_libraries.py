"""Where scikit-learn, skops or shap is not installed: in words, with the line that installs it."""

import json
import subprocess
import sys

import pytest
from fitted_pipelines import made

BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
"""
PIP = "pip install 'agelens[estimator]'"


def run(blocked, program, *arguments):
    """What a fresh process prints in which these packages are not installed."""
    command = [
        sys.executable,
        "-c",
        BLOCKED.format(blocked=blocked) + program,
        *map(str, arguments),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("blocked", "named"), [("sklearn", "scikit-learn"), ("skops", "skops")])
def test_the_import_says_what_is_missing_and_how_to_install_it(blocked, named):
    answer = run([blocked], "from agelens import bundle")

    assert f"agelens.bundle needs {named}" in answer.stderr
    assert PIP in answer.stderr


def test_linear_pipelines_need_no_shap():
    program = "import sys; from agelens import bundle; assert 'shap' not in sys.modules"

    assert run(["shap"], program).returncode == 0


SERVE = """
import json, sys
import agelens
from agelens.clocks.scoring import predict, read_panel_for
from agelens.domain.errors import Unavailable
clock = agelens.load(sys.argv[1]).clock
answers = {"systolic_bp": 130, "bmi": 25, "sex": "male", "smoking_status": "never"}
panel = read_panel_for(clock, answers)
try:
    predict(clock, panel)
except Unavailable as error:
    print(json.dumps([error.detail, clock.lacks({"sex"}), sorted(clock.manifest.informative)]))
"""


@pytest.mark.parametrize(
    ("blocked", "kind", "named"),
    [("sklearn", "ridge", "scikit-learn"), ("skops", "ridge", "skops"), ("shap", "forest", "shap")],
)
def test_a_clock_still_says_what_it_needs_and_refuses_to_score_in_words(
    blocked, kind, named, tmp_path
):
    where = made(kind).write(tmp_path / "own")

    answer = run([blocked], SERVE, where)

    words, lacks, keys = json.loads(answer.stdout)
    assert f"needs {named}" in words
    assert PIP in words
    assert "smoking_status" in lacks
    assert keys == ["albumin", "bmi", "sex", "smoking_status", "systolic_bp"]
