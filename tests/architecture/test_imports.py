"""Who may import whom, and what may not be imported or read at all."""

import ast
import configparser
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "platform" / "agelens"


def modules(*folders: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(), filename=str(path))


def imported_names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


READERS = {"environ", "environb", "getenv", "getenvb"}


def reads_environment(tree: ast.Module) -> bool:
    # os.environ["NAME"] = value only writes, for a library that has no other way to be told.
    written = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    return any(
        (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and not READERS.isdisjoint(alias.name for alias in node.names)
        )
        or (
            isinstance(node, ast.Attribute)
            and node.attr in READERS
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
            and node not in written
        )
        for node in ast.walk(tree)
    )


def test_the_contracts_between_layers_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_is_under_a_contract() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    packages = set(config["importlinter"]["root_packages"].split())
    assert packages == {"agelens", "benchmarks", "dash_app", "model_training"}
    layers = config["importlinter:contract:layers"]
    assert layers["containers"].split() == ["agelens"]
    assert layers["exhaustive"] == "True"


def test_platform_stays_a_plain_folder() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_the_standard_library_keeps_its_platform_module() -> None:
    # From the repository's own folder, where a package of that name would come first.
    done = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.python_version())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ".".join(map(str, sys.version_info[:3]))


def test_make_refuses_an_init_file_in_platform_before_python_runs(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (tmp_path / "platform").mkdir()
    guard = ["make", "--no-print-directory", "-C", str(tmp_path), "guard", "PYTHON=false"]
    assert subprocess.run(guard, capture_output=True, check=False).returncode == 0
    (tmp_path / "platform" / "__init__.py").touch()
    done = subprocess.run(guard, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "shadows the standard library" in done.stderr


def test_only_settings_and_the_client_read_the_environment() -> None:
    readers = {
        path.relative_to("platform/agelens").parts[0]
        for path, tree in modules(PACKAGE)
        if reads_environment(tree)
    }
    assert readers <= {"settings.py", "client", "native_threads.py"}
    assert "settings.py" in readers


@pytest.mark.parametrize("layer", ["queueing", "jobs", "clocks", "services", "storage", "web"])
def test_nothing_is_pickled(layer: str) -> None:
    picklers = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
    offenders = [
        str(path) for path, tree in modules(PACKAGE / layer) if imported_names(tree) & picklers
    ]
    assert offenders == []


@pytest.mark.slow
def test_importing_a_process_connects_to_nothing() -> None:
    # A socket made while modules are imported would make tests, tools and --help depend on servers.
    code = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("connected while importing")
socket.socket.connect = refuse
import agelens.web, agelens.jobs, agelens.queueing, agelens.services, agelens.storage, agelens.cli
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
