"""What becomes of the bundle that a notebook wrote: published beside the active version, or refused.

Here nothing runs the notebook; tests/integration/retraining runs it in a trainer.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from agelens.clocks.bundles import write_bundle
from agelens.clocks.manifests import MANIFEST
from agelens.jobs import retrain as job
from agelens.jobs.notebooks import EXECUTED
from agelens.settings import Settings
from agelens.storage import ModelVersion, Retraining
from integration.api.bundles import bundle_files
from integration.api.test_retrainings import PATH, accepted, upload
from integration.people import Person
from redis import Redis
from sqlalchemy import delete
from sqlalchemy.orm import Session, sessionmaker

MODEL = "kaggle-age"
SHIPPED = json.loads(bundle_files({})[MANIFEST])

Retrain = Callable[..., dict[str, Any]]


@pytest.fixture
def retrain(
    admin: Person,
    settings: Settings,
    sessions: sessionmaker[Session],
    _jobs_know_the_servers: None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Retrain]:
    """Run a retraining whose notebook leaves this bundle; how the API then tells it."""
    (tmp_path / "train_kaggle.ipynb").touch()
    ours = settings.model_copy(update={"home": tmp_path, "notebooks": tmp_path})
    monkeypatch.setattr(job, "settings", lambda: ours)
    asked: list[str] = []

    def run(*, spoiled: bool = False, **changes: Any) -> dict[str, Any]:
        @contextmanager
        def running(
            folder: Path, _: Path, parameters: Mapping[str, Any]
        ) -> Iterator[SimpleNamespace]:
            version = {"version": parameters["version"]}
            write_bundle(bundle_files(version | changes), folder / parameters["out"])
            if spoiled:
                (folder / parameters["out"] / "card.md").write_text("changed")
            (folder / EXECUTED).write_text('{"cells": []}')
            yield SimpleNamespace(poll=lambda: 0, returncode=0)

        monkeypatch.setattr(job.process, "running", running)
        asked.append(accepted(upload(admin))["id"])
        job.retrain(asked[-1])
        answer: dict[str, Any] = admin.get(f"{PATH}/{asked[-1]}").json
        return answer

    yield run
    with sessions.begin() as session:
        made = [session.get_one(Retraining, key).model_version_id for key in asked]
        session.execute(delete(Retraining).where(Retraining.id.in_(asked)))
        session.execute(delete(ModelVersion).where(ModelVersion.id.in_(filter(None, made))))
    with Redis.from_url(str(settings.redis_url)) as redis:
        redis.delete("rq:queue:training")


def versions(admin: Person) -> set[str]:
    listed = admin.get("/api/admin/ml-models").json["items"]
    return {each["version"] for each in listed if each["name"] == MODEL}


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"name": "other-age"}, "wrong_bundle", "other-age"),
        ({"version": "99.0.0"}, "wrong_bundle", "99.0.0"),
        ({"price": -1}, "invalid_bundle", "price"),
        ({"spoiled": True}, "invalid_bundle", "card.md"),
    ],
)
def test_a_bad_bundle_fails_the_retraining_with_a_reason_and_the_notebook_is_kept(
    retrain: Retrain, admin: Person, changes: dict[str, Any], code: str, words: str
) -> None:
    before = versions(admin)
    ended = retrain(**changes)
    assert (ended["status"], ended["candidate"]) == ("failed", None)
    assert ended["error"]["code"] == code
    assert words in ended["error"]["message"]
    assert ended["has_notebook"]
    assert versions(admin) == before


def test_a_candidate_that_is_worse_than_the_active_version_is_published_and_called_worse(
    retrain: Retrain, admin: Person
) -> None:
    metrics = json.loads(json.dumps(SHIPPED["metrics"]))
    *folders, last = SHIPPED["headline"]["metric"]
    place = metrics
    for folder in folders:
        place = place[folder]
    shipped = place[last]
    assert SHIPPED["headline"]["better"] == "lower"
    place[last] = shipped + 0.5
    ended = retrain(metrics=metrics)
    assert ended["status"] == "succeeded"
    candidate = ended["candidate"]
    assert candidate["worse_than_active"]
    assert candidate["active_value"] == pytest.approx(shipped)
    assert (candidate["comparable"], candidate["same_data"]) == (True, True)
    assert ended["version"] in versions(admin)


def test_a_candidate_that_cannot_be_compared_is_published_and_called_neither(
    retrain: Retrain, admin: Person
) -> None:
    ended = retrain(headline=None, training_data={"sha256": "0" * 64})
    assert (ended["status"], ended["error"]) == ("succeeded", None)
    candidate = ended["candidate"]
    assert (candidate["headline"], candidate["active_value"]) == (None, None)
    assert (candidate["comparable"], candidate["worse_than_active"]) == (False, None)
    assert candidate["same_data"] is False
    assert ended["version"] in versions(admin)
