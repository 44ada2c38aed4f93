"""An object store that accepts connections and never answers: every request has an answer in time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import boto3
import pytest
from agelens.services import model_registry
from agelens.services.audit import audit
from agelens.services.cohorts import part_scoring, parts
from agelens.settings import Settings
from agelens.storage import Cohort, CohortPart
from agelens.storage.engine import open_engine, session_factory
from agelens.storage.files import Files
from flask import Flask
from freezing_relay import Relay, relay_to
from integration.api.problem_shape import expect_problem
from integration.api.sent_cohorts import accepted, as_csv, people, send
from integration.people import Person, new_email
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem
from servers import SharedServers
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

TIMEOUT_SECONDS = 1.0
ANSWERED_WITHIN_SECONDS = 15.0  # on a busy machine


@dataclass
class Installation:
    """An API whose files of cohorts are behind a relay that can freeze."""

    relay: Relay
    app: Flask
    sessions: sessionmaker[Session]

    @property
    def files(self) -> Files:
        """The storage of the API."""
        files: Files = self.app.extensions["agelens_files"]
        return files

    def be_patient(self) -> None:
        """For what must succeed, however busy the machine is; as if a time-out had been long ago."""
        self.files._timeout_seconds, self.files._left_alone_until = 60.0, 0.0

    def freeze(self) -> None:
        """The store stops answering, and the time-out is that of the settings."""
        self.files._timeout_seconds = TIMEOUT_SECONDS
        self.relay.freeze()

    def person(self, credits: int) -> Person:
        made = Person(self.app.test_client(), new_email()).register().log_in()
        made.post("/api/wallet/topup", {"amount": credits})
        return made

    def count_cohorts(self) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count()).select_from(Cohort)) or 0


@pytest.fixture
def installation(
    shared_servers: SharedServers,
    make_app: Callable[[Settings], Flask],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Installation]:
    store = ThreadedMotoServer(port=0, verbose=False)
    store.start()
    with (
        relay_to(store.get_host_and_port()[1]) as relay,
        shared_servers.settings(
            storage="s3://lab/agelens",
            storage_timeout_seconds=TIMEOUT_SECONDS,
            topup_policy="self",
            secret_key="only for tests",
        ) as settings,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL", relay.address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        S3FileSystem.clear_instance_cache()
        boto3.resource("s3").Bucket("lab").create()
        engine = open_engine(str(settings.database_url))
        yield Installation(relay, make_app(settings), session_factory(engine))
        engine.dispose()
    store.stop()


@pytest.mark.parametrize("used_before", [True, False])
def test_an_upload_is_503_in_time_and_holds_nothing(
    installation: Installation, used_before: bool
) -> None:
    one, file = installation.person(1000), as_csv(people(3))
    if used_before:
        installation.be_patient()
        accepted(send(one, file))
    cohorts, wallet = installation.count_cohorts(), one.get("/api/wallet").json
    assert used_before or installation.files._timeout_seconds == TIMEOUT_SECONDS
    installation.freeze()
    before = time.monotonic()
    refused = send(one, file, headers={"Idempotency-Key": "the same again"})
    seconds = time.monotonic() - before
    expect_problem(refused, 503, "unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert TIMEOUT_SECONDS <= seconds < ANSWERED_WITHIN_SECONDS
    assert installation.count_cohorts() == cohorts
    assert one.get("/api/wallet").json == wallet
    with installation.sessions() as session:
        assert not audit(session).differences
    installation.relay.thaw()
    installation.be_patient()
    accepted(send(one, file, headers={"Idempotency-Key": "the same again"}))


def test_results_are_503_in_time(installation: Installation) -> None:
    one = installation.person(1000)
    installation.be_patient()
    cohort_id = accepted(send(one, as_csv(people(2))))["id"]
    score(installation, cohort_id)
    assert one.get(f"/api/cohorts/{cohort_id}/results").status_code == 200
    for what in ("results", "errors"):
        installation.be_patient()
        installation.freeze()
        before = time.monotonic()
        expect_problem(one.get(f"/api/cohorts/{cohort_id}/{what}"), 503, "unavailable")
        assert time.monotonic() - before < ANSWERED_WITHIN_SECONDS


def test_readiness_names_the_storage_in_time(installation: Installation) -> None:
    installation.freeze()
    before = time.monotonic()
    problem = expect_problem(installation.app.test_client().get("/readyz"), 503, "unavailable")
    assert time.monotonic() - before < ANSWERED_WITHIN_SECONDS
    assert problem["storage"] == "away"


def score(installation: Installation, cohort_id: str) -> None:
    """The only part of a cohort, as a worker does it."""
    files = installation.files
    with installation.sessions.begin() as session:
        part_id = session.scalars(
            select(CohortPart.id).where(CohortPart.cohort_id == cohort_id)
        ).one()
        claimed = parts.claim(session, part_id, 30)
        assert claimed is not None
        clock = model_registry.clock_by_id(session, claimed.model_version_id)
        result = part_scoring.score_part(files, clock, claimed)
        files.write(claimed.result_path, result.write)
        parts.finish(session, claimed, result.tally, given_up=False)
