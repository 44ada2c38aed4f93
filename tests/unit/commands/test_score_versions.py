"""`agelens score --clock NAME@VERSION`: the same bytes when a newer version comes with the package."""

import json
import shutil
import zipfile
from pathlib import Path

import agelens
import pytest
from agelens.clocks import bundles
from agelens.clocks.bundles import SHIPPED, read_bundle, shipped, write_bundle
from agelens.clocks.manifests import MANIFEST, finish_manifest
from agelens.commands.score import run
from agelens.domain.errors import InvalidInput
from agelens.sklearn import ClockRegressor
from python_calamine import CalamineWorkbook

PEOPLE = "sex,systolic_bp,bone_density,chronological_age\nfemale,128,1.1,52\nmale,150,0.8,67\n"


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ship kaggle-age 9.0.0, in which bones lose their density later."""
    directory = shipped("kaggle-age")
    assert directory is not None
    files = read_bundle(directory)
    document = json.loads(files.pop(MANIFEST)) | {"version": "9.0.0"}
    for stated in ("sha256", "files", "format"):
        document.pop(stated, None)
    parameters = json.loads(files["parameters.json"])
    parameters["linear"][0]["intercept"] += 0.05
    files["parameters.json"] = json.dumps(parameters).encode()
    place = tmp_path / "shipped" / "kaggle-age" / "9.0.0"
    place.parent.mkdir(parents=True)
    write_bundle({**files, MANIFEST: finish_manifest(document, files)}, place)
    monkeypatch.setattr(bundles, "SHIPPED", (*SHIPPED, place))


def answers(folder: Path, clock: str, ending: str) -> bytes:
    data, out = folder / "people.csv", folder / f"ages.{ending}"
    data.write_text(PEOPLE)
    assert run([data], [clock], out) == 0
    return out.read_bytes()


@pytest.mark.parametrize("ending", ["csv", "parquet", "json", "ndjson", "xlsx"])
def test_a_pinned_version_gives_the_same_bytes_when_a_newer_one_is_there(
    tmp_path: Path, request: pytest.FixtureRequest, ending: str
) -> None:
    before = answers(tmp_path, "kaggle-age@1.1.0", ending)
    assert answers(tmp_path, "kaggle-age", ending) == before
    request.getfixturevalue("newer")
    assert answers(tmp_path, "kaggle-age@1.1.0", ending) == before
    assert answers(tmp_path, "kaggle@1.1.0", ending) == before
    assert answers(tmp_path, "kaggle-age", ending) != before


def test_a_workbook_names_clock_hashes_and_code_on_a_second_sheet(tmp_path: Path) -> None:
    answers(tmp_path, "kaggle-age@1.1.0", "xlsx")
    book = CalamineWorkbook.from_path(tmp_path / "ages.xlsx")
    assert book.sheet_names == ["Results", "Method"]
    manifest = agelens.load("kaggle-age@1.1.0").manifest
    assert dict(book.get_sheet_by_name("Method").to_python()) == {
        "name": "value",
        "agelens": agelens.__version__,
        "kaggle-age.version": "1.1.0",
        "kaggle-age.sha256": manifest.sha256,
        "kaggle-age.data_sha256": manifest.data_sha256,
    }
    again = tmp_path / "again"
    again.mkdir()
    shutil.move(tmp_path / "ages.xlsx", again / "people.xlsx")
    assert run([again / "people.xlsx"], ["kaggle-age"], again / "ages.csv") == 0


@pytest.mark.usefixtures("newer")
def test_python_opens_the_version_that_is_named() -> None:
    assert agelens.load("kaggle-age").version == "9.0.0"
    assert agelens.load("kaggle-age@1.1.0").version == "1.1.0"
    assert ClockRegressor("kaggle-age@1.1.0").fit([[0.0] * 9]).clock_.version == "1.1.0"


@pytest.mark.parametrize("name", ["kaggle-age@", "kaggle-age@2", "kaggle-age@1.1"])
def test_a_version_that_is_not_there_is_told_with_those_that_are(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"shipped: 1\.1\.0"):
        agelens.load(name)


def test_a_workbook_of_answers_does_not_hold_the_time_of_writing(tmp_path: Path) -> None:
    answers(tmp_path, "kaggle-age@1.1.0", "xlsx")
    with zipfile.ZipFile(tmp_path / "ages.xlsx") as book:
        assert {entry.date_time[0] for entry in book.infolist()} == {1980}
