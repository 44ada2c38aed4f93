"""The real training notebook, run by a trainer on a file that an administrator sends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from agelens.client import Client
from agelens.commands.stack import Stack
from e2e.conftest import MakePerson
from e2e.panels import COMPLETE

from model_training.datasets.generated import generate_kaggle

pytestmark = pytest.mark.slow

MODEL = "kaggle-age"
PEOPLE = 240
PATIENCE_SECONDS = 280.0


@pytest.fixture
def trainer(service: Stack, admin: Client) -> Iterator[None]:
    """A trainer for this test; afterwards the shipped version is active again."""
    active = admin.models[MODEL].version
    service.start_part("trainer", "worker", "training")
    yield
    service.stop("trainer")
    admin.admin.activate(MODEL, active)


@pytest.mark.usefixtures("trainer")
def test_a_retraining_ends_in_a_candidate_that_is_activated_and_used(
    admin: Client, make_person: MakePerson, tmp_path: Path
) -> None:
    one = make_person(1000)
    before = admin.models[MODEL]
    data, others = tmp_path / "people.csv", tmp_path / "others.csv"
    generate_kaggle(data, PEOPLE, seed=5)
    generate_kaggle(others, PEOPLE, seed=6)
    requested = admin.admin.retrain(MODEL, data, validation=others)
    ended = admin.admin.wait_for_retraining(requested.id, timeout=PATIENCE_SECONDS)

    assert ended.error is None
    assert ended.candidate is not None
    assert ended.candidate.version == ended.version != before.version
    assert ended.candidate.headline is not None
    assert 2 < ended.candidate.headline.value < 12  # years, of a few people with noise
    assert one.predict(COMPLETE, model=MODEL).model.version == before.version

    notebook = json.loads(admin.admin.retraining_notebook(ended.id))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code)
    assert not [cell for cell in code if any(o["output_type"] == "error" for o in cell["outputs"])]

    admin.admin.activate(MODEL, ended.version)
    result = one.predict(COMPLETE, model=MODEL)
    assert result.model.version == ended.version
    assert result.model.sha256 == ended.candidate.sha256
    assert result.model.data_sha256 == ended.data.sha256
    assert admin.models[MODEL].metrics != before.metrics
