"""What files of the repository may not say: they work on any machine, with any package index."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Addresses that packages are downloaded from; written in two parts, so that this file has none.
PACKAGE_HOSTS = re.compile(
    r"pypi\.(org|python)|pythonhosted\.|/simple/?['\"\s]|--(extra-)?index-url|--find-links"
    r"|find-links\s*=|index-url\s*=|conda\.(io|anaconda)|anaconda\.org",
    re.IGNORECASE,
)
# Home and work folders of machines; /home/NAME/ and /Users/NAME/ in any text.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(root|work|home/\w+|Users/\w+|opt/(pypi|wheels))/[\w.]")


def texts() -> list[tuple[str, str]]:
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT
    )
    found = []
    for name in listed.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and path != Path(__file__):
            try:
                found.append((name, path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return found


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


@pytest.fixture(autouse=True)
def _needs_git() -> None:
    assert (ROOT / ".git").exists(), "these tests look at the files git knows"


def test_no_file_names_a_package_host() -> None:
    assert lines_with(PACKAGE_HOSTS) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATHS) == []


PIN = r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+( ; python_full_version (<|>=|==) '3\.\d+(\.(\d+|\*))?')?"


def test_the_constraints_are_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [one for one in lines if not one.startswith("#") and not re.fullmatch(PIN, one)] == []


@pytest.mark.parametrize("name", ["build", "app", "trainer"])
def test_a_lock_holds_names_versions_and_hashes_that_agree_with_the_constraints(name: str) -> None:
    text = (ROOT / f"requirements-{name}.lock").read_text().replace(" \\\n", "")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    locked = re.compile(rf"({PIN})(    --hash=sha256:[0-9a-f]{{64}})+")
    assert lines
    assert [line for line in lines if not locked.fullmatch(line)] == []
    constraints = (ROOT / "constraints.txt").read_text().splitlines()
    assert {line.split("    --hash")[0] for line in lines} <= set(constraints)


def test_secrets_and_state_are_not_in_git() -> None:
    names = [name for name, _ in texts()]
    wrong = [n for n in names if n == ".env" or n.endswith((".pem", ".key")) or ".agelens/" in n]
    assert wrong == []
