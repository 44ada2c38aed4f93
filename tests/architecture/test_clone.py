"""What somebody who clones the repository finds: the fixed places, and links that lead somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("platform", "dash_app", "model_training", "notebooks", "tests")
FILES = ("setup.cfg", "docker-compose.yml", "README.md")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|#|//")
MARKDOWN_LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
MARKDOWN_DEFINITION = re.compile(r"^\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)", re.MULTILINE)
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
DOCUMENT = re.compile(r"(?<![\w/.-])docs/[\w./-]+\.md\b")


def in_git() -> set[str]:
    """Every file of a clone; folders are in it as far as they have files."""
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT).decode()
    return {name for name in listed.split("\0") if name}


def places_in_git() -> set[str]:
    return {str(place) for name in in_git() for place in (Path(name), *Path(name).parents)}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_clone_has_the_folder(folder: str) -> None:
    assert any(name.startswith(f"{folder}/") for name in in_git())


@pytest.mark.parametrize("file", FILES)
def test_a_clone_has_the_file(file: str) -> None:
    assert file in in_git()


def links_of(document: str) -> list[str]:
    text = CODE.sub("", (ROOT / document).read_text(encoding="utf-8"))
    found = MARKDOWN_LINK.findall(text) + MARKDOWN_DEFINITION.findall(text)
    return [link for link in found if not ELSEWHERE.match(link)]


def target_of(document: str, link: str) -> str | None:
    """The place in the repository that a relative link means; None outside of it."""
    place = (ROOT / document).parent / link.split("#")[0].split("?")[0]
    resolved = place.resolve()
    return str(resolved.relative_to(ROOT)) if resolved.is_relative_to(ROOT) else None


def test_links_in_the_documents_lead_to_files_of_a_clone() -> None:
    places = places_in_git()
    documents = [
        name
        for name in in_git()
        if name == "README.md" or (name.startswith("docs/") and name.endswith(".md"))
    ]
    links = [(document, link) for document in documents for link in links_of(document)]
    assert links, "the README links to documents"
    assert [pair for pair in links if target_of(*pair) not in places] == []


def test_documents_that_the_sources_name_are_in_a_clone() -> None:
    there = in_git()
    missing = {
        f"{name} names {document}"
        for name in there
        if name.endswith(".py") and (ROOT / name).is_file()
        for document in DOCUMENT.findall((ROOT / name).read_text(encoding="utf-8"))
        if document not in there
    }
    assert missing == set()
