"""What a worker loads to serve our own clocks: numpy, and nothing that trains or explains others."""

import json
import subprocess
import sys

import pytest
from shipped_clocks import CLOCKS

TRAINING = ["shap", "sklearn", "lightgbm", "scipy", "pandas", "pyarrow", "model_training"]
SERVE = """
import json, sys
import agelens.jobs.predict, agelens.jobs.worker
from agelens.clocks.bundles import SHIPPED, load_clock, pack, read_bundle, unpack
from agelens.clocks.scoring import predict, predict_all, read_panel_for
from agelens.services import task_scoring

told = {}
for directory in SHIPPED:
    clock = load_clock(unpack(pack(read_bundle(directory))))
    answers = {
        f.key: f.choices[0] if f.choices else sum(f.typical or f.plausible) / 2
        for f in clock.manifest.features
    }
    panel = read_panel_for(clock, answers, None, 50)
    one = predict(clock, panel)
    many = predict_all(clock, [panel, panel])
    told[clock.manifest.name] = [one["prediction"], *(each["prediction"] for each in many)]
print(json.dumps({"told": told, "modules": sorted({name.partition(".")[0] for name in sys.modules})}))
"""


@pytest.fixture(scope="module")
def served():
    """What a fresh process says that served every shipped clock."""
    command = [sys.executable, "-c", SERVE]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.slow
def test_every_shipped_clock_is_served(served):
    assert set(served["told"]) == set(CLOCKS)
    for one, first, second in served["told"].values():
        assert first == second == pytest.approx(one, abs=1e-9)


@pytest.mark.parametrize("package", TRAINING)
def test_serving_imports_nothing_that_is_for_training(served, package):
    assert "numpy" in served["modules"]
    assert package not in served["modules"]
