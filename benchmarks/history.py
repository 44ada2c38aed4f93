"""The figures of recorded runs, a line of JSON each, so that ratios can be compared over time."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import REPOSITORY
from benchmarks.comparison import Comparison

HISTORY = Path(__file__).with_name("history.jsonl")
_DIGITS = 4  # more than the spread of a run allows to tell apart


def record(rows: Sequence[Comparison]) -> None:
    """Append one line for a run: commit, date, Python, machine, and each row's ratio."""
    with HISTORY.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry(rows), ensure_ascii=False) + "\n")


def entry(rows: Sequence[Comparison]) -> dict[str, Any]:
    """What is kept of a run. `changed` says that the code differed from the commit."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": _git("rev-parse", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--", "platform", "model_training")),
        "python": platform.python_version(),
        "machine": {"cores": os.cpu_count(), "cpu": _cpu_model()},
        "rows": [
            {
                "name": row.name,
                "unit": row.unit,
                "figure": _rounded(row.figure),
                "baseline": _rounded(row.baseline),
                "against": row.against,
                "ratio": _rounded(row.ratio),
                "spread": row.spread,
            }
            for row in rows
        ],
    }


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _cpu_model(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """As Linux calls it; elsewhere as Python does."""
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
