"""The README's Python, run as it is printed there, each block after the one before."""

import re
from pathlib import Path
from typing import Any

import pytest
from agelens.commands.stack import Stack

README = Path(__file__).parents[2] / "README.md"


def test_every_example_runs_and_gives_what_the_readme_says(
    service: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGELENS_URL", service.url)
    monkeypatch.delenv("AGELENS_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 3
    said: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), said)  # noqa: S102  (it is our own text)
    client = said["client"]
    assert said["younger"].prediction < said["result"].prediction
    ages, cohort = said["ages"], said["cohort"]
    assert list(ages.index) == ["Ada", "Ben", "Cem"]
    assert ages["prediction"].notna().tolist() == [True, True, False]
    assert "albumin" in ages.loc["Cem", "error"]
    assert client.cohorts[ages.attrs["cohort_id"]].charged == 2 * cohort.price_per_row
    assert (cohort.rows_scored, said["problems"]) == (1, [])
    assert len(said["frame"]) == 1
    assert Path("ages.parquet").stat().st_size > 0
    assert client.wallet.balance == 500 - 10 - 3 * cohort.price_per_row
    client.close()
