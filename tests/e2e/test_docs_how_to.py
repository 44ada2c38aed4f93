"""The how-to pages, followed as they are printed."""

import csv
import re
import secrets
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from agelens.client import Balance, Client
from agelens.commands.stack import Stack
from documents import blocks, printed, run_python, run_shell
from servers import SharedServers

SCORE = "docs/how-to/score-a-file.md"
COHORT = "docs/how-to/cohort-from-python.md"
REPORT = "docs/how-to/lab-report.md"
SEVERAL = "docs/how-to/several-clocks.md"
TRAIN = "docs/how-to/train-and-publish.md"
LIST = ".venv/bin/agelens models list"
CLOCK = "docs/how-to/bring-your-own-clock.md"


@pytest.fixture
def url(service: Stack, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address that the pages' `Client()` talks to."""
    monkeypatch.setenv("AGELENS_URL", service.url)
    monkeypatch.delenv("AGELENS_TOKEN", raising=False)
    return service.url


def test_a_file_is_scored_as_the_page_says(tmp_path: Path) -> None:
    (people,) = blocks(SCORE, "text")
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    (commands,) = blocks(SCORE, "bash")
    assert [run_shell(commands, tmp_path)] == printed(SCORE)
    columns = pd.read_csv(tmp_path / "ages.csv").columns
    assert {"prediction", "interval_low", "interval_high", "base_value", "error"} <= {*columns}


def test_a_frame_comes_back_scored_and_its_cohort_is_paid_once(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks(COHORT, "python"):
        run_python(block, names)
    client, ages, cohort = names["client"], names["ages"], names["cohort"]
    assert list(ages.index) == ["Ada", "Ben", "Cem"]
    assert ages["prediction"].notna().tolist() == [True, True, False]
    assert "albumin" in ages.loc["Cem", "error"]
    assert client.cohorts[ages.attrs["cohort_id"]].charged == 2 * cohort.price_per_row
    assert (cohort.rows_scored, names["problems"]) == (1, [])
    assert len(names["frame"]) == 1
    assert Path("ages.parquet").stat().st_size > 0
    draft, preview = names["draft"], names["preview"]
    assert [each.suggested_unit for each in preview.suggestions] == ["g/dL"]
    assert [each.code for each in preview.codes[0].codes] == ["1", "2"]
    assert (draft.rows_scored, draft.rows) == (24, 24)
    assert client.wallet.balance == 500 - (3 + 24) * cohort.price_per_row
    client.close()


def test_a_report_is_read_as_the_page_says(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Client(url) as somebody:
        somebody.register("report@example.org", "correct horse battery")
        token = somebody.login("report@example.org", "correct horse battery").access_token
    monkeypatch.setenv("AGELENS_TOKEN", token)
    names: dict[str, Any] = {}
    for block in blocks(REPORT, "python"):
        run_python(block, names)
    report, printed_answers = names["report"], blocks(REPORT, "python")[0]
    assert str(report.answers) in printed_answers
    assert str(report.measured_on) in printed_answers
    assert [each.source_text for each in report.not_understood] == ["RDW-SD               42.3 fL"]
    assert names["answers"] == report.answers
    assert names["units"] == report.units
    names["client"].close()


def test_several_clocks_score_a_panel_as_the_page_says(url: str) -> None:
    with Client(url) as somebody:
        email = f"{secrets.token_hex(8)}@example.org"  # the page's Ada may be there already
        somebody.register(email, "correct horse battery")
        somebody.login(email, "correct horse battery")
        somebody.wallet.topup(500)
    names: dict[str, Any] = {}
    for block in blocks(SEVERAL, "python"):
        run_python(block.replace("ada@example.org", email), names)
    check, assessment, shown = names["check"], names["assessment"], blocks(SEVERAL, "python")[1]
    assert all(name in check.ready for name in ("kaggle-age", "light-bioage", "phenoage"))
    assert f"# {check['gold-bioage'].lacks}" in shown
    assert f"# {check['gold-bioage'].reason!r}" in shown
    assert set(assessment.results) == set(check.ready) == set(names["frame"].index)
    assert (assessment.price, assessment.charged) == (check.price, check.price)
    assert (assessment.chronological_age, assessment.age_from_profile) == (52.13, True)
    assert names["again"] == assessment
    client = names["client"]
    assert client.wallet.show() == Balance(500 - check.price, 0, 500 - check.price)
    client.close()


def test_a_clock_is_trained_published_activated_and_rolled_back(
    shared_servers: SharedServers, tmp_path: Path
) -> None:
    train, score, publish = blocks(TRAIN, "bash")
    assert "Wrote dysregulation 1.1.0" in run_shell(train, tmp_path)
    run_shell(score, tmp_path)
    (row,) = csv.DictReader((tmp_path / "ages.csv").read_text(encoding="utf-8").splitlines())
    assert float(row["prediction"]) > 0
    *forward, back = publish.strip().splitlines()
    with shared_servers.settings() as settings:
        listed = run_shell("\n".join(forward), tmp_path, settings)
        assert forward[-1].startswith(LIST)
        assert active_versions(listed)["dysregulation"] == "1.1.0"
        run_shell(back, tmp_path, settings)
        listed = run_shell(LIST, tmp_path, settings)
        assert active_versions(listed)["dysregulation"] == "1.0.0"


def active_versions(listing: str) -> dict[str, str]:
    """The active version of each clock in what `agelens models list` printed."""
    rows = [re.split(r"\s{2,}", line.strip()) for line in listing.splitlines()]
    return {row[0]: row[1] for row in rows if row[-1].split(", ")[0] == "active"}


def test_a_clock_of_a_pipeline_is_scored_published_and_paid_and_one_by_hand_is_written(
    service: Stack, url: str, tmp_path: Path
) -> None:
    script, use, by_hand = blocks(CLOCK, "python")
    write, score, publish, write_by_hand = blocks(CLOCK, "bash")
    tried, predicted = printed(CLOCK)
    (tmp_path / "make_clock.py").write_text(script, encoding="utf-8")
    run_shell(write, tmp_path)
    assert run_shell(score, tmp_path) == tried
    run_shell(publish, tmp_path, service.settings)
    names: dict[str, Any] = {}
    assert run_python(use, names) == predicted
    assert isinstance(names["client"], Client)
    assert names["result"].model.name == "our-age"
    names["client"].close()
    (tmp_path / "make_by_hand.py").write_text(by_hand, encoding="utf-8")
    run_shell(write_by_hand, tmp_path)
    score_it = score.replace("our-age", "three-markers").replace("-f 2-4", "-f 2")
    assert run_shell(score_it, tmp_path).splitlines()[-1] == "51.4"
