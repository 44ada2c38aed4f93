"""What becomes of a retraining: a candidate version, or a reason; the notebook is kept either way."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from agelens.client import Client, NotFound, Retraining
from agelens.storage import RetrainingSchedule
from integration.recovery.stack import wait_for
from integration.retraining.conftest import TrainingStack
from integration.retraining.notebook import orders, printed
from sqlalchemy import func, update

pytestmark = pytest.mark.slow

MODEL = "kaggle-age"
PATIENCE_SECONDS = 120  # of a busy machine
MEASURE = {"metric": ["error"], "better": "lower", "protocol": "as these tests measure"}


def manifest(error: float, **members: Any) -> dict[str, Any]:
    return {"metrics": {"error": error}, "headline": MEASURE} | members


def retrained(client: Client, data: Path, **options: Any) -> Retraining:
    requested = client.admin.retrain(MODEL, data, **options)
    assert requested.status == "queued"
    return client.admin.wait_for_retraining(requested.id, timeout=PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def good(client: Client, tmp_path_factory: pytest.TempPathFactory) -> tuple[Retraining, Path]:
    """A retraining that went well, and the file that was uploaded for it."""
    folder = tmp_path_factory.mktemp("uploaded")
    data = orders(folder, environment=True, manifest=manifest(4.0))
    return retrained(client, data), data


def test_an_uploaded_file_becomes_a_candidate_that_is_not_activated(
    good: tuple[Retraining, Path], client: Client, stack: TrainingStack
) -> None:
    ended, data = good
    active = client.models[MODEL].version
    assert (ended.status, ended.error, ended.attempts) == ("succeeded", None, 1)
    assert ended.data.source == "uploaded"
    assert ended.data.file_name == "orders.json"
    assert ended.data.sha256 == hashlib.sha256(data.read_bytes()).hexdigest()
    assert ended.candidate is not None
    major, minor, _ = active.split(".")
    assert ended.version == ended.candidate.version == f"{major}.{int(minor) + 1}.0"
    assert ended.candidate.headline is not None
    assert ended.candidate.headline.value == 4.0
    versions = {v.version: v for v in client.admin.models() if v.name == MODEL}
    assert versions[ended.version].sha256 == ended.candidate.sha256
    assert versions[ended.version].active is False
    assert versions[active].active is True
    assert stack.scratch() == []


def test_the_executed_notebook_is_kept_with_its_parameters_and_output(
    good: tuple[Retraining, Path], client: Client
) -> None:
    ended, data = good
    assert ended.has_notebook
    notebook = client.admin.retraining_notebook(ended.id)
    cells = json.loads(notebook)["cells"]
    injected = next(c for c in cells if "injected-parameters" in c["metadata"].get("tags", []))
    assert f'version = "{ended.version}"' in "".join(injected["source"])
    assert "orders read ['environment', 'manifest']" in printed(notebook)
    assert str(data.parent) not in notebook.decode()


def test_a_raising_notebook_fails_with_the_end_of_its_traceback_and_is_kept_as_far_as_it_ran(
    client: Client, stack: TrainingStack, tmp_path: Path
) -> None:
    before = [v.version for v in client.admin.models()]
    ended = retrained(client, orders(tmp_path, **{"raise": "blood was lost"}))
    assert (ended.status, ended.candidate) == ("failed", None)
    assert ended.error is not None
    assert ended.error.code == "notebook_failed"
    assert ended.error.message.endswith("ValueError: blood was lost")
    assert "orders read ['raise']" in printed(client.admin.retraining_notebook(ended.id))
    assert [v.version for v in client.admin.models()] == before
    assert stack.notebook_processes() == []
    assert stack.scratch() == []


def test_a_kernel_that_dies_is_a_failed_notebook(client: Client, tmp_path: Path) -> None:
    ended = retrained(client, orders(tmp_path, die=True))
    assert ended.status == "failed"
    assert ended.error is not None
    assert ended.error.code == "notebook_failed"
    assert "died" in ended.error.message.lower()
    assert "orders read ['die']" in printed(client.admin.retraining_notebook(ended.id))


def test_a_notebook_without_a_bundle_fails_with_a_reason_and_is_kept(
    client: Client, tmp_path: Path
) -> None:
    ended = retrained(client, orders(tmp_path))
    assert ended.status == "failed"
    assert ended.error is not None
    assert ended.error.code == "no_bundle"
    assert "wrote no bundle" in ended.error.message
    assert "orders read" in printed(client.admin.retraining_notebook(ended.id))


def test_configured_data_are_read_on_the_trainers_host(
    client: Client, stack: TrainingStack
) -> None:
    data = stack.training_data / "kaggle_train.csv"
    data.write_text(json.dumps({"manifest": manifest(4.0)}))
    second = stack.training_data / "others.json"
    second.write_text('{"validated": true}')
    requested = client.admin.retrain(MODEL, validation="others.json", version="7.7")
    assert requested.data.source == "configured"
    assert requested.data.sha256 is None
    ended = client.admin.wait_for_retraining(requested.id, timeout=PATIENCE_SECONDS)
    assert (ended.status, ended.version) == ("succeeded", "7.7")
    assert ended.data.sha256 == hashlib.sha256(data.read_bytes()).hexdigest()
    assert ended.validation is not None
    assert ended.validation.sha256 == hashlib.sha256(second.read_bytes()).hexdigest()
    assert "['validated']" in printed(client.admin.retraining_notebook(ended.id))
    data.unlink()
    missing = client.admin.wait_for_retraining(
        client.admin.retrain(MODEL).id, timeout=PATIENCE_SECONDS
    )
    assert missing.error is not None
    assert missing.error.code == "data_missing"
    assert "kaggle_train.csv" in missing.error.message
    with pytest.raises(NotFound):
        client.admin.retraining_notebook(missing.id)


def test_a_trainer_without_the_notebook_says_so(client: Client, stack: TrainingStack) -> None:
    (stack.training_data / "nhanes3.parquet").touch()
    (stack.training_data / "nhanes4_dev.parquet").touch()
    ended = client.admin.wait_for_retraining(
        client.admin.retrain("mortality-age").id, timeout=PATIENCE_SECONDS
    )
    assert ended.error is not None
    assert ended.error.code == "notebook_missing"
    assert "train_mortality_clock.ipynb" in ended.error.message


def test_the_notebook_sees_none_of_the_services_secrets(
    good: tuple[Retraining, Path], client: Client
) -> None:
    ended, _ = good
    names = json.loads(printed(client.admin.retraining_notebook(ended.id)).splitlines()[-1])
    assert "PATH" in names
    assert [n for n in names if n.startswith("AGELENS") or n.endswith("_URL")] == []


def test_the_scheduler_has_what_is_due_retrained(client: Client, stack: TrainingStack) -> None:
    data = stack.training_data / "kaggle_train.csv"
    data.write_text(json.dumps({"manifest": manifest(4.0)}))
    known = {retraining.id for retraining in client.admin.retrainings()}
    schedule = client.admin.schedule(MODEL, every_hours=24)
    assert client.admin.schedules() == [schedule]
    with stack.sessions() as sessions, sessions.begin() as session:
        session.execute(update(RetrainingSchedule).values(next_at=func.clock_timestamp()))
    stack.start_part("scheduler-2", "scheduler")  # a second one makes no second retraining
    wait_for(lambda: len(list(client.admin.retrainings())) > len(known), PATIENCE_SECONDS)
    (due,) = [r for r in client.admin.retrainings() if r.id not in known]
    assert client.admin.wait_for_retraining(due.id, timeout=PATIENCE_SECONDS).status == "succeeded"
    assert {r.id for r in client.admin.retrainings()} == known | {due.id}
    client.admin.unschedule(MODEL)
    assert client.admin.schedules() == []
