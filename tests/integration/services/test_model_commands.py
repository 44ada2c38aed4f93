"""What `agelens models` tells whoever publishes clocks from a shell."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agelens.clocks.bundles import write_bundle
from agelens.settings import Settings, environment
from integration.api.bundles import bundle_files
from servers import database_on

Command = subprocess.CompletedProcess[str]


@pytest.fixture
def migrated(postgres_url: str) -> Iterator[Settings]:
    with database_on(postgres_url) as url:
        settings = Settings(database_url=url)
        assert agelens(settings, "migrate").returncode == 0
        yield settings


def agelens(settings: Settings, *arguments: str) -> Command:
    return subprocess.run(
        [sys.executable, "-m", "agelens.cli", *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )


def publish(
    settings: Settings, folder: Path, version: str, error: float | None, *options: str, **more: Any
) -> Command:
    headline = {"metric": ["figures", "error"], "better": "lower", "protocol": "made up"}
    changes = {"name": "clock", "version": version, "metrics": {"figures": {"error": error}}}
    stated = {"headline": headline if error is not None else None}
    write_bundle(bundle_files(changes | stated | more), folder / version)
    return agelens(settings, "models", "publish", str(folder / version), *options)


def test_what_publishing_did_is_said(migrated: Settings, tmp_path: Path) -> None:
    assert publish(migrated, tmp_path, "1", 4.0).stdout == "clock 1: active\n"
    again = publish(migrated, tmp_path, "1", 4.0)
    assert again.returncode == 0
    assert "published already, nothing changed" in again.stdout
    other = publish(migrated, tmp_path, "1", 3.0)
    assert other.returncode != 0
    assert "another --version" in other.stderr
    for version, error in (("2", 4.5), ("3", None)):
        refused = publish(migrated, tmp_path, version, error)
        assert refused.returncode != 0
        assert "--force" in refused.stderr
        assert "?force" not in refused.stderr
        forced = publish(migrated, tmp_path, version, error, "--force")
        assert forced.stdout.startswith(f"clock {version}: published, not activated")


def test_the_list_has_columns_and_says_how_versions_stand(
    migrated: Settings, tmp_path: Path
) -> None:
    publish(migrated, tmp_path, "1", 4.0)
    publish(migrated, tmp_path, "2-longer-than-others", 4.5, "--force")
    publish(migrated, tmp_path, "3", None, "--force")
    publish(migrated, tmp_path, "4", 3.5, training_data={"sha256": "0" * 64})
    listed = agelens(migrated, "models", "list").stdout.splitlines()
    rows = [re.split(" {2,}", line) for line in listed]
    marks = {row[1]: row[4:] for row in rows if row[0] == "clock"}
    assert marks == {
        "1": ["figures error 4", "active"],
        "2-longer-than-others": ["figures error 4.5", "worse than the active one"],
        "3": ["no figure", "cannot be compared with the active one"],
        "4": ["figures error 3.5", "trained on other data"],
    }
    mortality = [row for row in rows if row[0] == "mortality-age"]
    assert len(mortality) > 1  # every shipped version
    assert all(row[4].startswith("mortality-age c ") for row in mortality)  # the metric's path
    (shipped,) = [row for row in rows if row[0] == "kaggle-age"]
    assert shipped[4].startswith("mae_years kaggle-age ")
    assert shipped[5] == "active, default"
    assert len({line.index(" credits") for line in listed}) == 1
