"""The wheel holds the three packages and their data, and works where the sources are not."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "agelens": ROOT / "platform" / "agelens",
    "dash_app": ROOT / "dash_app",
    "model_training": ROOT / "model_training",
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # From a copy of what git knows: the build leaves files behind, and must not see ignored ones.
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listing, cwd=ROOT).decode().split("\0"):
        if name and (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "pip", *build, "--wheel-dir", str(target), str(source)], check=True
    )
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_every_module_and_data_file_is_inside(contents: set[str]) -> None:
    missing = []
    for package, folder in PACKAGES.items():
        for path in folder.rglob("*"):
            name = f"{package}/{path.relative_to(folder).as_posix()}"
            if path.is_file() and "__pycache__" not in path.parts and name not in contents:
                missing.append(name)
    assert missing == []


def test_the_registry_migrations_and_shipped_clocks_are_inside(contents: set[str]) -> None:
    assert "agelens/domain/biomarkers.toml" in contents
    assert "agelens/storage/migrations/env.py" in contents
    assert "agelens/storage/migrations/script.py.mako" in contents
    assert "agelens/py.typed" in contents
    assert any(n.startswith("agelens/storage/migrations/versions/0001") for n in contents)
    shipped = [n for n in contents if n.startswith("agelens/clocks/shipped/")]
    assert any(name.endswith("/manifest.json") for name in shipped)
    assert any(name.endswith("/card.md") for name in shipped)
    assert "agelens/clocks/references/phenoage/1.0.0/nhanes4-2026.json" in contents


def test_what_the_web_app_serves_is_inside(contents: set[str]) -> None:
    assets = {name.rpartition(".")[2] for name in contents if name.startswith("dash_app/assets/")}
    assert {"css", "js"} <= assets
    assert "dash_app/index.html" in contents


def test_nothing_else_is_inside(contents: set[str]) -> None:
    top = {name.split("/")[0] for name in contents}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)


def test_it_installs_into_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "clean", with_pip=False, symlinks=True)
    python = tmp_path / "clean" / "bin" / "python"
    install = ["install", "--no-deps", "--no-index", "--quiet", str(wheel)]
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), *install], check=True, cwd=tmp_path
    )
    code = """
import importlib.metadata, importlib.resources as resources
import agelens, dash_app, model_training, platform
assert importlib.metadata.version("agelens") == agelens.__version__
assert resources.files("agelens.domain").joinpath("biomarkers.toml").is_file()
assert platform.python_version()
print(agelens.__file__)
"""
    isolated = [str(python), "-I", "-c", code]
    done = subprocess.run(isolated, check=True, cwd=tmp_path, capture_output=True, text=True)
    assert str(tmp_path / "clean") in done.stdout
    assert (tmp_path / "clean" / "bin" / "agelens").exists()
