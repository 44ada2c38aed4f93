"""Downloading the Kaggle training file.

Nothing here reaches Kaggle: the downloads are answered by a stand-in for the module kagglehub. One
test asks the real kagglehub, which stops for want of credentials before it connects.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from agelens.commands.train import run
from agelens.domain.errors import InvalidInput

from model_training.datasets import locate
from model_training.datasets.generated import generate_kaggle

PEOPLE = 250


class NotSignedIn(Exception):
    """Stands in for kagglehub's UnauthenticatedError."""


class Corrupt(Exception):
    """Stands in for kagglehub's DataCorruptionError."""


class HTTPFailure(OSError):
    """Stands in for requests.HTTPError, which is an OSError with the response."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status} Client Error")
        self.response = ModuleType("response")
        self.response.status_code = status


FakeKaggle = Callable[[Callable[[str, str], str]], None]


@pytest.fixture
def kagglehub(monkeypatch: pytest.MonkeyPatch) -> FakeKaggle:
    """Puts a fake kagglehub in the place of the real one; its download is the function given."""

    def install(competition_download: Callable[[str, str], str]) -> None:
        fake, exceptions = ModuleType("kagglehub"), ModuleType("kagglehub.exceptions")
        exceptions.UnauthenticatedError = NotSignedIn
        exceptions.DataCorruptionError = Corrupt
        fake.exceptions = exceptions
        fake.competition_download = lambda handle, path: competition_download(handle, path)
        monkeypatch.setitem(sys.modules, "kagglehub", fake)
        monkeypatch.setitem(sys.modules, "kagglehub.exceptions", exceptions)

    return install


def refusal(kagglehub: FakeKaggle, error: Exception) -> str:
    def download(handle: str, path: str) -> str:
        raise error

    kagglehub(download)
    with pytest.raises(InvalidInput) as caught:
        locate("kagglehub")
    assert [problem.field for problem in caught.value.problems] == ["data"]
    return caught.value.detail


def test_only_the_training_file_is_asked_for_never_the_leaking_test_file(
    kagglehub: FakeKaggle, tmp_path: Path
) -> None:
    asked = []

    def download(handle: str, path: str) -> str:
        asked.append((handle, path))
        return str(generate_kaggle(tmp_path / path, PEOPLE, seed=1, with_id=True))

    kagglehub(download)
    assert locate("kagglehub") == tmp_path / "Train.csv"
    assert asked == [("precision-health-predicting-human-age-with-biomark", "Train.csv")]


def test_another_file_than_the_training_file_is_refused(
    kagglehub: FakeKaggle, tmp_path: Path
) -> None:
    sent = generate_kaggle(tmp_path / "Test.csv", PEOPLE, seed=1)
    kagglehub(lambda handle, path: str(sent))
    with pytest.raises(InvalidInput, match=r"sent Test\.csv instead of Train\.csv"):
        locate("kagglehub")


def test_a_file_without_the_age_is_refused_by_the_name_of_the_column(
    kagglehub: FakeKaggle, tmp_path: Path
) -> None:
    sent = generate_kaggle(tmp_path / "Train.csv", PEOPLE, seed=1)
    lines = sent.read_text(encoding="utf-8").splitlines()
    sent.write_text("\n".join(line.rpartition(",")[0] for line in lines), encoding="utf-8")
    kagglehub(lambda handle, path: str(sent))
    with pytest.raises(InvalidInput, match=r"lacks the columns: Age \(years\)"):
        locate("kagglehub")


def test_without_credentials_the_steps_are_told(kagglehub: FakeKaggle) -> None:
    said = refusal(kagglehub, NotSignedIn())
    for step in ("accept its rules", "API token", "~/.kaggle/access_token", "KAGGLE_API_TOKEN"):
        assert step in said
    assert "pass its path" in said


@pytest.mark.parametrize("status", [401, 403])
def test_a_download_that_kaggle_refuses_names_the_rules_to_accept(
    kagglehub: FakeKaggle, status: int
) -> None:
    said = refusal(kagglehub, HTTPFailure(status))
    assert f"refuses the download ({status})" in said
    assert "accept its rules" in said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("Name or service not known"), "Name or service not known"),
        (HTTPFailure(503), "503 Client Error"),
        (ValueError("Invalid Kaggle credentials file at kaggle.json"), "kaggle.json"),
        (Corrupt("the checksum differs"), "the checksum differs"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_what_went_wrong_on_the_way_is_passed_on(
    kagglehub: FakeKaggle, error: Exception, words: str
) -> None:
    said = refusal(kagglehub, error)
    assert "the download from Kaggle failed" in said
    assert words in said


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kagglehub", None)
    with pytest.raises(InvalidInput, match=r"install agelens\[train\]") as caught:
        locate("kagglehub")
    assert [problem.field for problem in caught.value.problems] == ["data"]


@pytest.mark.slow
def test_the_real_kagglehub_without_credentials_leads_to_the_steps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("kagglehub")
    monkeypatch.setenv("KAGGLEHUB_CACHE", str(tmp_path))
    monkeypatch.setattr("kagglehub.http_resolver.get_kaggle_credentials", lambda: None)
    monkeypatch.setattr("kagglehub.clients.get_kaggle_credentials", lambda: None)
    with pytest.raises(InvalidInput, match="there are no Kaggle credentials"):
        locate("kagglehub")


def test_the_command_line_says_it_and_writes_nothing(kagglehub: FakeKaggle, tmp_path: Path) -> None:
    def download(handle: str, path: str) -> str:
        raise NotSignedIn

    kagglehub(download)
    with pytest.raises(InvalidInput, match="there are no Kaggle credentials"):
        run("kaggle", "kagglehub", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    assert locate(tmp_path) == tmp_path
    assert locate(str(tmp_path)) == tmp_path


def test_a_path_that_leads_nowhere_names_the_field(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no file or folder") as caught:
        locate(tmp_path / "nowhere.csv")
    assert [problem.field for problem in caught.value.problems] == ["data"]
