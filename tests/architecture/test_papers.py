"""The papers beside the code: licence, citation, decisions, settings, and what make check runs."""

import re
import subprocess
import sys
import tomllib
from email import message_from_string
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from agelens import client
from agelens.settings import LabSettings, Settings, WebSettings, variable
from agelens.version import __version__

from model_training import pipelines

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
INDEX = ROOT / "docs" / "decisions" / "index.md"
STATUS = re.compile(
    r"^\*\*Status:\*\* (?:accepted|superseded by \[[^\]]+\]\((?P<by>[\w-]+\.md)\)), "
    r"(?P<since>\d{4}-\d{2}-\d{2})(?:; amended \d{4}-\d{2}-\d{2})?$",
    re.MULTILINE,
)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """What a wheel would say of itself, without building one."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("setup.cfg", "pyproject.toml", "LICENSE", "README.md"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    package = folder / "platform" / "agelens"
    package.mkdir(parents=True)
    for name in ("__init__.py", "version.py"):
        (package / name).write_bytes((ROOT / "platform" / "agelens" / name).read_bytes())
    (folder / "made").mkdir()
    code = "import setuptools.build_meta as b; b.prepare_metadata_for_build_wheel('made')"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True)
    (made,) = (folder / "made").glob("*.dist-info")
    assert (made / "licenses" / "LICENSE").read_text() == text("LICENSE")
    return dict(message_from_string((made / "METADATA").read_text()))


def test_the_licence_stands_in_the_metadata_and_is_in_the_wheel(
    metadata: dict[str, str | None],
) -> None:
    assert text("LICENSE").startswith("BSD 3-Clause License\n")
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Author"] == "The AgeLens authors"
    assert metadata["Version"] == __version__


def test_the_citation_is_of_this_version_under_this_licence() -> None:
    citation = yaml.safe_load(text("CITATION.cff"))
    assert (citation["cff-version"], citation["license"]) == ("1.2.0", "BSD-3-Clause")
    assert citation["version"] == __version__
    assert f"\n## {__version__} ({citation['date-released']})\n" in text("CHANGELOG.md")


def published() -> list[Any]:
    """The DOI of the paper of each clock that has one, and the source that its card names."""
    found = []
    for name, path in pipelines.TRAININGS.items():
        module = import_module(path)
        recipe = getattr(module, "RECIPE", None)
        doi, source = (recipe.doi, recipe.source) if recipe else (getattr(module, "DOI", ""), "")
        if doi:
            found.append(pytest.param(doi, source, id=name))
    return found


@pytest.mark.parametrize(("doi", "source"), published())
def test_every_published_clock_is_cited_in_its_card_or_with_the_software(
    doi: str, source: str
) -> None:
    cited = {each.get("doi") for each in yaml.safe_load(text("CITATION.cff"))["references"]}
    assert doi in cited or doi in source


def test_versions_of_the_changelog_have_dates_and_go_down() -> None:
    headings = re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[:2] == ["Versions", "Unreleased"]
    dated = re.compile(r"(\d+)\.(\d+)\.(\d+) \(\d{4}-\d{2}-\d{2}\)")
    found = [dated.fullmatch(each) for each in headings[2:]]
    numbers = [tuple(map(int, each.groups())) for each in found if each]
    assert len(numbers) == len(found), headings
    assert numbers == sorted(numbers, reverse=True)
    assert ".".join(map(str, numbers[0])) == __version__


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_a_status_and_a_date_and_is_in_the_index(path: Path) -> None:
    if path == INDEX:
        return
    found = STATUS.findall(path.read_text(encoding="utf-8"))
    assert len(found) == 1, path.name
    (by, since) = found[0]
    assert not by or (path.parent / by).is_file()
    title = path.read_text(encoding="utf-8").split("\n")[0].removeprefix("# ")
    (row,) = [line for line in INDEX.read_text().splitlines() if f"]({path.name})" in line]
    assert row.startswith(f"| [{title}]({path.name}) | ")
    assert row.endswith(f" | {since} |")


def commands_of(target: str) -> list[str]:
    """What make runs for a target, the virtual environment's folder left out."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", text("Makefile"), re.MULTILINE)
    assert found is not None
    return [line.strip().lstrip("@-").replace("$(BIN)/", "") for line in found[1].splitlines()]


def test_pre_commit_runs_what_make_check_runs() -> None:
    (local,) = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]
    assert local["repo"] == "local"  # no other host is asked
    hooks = local["hooks"]
    assert all(each["language"] == "system" and not each["pass_filenames"] for each in hooks)
    assert [each["entry"].removeprefix(".venv/bin/") for each in hooks] == commands_of("check")


@pytest.mark.parametrize("kind", [Settings, WebSettings, LabSettings])
def test_every_setting_is_documented(kind: type) -> None:
    listed = text("docs/settings.md")
    missing = [
        name
        for name in (variable(kind, field) for field in kind.model_fields)
        if f"`{name}`" not in listed
    ]
    assert missing == []


@pytest.mark.parametrize("paper", ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_links_of_a_paper_lead_somewhere(paper: str) -> None:
    prose = re.sub(r"^(`{3,}).*?^\1$", "", text(paper), flags=re.MULTILINE | re.DOTALL)
    anchors = {
        re.sub(r"[^\w-]", "", title.lower().replace(" ", "-"))
        for title in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    }
    links = re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose)
    assert [each for each in links if each.startswith("#") and each[1:] not in anchors] == []
    assert [each for each in links if each[0] != "#" and not (ROOT / each).exists()] == []


def test_the_reference_of_the_client_has_every_public_name() -> None:
    page = text("docs/reference/python/client.md")
    listed = re.findall(r"auto\w+:: agelens\.client\.(\w+)$", page, re.MULTILINE)
    assert not set(client.__all__) - set(listed)


def test_contributing_names_targets_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", text("CONTRIBUTING.md"))) <= targets


CHANGED = re.compile(r"^`([^`\n]+)`:\n\n```diff\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
RECIPE = re.compile(r"^### (.+)$", re.MULTILINE)
NEW = re.compile(r"^`([^`\n]+)`, new:\n\n(`{3,})\w+\n(.*?)\n\2$", re.MULTILINE | re.DOTALL)


def changing_listings() -> list[Any]:
    """The listings that change a file, each named by the recipe that it stands in."""
    text_of_recipes = text("CONTRIBUTING.md")
    listings = []
    for found in CHANGED.finditer(text_of_recipes):
        recipe = RECIPE.findall(text_of_recipes, 0, found.start())[-1]
        listings.append(pytest.param(recipe, *found.groups(), id=f"{recipe}: {found[1]}"))
    return listings


@pytest.mark.parametrize(("recipe", "name", "listing"), changing_listings())
def test_a_recipe_still_fits_the_file_that_it_changes(recipe: str, name: str, listing: str) -> None:
    """An example that the project has by now, or whose place has moved, is to be replaced."""
    for place in listing.split("\n...\n"):
        lines = [line[1:] for line in place.split("\n") if not line.startswith("+")]
        found = text(name).count("\n".join(lines) + "\n")
        where = f'CONTRIBUTING.md, "{recipe}": this place is in {name} {found} times, not once'
        assert found == 1, f"{where}:\n{place}"


def test_new_files_of_the_recipes_belong_to_folders_that_exist() -> None:
    listed = NEW.findall(text("CONTRIBUTING.md"))
    assert len(listed) >= 10
    for name, _, content in listed:
        assert (ROOT / name).parent.is_dir(), name
        if name.endswith(".py"):
            compile(content, name, "exec")


def test_the_project_has_the_name_that_is_cited() -> None:
    assert tomllib.loads(text("pyproject.toml"))["project"]["name"] == "agelens"
    assert yaml.safe_load(text("CITATION.cff"))["title"] == "AgeLens"
