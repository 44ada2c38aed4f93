"""A clock's new version reaches workers that run already; tasks keep the version they began with."""

import json
import secrets
import signal
from pathlib import Path

import psutil
import pytest
from agelens.client import Client, Conflict
from agelens.clocks.bundles import read_bundle, shipped, write_bundle
from agelens.clocks.manifests import MANIFEST, finish_manifest
from agelens.commands.stack import Stack
from e2e.conftest import MakePerson
from e2e.panels import COMPLETE


@pytest.fixture
def name() -> str:
    """A clock that nobody else publishes."""
    return f"clock-{secrets.token_hex(4)}"


def bundle(folder: Path, name: str, version: str, error_years: float) -> Path:
    """The shipped clock under another name, with a figure."""
    directory = shipped("kaggle-age")
    assert directory is not None
    files = read_bundle(directory)
    document = json.loads(files.pop(MANIFEST))
    for stated in ("sha256", "files", "format"):
        document.pop(stated)
    document |= {"name": name, "title": f"Try-out {name}", "version": version}
    document["metrics"] = {"error": error_years}
    document["headline"] = {"metric": ["error"], "better": "lower", "protocol": "made up"}
    place = folder / version
    write_bundle({**files, MANIFEST: finish_manifest(document, files)}, place)
    return place


def workers(service: Stack) -> dict[str, psutil.Process]:
    return {
        name: psutil.Process(part.pid)
        for name, part in service.parts.items()
        if name.startswith("worker")
    }


def test_running_workers_use_a_version_from_its_activation_to_the_roll_back(
    service: Stack, admin: Client, make_person: MakePerson, name: str, tmp_path: Path
) -> None:
    one = make_person(1000)
    admin.admin.publish(bundle(tmp_path, name, "1.0.0", 4.0))
    before = workers(service)
    assert one.predict(COMPLETE, model=name).model.version == "1.0.0"

    for worker in before.values():  # so that a task is queued while the version changes
        worker.send_signal(signal.SIGSTOP)
    waiting = one.submit(COMPLETE, model=name)
    admin.admin.publish(bundle(tmp_path, name, "2.0.0", 3.9))
    admin.admin.activate(name, "2.0.0")
    for worker in before.values():
        worker.send_signal(signal.SIGCONT)

    assert one.wait(waiting).model.version == "1.0.0"
    versions = {one.predict(COMPLETE, model=name).model.version for _ in range(6)}
    assert versions == {"2.0.0"}
    admin.admin.roll_back(name)
    assert one.predict(COMPLETE, model=name).model.version == "1.0.0"
    assert workers(service) == before, "the workers were never started again"


def test_a_worse_version_needs_force(admin: Client, name: str, tmp_path: Path) -> None:
    admin.admin.publish(bundle(tmp_path, name, "1.0.0", 4.0))
    worse = bundle(tmp_path, name, "2.0.0", 4.5)
    with pytest.raises(Conflict, match=r"4\.5.* 4,"):
        admin.admin.publish(worse)
    published = admin.admin.publish(worse, force=True)
    assert (published.active, published.worse_than_active) == (False, True)
    assert published.active_value == 4.0
