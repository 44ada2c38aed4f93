"""What a fresh database and an upgraded one offer."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from agelens.clocks.bundles import SHIPPED, is_newer, load_clock, read_bundle, shipped, unpack
from agelens.domain.errors import InvalidBundle
from agelens.services import model_registry, publishing
from agelens.services.shipped_updates import log_newer_shipped, newer_shipped
from agelens.settings import Settings, environment
from agelens.storage import ModelVersion
from agelens.storage.engine import open_engine, session_factory
from integration.api.bundles import bundle
from servers import database_on
from sqlalchemy.orm import Session
from structlog.testing import capture_logs


@pytest.fixture
def fresh(postgres_url: str) -> Iterator[Settings]:
    with database_on(postgres_url) as url:
        yield Settings(database_url=url)


def run_migrate(settings: Settings) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "agelens.cli", "migrate"],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def in_session(settings: Settings) -> Iterator[Session]:
    engine = open_engine(str(settings.database_url))
    with session_factory(engine).begin() as session:
        yield session
    engine.dispose()


def test_every_shipped_clock_is_active_and_kaggle_age_is_the_default(fresh: Settings) -> None:
    lines = run_migrate(fresh)
    names = {directory.parent.name for directory in SHIPPED}
    assert len(lines) == len(SHIPPED)
    assert lines[0].startswith("kaggle-age ")
    assert lines[0].endswith(": active, default")
    for session in in_session(fresh):
        models = model_registry.active_models(session)
        assert models[0].name == model_registry.resolve(session, None).name == "kaggle-age"
        assert {model.name: model.version for model in models} == {
            name: directory.name for name in names if (directory := shipped(name))
        }
        for directory in SHIPPED:  # the older ones are there for who names them
            assert model_registry.find(session, directory.parent.name, directory.name)
        assert all(model.price > 0 for model in models)


def test_the_newest_shipped_version_of_a_clock_comes_first() -> None:
    for name in {directory.parent.name for directory in SHIPPED}:
        versions = [d.name for d in SHIPPED if d.parent.name == name]
        assert all(is_newer(one, other) for one, other in pairwise(versions))


def test_migrating_again_changes_nothing(fresh: Settings) -> None:
    assert run_migrate(fresh) == run_migrate(fresh)


def test_a_clock_that_is_published_already_is_not_tried_out_again(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_migrate(fresh)
    tried: list[bytes] = []
    check = publishing.check
    monkeypatch.setattr(publishing, "check", lambda blob: tried.append(blob) or check(blob))
    for session in in_session(fresh):
        session.delete(model_registry.find(session, "kdm", "1.0.0"))
        session.flush()
        found = publishing.register_shipped(session)
        assert [(each.version.name, each.version.version) for each in found] == [
            (directory.parent.name, directory.name) for directory in SHIPPED
        ]
    assert [load_clock(unpack(blob)).manifest.name for blob in tried] == ["kdm"]


def test_a_shipped_clock_with_a_wrong_hash_is_told_though_it_is_published(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_migrate(fresh)
    whole = publishing.read_bundle
    monkeypatch.setattr(publishing, "read_bundle", lambda path: whole(path) | {"card.md": b"else"})
    for session in in_session(fresh):
        with pytest.raises(InvalidBundle, match="hash"):
            publishing.register_shipped(session)


def test_a_newer_shipped_version_is_published_and_left_to_an_administrator(
    fresh: Settings,
) -> None:
    run_migrate(fresh)
    directory = shipped("kaggle-age")
    assert directory is not None
    # As it was before an upgrade: what ran here was another version, and ours unheard of.
    for session in in_session(fresh):
        ours = model_registry.resolve(session, "kaggle-age")
        older = publishing.check(bundle("kaggle-age", "0.9.0"))
        publishing.publish(session, older, by=None, force=True)
        model_registry.activate(session, "kaggle-age", "0.9.0")
        session.delete(ours)
    lines = run_migrate(fresh)
    version = load_clock(read_bundle(directory)).manifest.version
    assert lines[0] == (
        f"kaggle-age {version}: published, not activated "
        f"(0.9.0 is active; agelens models activate kaggle-age {version})"
    )
    for session in in_session(fresh):
        assert model_registry.resolve(session, None).version == "0.9.0"
        kept = model_registry.find(session, "kaggle-age", version)
        assert unpack(kept.bundle) == read_bundle(directory)


def test_an_upgrade_from_0_4_leaves_mortality_age_1_active_and_says_so(fresh: Settings) -> None:
    name, old, newer = "mortality-age", "1.0.0", ("2.0.0", "1.1.0")
    run_migrate(fresh)
    for session in in_session(fresh):  # as 0.4 left it, which shipped nothing else of this clock
        model_registry.activate(session, name, old)
        for version in newer:
            session.delete(model_registry.find(session, name, version))
    told = f"published, not activated ({old} is active; agelens models activate {name} "
    lines = [line for line in run_migrate(fresh) if line.startswith(f"{name} ")]
    assert lines[:2] == [f"{name} {version}: {told}{version})" for version in newer]
    for session in in_session(fresh):
        assert model_registry.resolve(session, name).version == old
        assert model_registry.version_names(session, name) == [*newer, old]
        (update,) = newer_shipped(session)
        assert (update["name"], update["version"], update["active_version"]) == (name, "2.0.0", old)


def test_versions_are_listed_newest_first_by_number(fresh: Settings) -> None:
    run_migrate(fresh)  # which publishes all of them in one go
    name, newest_first = "mortality-age", ["2.0.0", "1.1.0", "1.0.0"]
    for session in in_session(fresh):
        assert model_registry.version_names(session, name) == newest_first
        assert [each.version for each in model_registry.versions(session, name)] == newest_first
        everybody = [each.name for each in model_registry.versions(session)]
        assert everybody == sorted(everybody)


def test_administrators_hear_of_a_newer_shipped_version_until_it_is_active(
    fresh: Settings,
) -> None:
    run_migrate(fresh)
    directory = shipped("kaggle-age")
    assert directory is not None
    newest = directory.name
    for session in in_session(fresh):
        assert newer_shipped(session) == []
        older = publishing.check(bundle("kaggle-age", "0.9.0"))
        publishing.publish(session, older, by=None, force=True)
        model_registry.activate(session, "kaggle-age", "0.9.0")
    expected = {
        "name": "kaggle-age",
        "version": newest,
        "active_version": "0.9.0",
        "published": True,
        "command": f"agelens models activate kaggle-age {newest}",
    }
    for session in in_session(fresh):
        assert newer_shipped(session) == [expected]
        with capture_logs() as lines:
            log_newer_shipped(session)
        assert [(line["model"], line["active"], line["run"]) for line in lines] == [
            ("kaggle-age", "0.9.0", expected["command"])
        ]
        session.delete(model_registry.find(session, "kaggle-age", newest))
        session.flush()
        missing = {"published": False, "command": "agelens migrate"}
        assert newer_shipped(session) == [expected | missing]
    run_migrate(fresh)
    for session in in_session(fresh):
        model_registry.activate(session, "kaggle-age", newest)
        assert newer_shipped(session) == []


@pytest.mark.parametrize(("version", "than"), [("1.10.0", "1.9.0"), ("2.0.0", "1.99.1")])
def test_versions_are_compared_by_numbers(version: str, than: str) -> None:
    assert is_newer(version, than)
    assert not is_newer(than, version)
    assert not is_newer(version, version)


def test_a_shipped_version_that_is_taken_by_other_content_stops_nothing_and_is_told(
    fresh: Settings,
) -> None:
    run_migrate(fresh)
    directory = shipped("kdm")
    assert directory is not None
    version = load_clock(read_bundle(directory)).manifest.version
    mine = publishing.check(bundle("kdm", version, price=7))
    # As if somebody had published their own kdm of that version before the package had one, and
    # none of the others was here yet.
    for session in in_session(fresh):
        session.query(ModelVersion).delete()
        publishing.publish(session, mine, by=None)
    lines = run_migrate(fresh)
    told = [place for place, line in enumerate(lines) if "other content, which is kept" in line]
    assert len(told) == 1
    assert lines[told[0] - 1].startswith(f"kdm {version}: active")
    (warning,) = [line for line in lines if "warning" in line]
    assert mine.manifest.sha256 in warning
    for session in in_session(fresh):
        assert model_registry.find(session, "kdm", version).sha256 == mine.manifest.sha256
        names = {model.name for model in model_registry.active_models(session)}
        assert names == {directory.parent.name for directory in SHIPPED}
